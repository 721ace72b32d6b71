/* tests/domain/test_match.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/random.h"
#include "domain/reading/match.h"

/* Words a|b|c in text, found as "start-end:tag ". */
static const struct {
    const char *words, *text, *found;
} cases[] = {
    {"ab|abcd|cd", "abcd", "0-4:1 "},
    {"华为|为", "华为", "0-6:0 "},
    {"小|小米|米", "小米小", "0-6:1 6-9:0 "},
    {"li", "light li-ning x-li li, li", "19-21:0 23-25:0 "},
    {"apple", "pineapple apple's", "10-15:0 "},
    {"byd", "比亚迪byd汉", "9-12:0 "},
    {"wh-1000", "wh-1000xm5 wh-1000", "11-18:0 "},
    {"a|a", "a", "0-1:0 "},
    {"she|he|hers", "ushers x hers", "9-13:2 "},
    {"abc|bcde|de", "abcde", ""},
    {"甲乙|乙丙丁|丁", "甲乙丙丁", "0-6:0 9-12:2 "},
    {"丁|丂|七|丄|丅|丆|万|丈", "万七x丈不丂",
     "0-3:6 3-6:2 7-10:7 13-16:1 "}, /* many children */
    {"丁|丂|七|丄|丅|丆|万|封|尉|尊|尋|對|小|專", "小万尊丁x専專",
     "0-3:12 3-6:6 6-9:9 9-12:0 16-19:13 "},
    {"丁|丂|七|丄|丅|丆|万|丈|a丈b", "a丈万a丈b", "1-4:7 4-7:6 7-12:8 "},
};

/* So many words of no text that there is no room for a row for every node. */
static void add_foreign(struct bd_match *m)
{
    struct bd_random random;
    char word[12];

    bd_random_init(&random, 1);
    for (int i = 0; i < 8000; i++) {
        for (size_t k = 0; k < sizeof(word); k++)
            word[k] = (char)(0x01 + bd_random_below(&random, 29));
        assert_int_equal(bd_match_add(m, word, sizeof(word), 1000), 0);
    }
}

static void find_all(bool many)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bd_match *m = NULL;
        struct bd_buf hits, seen;
        const char *w = cases[i].words;

        bd_buf_init(&hits, 10000);
        bd_buf_init(&seen, 10000);
        assert_int_equal(bd_match_new(&m), 0);
        for (int tag = 0; *w; tag++) {
            size_t n = strcspn(w, "|");

            assert_int_equal(bd_match_add(m, w, n, tag), 0);
            w += n + (w[n] == '|');
        }
        if (many)
            add_foreign(m);
        assert_int_equal(bd_match_build(m), 0);
        assert_int_equal(
            bd_match_find(m, cases[i].text, strlen(cases[i].text), true, &hits), 0);
        for (size_t k = 0; k < hits.n / sizeof(struct bd_hit); k++) {
            const struct bd_hit *h = (struct bd_hit *)(void *)hits.data + k;

            bd_buf_addf(&seen, "%u-%u:%d ", h->start, h->end, h->tag);
        }
        assert_string_equal(seen.data, cases[i].found);
        bd_buf_free(&hits);
        bd_buf_free(&seen);
        bd_match_free(m);
    }
}

static void finds_leftmost_longest_whole_words(void **state)
{
    (void)state;
    find_all(false);
}

static void finds_the_same_among_very_many_words(void **state)
{
    (void)state;
    find_all(true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_leftmost_longest_whole_words),
        cmocka_unit_test(finds_the_same_among_very_many_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
