/* What speaks for names of somebody. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "domain/make.h"
#include "domain/reading/alias.h"
#include "domain/reading/lexicon.h"
#include "domain/reading/proper.h"

static bool asked(const char *s, bool (*of)(const struct bd_passage *, size_t, size_t))
{
    struct bd_alias *brands = NULL;
    struct bd_passage p;
    struct bd_inquiry q;
    bool yes;

    bd_inquiry_init(&q);
    brand(&q, "华为");
    if (bd_alias_new(&brands, &q) < 0 ||
        bd_passage_init(&p, s, strlen(s), brands, bd_lexicon()) < 0)
        abort();
    yes = of(&p, 0, p.fold.bytes.n);
    bd_passage_free(&p);
    bd_alias_free(brands);
    bd_inquiry_free(&q);
    return yes;
}

static void names_are_known_by_their_letters_and_ends(void **state)
{
    (void)state;
    assert_true(asked("Keep", bd_proper_name));
    assert_true(asked("小鹏P7", bd_proper_name));
    assert_true(asked("360借条", bd_proper_name));
    assert_true(asked("爱诺动物医院", bd_proper_name));
    assert_true(asked("连花清瘟胶囊", bd_proper_name));
    assert_false(asked("维生素C", bd_proper_name));
    assert_false(asked("B族维生素", bd_proper_name));
    assert_false(asked("体检", bd_proper_name));
    assert_false(asked("长途超过50%", bd_proper_name));
    assert_false(asked("hiking", bd_proper_name));
    assert_false(asked("", bd_proper_name));
}

static void texts_are_known_by_what_is_said_of_firms(void **state)
{
    (void)state;
    assert_true(asked("：成立于1998年", bd_proper_text));
    assert_true(asked(": known for service", bd_proper_text));
    assert_false(asked("：术前做血常规，有条件加做超声", bd_proper_text));
    assert_false(asked("", bd_proper_text));
}

static void a_lone_english_word_is_no_proof(void **state)
{
    (void)state;
    assert_true(asked("BookTok", bd_proper_surely));
    assert_true(asked("World of Mats", bd_proper_surely));
    assert_true(asked("Mat 5", bd_proper_surely));
    assert_true(asked("爱诺动物医院", bd_proper_surely));
    assert_false(asked("Equipment", bd_proper_surely));
    assert_false(asked("婴儿床", bd_proper_surely));
}

static void advice_is_known_by_its_orders(void **state)
{
    (void)state;
    assert_true(asked("：提前确认是否免费", bd_proper_advice));
    assert_true(asked(": make sure it fits", bd_proper_advice));
    assert_false(asked("：成立于1998年，门店多", bd_proper_advice));
    assert_false(asked("", bd_proper_advice));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_known_by_their_letters_and_ends),
        cmocka_unit_test(texts_are_known_by_what_is_said_of_firms),
        cmocka_unit_test(a_lone_english_word_is_no_proof),
        cmocka_unit_test(advice_is_known_by_its_orders),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
