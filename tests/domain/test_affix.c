/* The longest word at either end, and words within. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/reading/affix.h"

static const char *const words[] = {"万", "万元", "a", "abc", "元", NULL, "never"};

static void the_longest_word_counts(void **state)
{
    (void)state;
    assert_int_equal(bd_affix_begins("万元起", 9, BD_WORDS(words)), 6);
    assert_int_equal(bd_affix_begins("万能", 6, BD_WORDS(words)), 3);
    assert_int_equal(bd_affix_begins("abd", 3, BD_WORDS(words)), 1);
    assert_int_equal(bd_affix_begins("abcd", 4, BD_WORDS(words)), 3);
    assert_int_equal(bd_affix_ends("五万元", 9, BD_WORDS(words)), 6);
    assert_int_equal(bd_affix_ends("公元", 6, BD_WORDS(words)), 3);
    assert_int_equal(bd_affix_ends("xabc", 4, BD_WORDS(words)), 3);
}

/* No byte behind the piece is looked at, and nothing behind NULL. */
static void only_the_piece_and_the_list_count(void **state)
{
    (void)state;
    assert_int_equal(bd_affix_begins("abc", 2, BD_WORDS(words)), 1);
    assert_int_equal(bd_affix_begins("万元", 3, BD_WORDS(words)), 3);
    assert_int_equal(bd_affix_begins("", 0, BD_WORDS(words)), 0);
    assert_int_equal(bd_affix_ends("abc", 0, BD_WORDS(words)), 0);
    assert_int_equal(bd_affix_begins("never", 5, BD_WORDS(words)), 0);
    assert_int_equal(bd_affix_ends("never", 5, BD_WORDS(words)), 0);
    assert_int_equal(bd_affix_begins("\xE4\xB8\x80", 3, BD_WORDS(words)),
                     0); /* 一, as 万 */
}

static void a_word_within_is_held(void **state)
{
    (void)state;
    assert_true(bd_affix_holds("约5万左右", 13, BD_WORDS(words)));
    assert_true(bd_affix_holds("xyz a", 5, BD_WORDS(words)));
    assert_false(bd_affix_holds("xyz a", 4, BD_WORDS(words)));
    assert_false(bd_affix_holds("", 0, BD_WORDS(words)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_longest_word_counts),
        cmocka_unit_test(only_the_piece_and_the_list_count),
        cmocka_unit_test(a_word_within_is_held),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
