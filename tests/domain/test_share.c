/* tests/domain/test_share.c - whom the sentences of an answer are about, and how much of
 * it that is. Values are worked by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>

#include "domain/answers.h"
#include "domain/make.h"
#include "domain/reading/wordcount.h"

static struct bd_observation *read_for(const char *text, bool cut)
{
    struct bd_observation *o;
    struct bd_inquiry q;

    bd_inquiry_init(&q);
    brand(&q, "华为=HUAWEI");
    brand(&q, "小米");
    brand(&q, "Bose");
    o = read_with(&q, text, strlen(text), cut);
    bd_inquiry_free(&q);
    return o;
}

static void is_near(double seen, double wanted)
{
    if (isnan(wanted) ? !isnan(seen) : !(fabs(seen - wanted) < 1e-4))
        fail_msg("%.5f instead of %.5f", seen, wanted);
}

/* The words about 华为, 小米 and Bose. */
static void about(const char *text, double a, double b, double c)
{
    struct bd_observation *o = read_for(text, false);

    is_near(o->brands[0].words, a);
    is_near(o->brands[1].words, b);
    is_near(o->brands[2].words, c);
    bd_observation_free(o);
}

static void words_are_counted_alike_in_both_scripts(void **state)
{
    static const struct {
        const char *text;
        size_t words;
        bool letters;
    } cases[] = {
        {"", 0, false},
        {"推荐华为手机", 6, true},
        {"ひらがなカナ", 6, true},
        {"the quick brown fox", 4, true},
        {"don't use wi-fi 3.5 or 1,200", 6, true},
        {"买Mate 60 Pro吧", 5, true},
        {"**—** | --- ，。！", 0, false},
        {"2024 12", 2, false},
        {"见 https://a.example/b 页", 2, true},
        {"[1](https://xxxxxx) x", 2, true},
        {"한국어 문장", 2, true},
        {"caf\xc3\xa9 na\xc3\xafve", 2, true},
        {"\xff\xfe", 0, false},
        {"a-", 1, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        bool letters = !cases[i].letters;

        assert_int_equal(bd_wordcount(cases[i].text, strlen(cases[i].text), &letters),
                         cases[i].words);
        assert_int_equal(letters, cases[i].letters);
    }
}

static void a_sentence_is_about_those_it_names(void **state)
{
    (void)state;
    about("华为很好。小米也不错。买吧。", 4, 5, 0);
    about("华为和小米都不错。", 4, 4, 0);
    about("Bose is very quiet. It costs more. Bose wins!", 0, 0, 6);
}

static void an_item_carries_to_what_stands_under_it(void **state)
{
    (void)state;
    /* 华为：拍照好 5, 续航长 3, 信号强 3; 小米：便宜 4 */
    about("1. 华为：拍照好。续航长\n   - 信号强\n2. 小米：便宜\n\n先看预算。", 11, 4, 0);
    about("### 1. 华为\n拍照好。\n\n### 2. 小米\n便宜。", 5, 4, 0);
    /* the tip names nobody and stands under nobody */
    about("- **Bose**: quiet\n\n## Tips\n1. Try first\n2. Ask around", 0, 0, 2);
}

static void under_one_brand_another_has_its_part(void **state)
{
    (void)state;
    /* 比小米更耐用: 6, divided */
    about("1. 华为：拍照好\n   - 比小米更耐用\n2. 小米：便宜", 5 + 3, 3 + 4, 0);
    /* an item below that names another is about that one */
    about("## 华为\n- 小米：便宜\n- 它的拍照效果很好，续航也长", 2 + 12, 4, 0);
    /* under two, what names one is about that one; what names nobody about both */
    about("1. 华为 / 小米：都好\n   - 华为拍照好\n   - 买吧", 3 + 5 + 1, 3 + 1, 0);
}

static void names_that_nobody_tracks_have_their_part(void **state)
{
    struct bd_observation *o =
        read_for("1. 华为：好\n2. 蔚来：换电快\n\n蔚来和华为都行。", false);

    (void)state;
    assert_int_equal(o->found_count, 1);
    is_near(o->brands[0].words, 3 + 3.5);
    is_near(o->found[0].words, 5 + 3.5);
    /* sentences weigh 1, e^-.5, e^-1: (1 + .36788 / 2) / 1.97441 */
    is_near(o->brands[0].pos_share, 0.59964);
    is_near(o->found[0].pos_share, 0.40036);
    is_near(o->brands[1].pos_share, 0);
    assert_int_equal(o->words, 3 + 5 + 7);
    bd_observation_free(o);
}

static void early_sentences_weigh_more(void **state)
{
    struct bd_observation *o = read_for("华为很好。小米也不错。买吧。", false);

    (void)state;
    /* 1 and e^-.5 = .60653 of 1.60653 */
    is_near(o->brands[0].pos_share, 0.62246);
    is_near(o->brands[1].pos_share, 0.37754);
    is_near(o->brands[0].first_part, 0);
    is_near(o->brands[1].first_part, 4.0 / 11);
    is_near(o->brands[2].first_part, NAN);
    bd_observation_free(o);
    o = read_for("买华为。", false); /* n = 1 */
    is_near(o->brands[0].pos_share, 1);
    is_near(o->brands[0].first_part, 1.0 / 3);
    bd_observation_free(o);
}

static void unknown_has_no_share(void **state)
{
    struct bd_observation *o = read_for("华为很好，另外", true);

    (void)state;
    is_near(o->brands[0].pos_share, 1);
    is_near(o->brands[1].pos_share, NAN);
    bd_observation_free(o);
    o = read_for("先看预算。", false); /* about nobody: nothing to divide */
    is_near(o->brands[0].pos_share, NAN);
    assert_int_equal(o->words, 4);
    bd_observation_free(o);
    /* not visible: no words either */
    about("没有找到关于华为的公开信息。推荐小米。", 0, 4, 0);
}

static void thinking_and_json_are_no_words(void **state)
{
    (void)state;
    about("<think>华为华为华为</"
          "think>买小米。\n{\"geo_analysis\":{\"brand_mentioned\":false,"
          "\"rank\":-1}}",
          0, 3, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_counted_alike_in_both_scripts),
        cmocka_unit_test(a_sentence_is_about_those_it_names),
        cmocka_unit_test(an_item_carries_to_what_stands_under_it),
        cmocka_unit_test(under_one_brand_another_has_its_part),
        cmocka_unit_test(names_that_nobody_tracks_have_their_part),
        cmocka_unit_test(early_sentences_weigh_more),
        cmocka_unit_test(unknown_has_no_share),
        cmocka_unit_test(thinking_and_json_are_no_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
