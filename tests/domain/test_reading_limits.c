/* Whatever comes in: no crash, no wrong certainty, no wait. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <time.h>

#include "domain/answers.h"

#ifdef __SANITIZE_ADDRESS__
enum { FLOOD_BYTES = 1 << 18 }; /* what it looks for is found in less, and takes long */
#else
enum { FLOOD_BYTES = 1 << 20 };
#endif
enum { RANDOM_TEXTS = 400 };

static const char *const names[] = {"华为", "Tesla", "小米"};

static struct bd_inquiry three_brands(void)
{
    struct bd_inquiry r = {.brand_count = 3};

    r.brands = calloc(3, sizeof(*r.brands));
    for (int i = 0; i < 3; i++)
        r.brands[i].name = strdup(names[i]);
    return r;
}

static void check_spans(const struct bd_observation *o, size_t n)
{
    for (size_t i = 0; i < o->brand_count; i++)
        for (size_t k = 0; k < o->brands[i].evidence_count; k++) {
            const struct bd_span *s = &o->brands[i].evidence[k];

            assert_true(s->start < s->end && s->end <= n);
        }
}

/* The prefix lies in memory of exactly its size, so that a sanitizer sees one byte more.
 */
static struct bd_observation *read_exact(const struct bd_reader *reader, const char *text,
                                         size_t n, bool cut)
{
    char *copy = malloc(n ? n : 1);
    struct bd_answer_text a = {.text = copy, .bytes = n, .cut = cut, .echo = -1};
    struct bd_observation *o = NULL;
    struct bd_error err;

    assert_non_null(copy);
    memcpy(copy, text, n);
    assert_int_equal(bd_reader_read(reader, &a, &o, &err), 0);
    check_spans(o, n);
    free(copy);
    return o;
}

static void check_prefixes(const json_t *fixture)
{
    const char *text = json_string_value(json_object_get(fixture, "text"));
    struct bd_inquiry r = inquiry_of(fixture);
    struct bd_reader *reader = NULL;
    struct bd_error err;

    assert_int_equal(bd_reader_new(&reader, &r, &err), 0);
    for (size_t n = 0; n <= strlen(text); n++) {
        struct bd_observation *o = read_exact(reader, text, n, true);

        assert_false(o->complete);
        assert_int_not_equal(o->intercepted, BD_YES);
        for (size_t i = 0; i < o->brand_count; i++)
            assert_int_not_equal(o->brands[i].mentioned, BD_NO);
        bd_observation_free(o);
    }
    bd_reader_free(reader);
    drop_inquiry(&r);
}

static void no_prefix_of_an_answer_makes_a_brand_absent(void **state)
{
    FILE *f = fopen(BD_TEST_DATA "/parser_cases.jsonl", "r");
    char line[16384];

    (void)state;
    assert_non_null(f);
    while (fgets(line, sizeof(line), f)) {
        json_t *fixture = json_loads(line, 0, NULL);

        assert_non_null(fixture);
        check_prefixes(fixture);
        json_decref(fixture);
    }
    fclose(f);
}

static uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

/* Pieces that matter to some part of the reading, thrown together. */
static size_t throw_pieces(char *out, size_t room, uint32_t *seed)
{
    static const char *const pieces[] = {"华为",      "Tesla",
                                         "T e s l a", "小米",
                                         "\n",        "\n\n",
                                         "1. ",       "- ",
                                         "**",        "| ",
                                         "|---|",     "# ",
                                         "（",        "）",
                                         "{",         "}",
                                         "[",         "]",
                                         "\"",        ":",
                                         ",",         "，",
                                         "。",        "第一名",
                                         "①",         "1️⃣",
                                         "🥇",      "不推荐",
                                         "首选",      "其次",
                                         "<think>",   "</think>",
                                         "```",       "https://a.b/c",
                                         "\xff",      "\xe5",
                                         "\\u12",     "{\"geo_analysis\":{",
                                         "\"rank\":", "没有找到",
                                         "信息",      "如果"};
    size_t n = 0;

    for (;;) {
        const char *p = pieces[next_random(seed) % (sizeof(pieces) / sizeof(pieces[0]))];

        if (n + strlen(p) > room)
            return n;
        memcpy(out + n, p, strlen(p));
        n += strlen(p);
    }
}

static void random_bytes_and_pieces_are_read(void **state)
{
    struct bd_inquiry r = three_brands();
    struct bd_reader *reader = NULL;
    struct bd_error err;
    uint32_t seed = 20260306;
    char text[2000];

    (void)state;
    assert_int_equal(bd_reader_new(&reader, &r, &err), 0);
    for (int i = 0; i < RANDOM_TEXTS; i++) {
        size_t n = next_random(&seed) % sizeof(text);

        if (i % 2)
            n = throw_pieces(text, n, &seed);
        else
            for (size_t k = 0; k < n; k++)
                text[k] = (char)next_random(&seed);
        bd_observation_free(read_exact(reader, text, n, i % 3 == 0));
    }
    bd_reader_free(reader);
    drop_inquiry(&r);
}

static void nul_and_broken_utf8_do_not_hide_a_brand(void **state)
{
    static const char text[] = "\0\xff\xe5\xe5\x8d 推荐华为\0。\xc3";
    struct bd_inquiry r = three_brands();
    struct bd_observation *o = read_with(&r, text, sizeof(text) - 1, false);

    (void)state;
    assert_int_equal(o->brands[0].mentioned, BD_YES);
    assert_memory_equal(text + o->brands[0].first_offset, "华为", 6);
    bd_observation_free(o);
    drop_inquiry(&r);
}

/* Texts made of one piece over and over: each is what makes some careless reader
 * quadratic, or deep. */
static const char *const floods[] = {
    "[",
    "{",
    "{\"a\":",
    "{\"a\":[",
    "\"",
    "{\"",
    "[x](",
    "*",
    "**a ",
    "_a*",
    "> ",
    "- ",
    "1. x\n",
    "- 华为\n",
    "# 华为\n",
    "| a ",
    "|华为|\n|-|\n",
    "`",
    "```\n",
    "<think>",
    "</think>",
    "华为",
    "华为、",
    "Tesla/",
    "华为（",
    "(",
    "![",
    "T e ",
    " ",
    "\n",
    "a",
    "没有找到",
    "不推荐",
    "首选华为",
    "其次小米，",
    "推荐3家",
    "https://",
    "\xef\xb7\xba",
    "①",
    "<a ",
    "&amp;",
    "\\",
    "[a]: b\n",
    "{geo_analysis:",
    "{\"brand_mentioned\":1}",
    "“{\"brand_mentioned\":1}",
    "小米",
    "不推荐华为而推荐小米",
    "a|b\n-|-\n",
    "{'a':{'b':/*",
    "如果，",
    "\xe5",
    "[1]",
    "华为[1]\n[1]: https://a.example/b\n",
    "[x](https://a.example/",
    "[x](https://a.example ",
    "https://a.example/b。",
    "www.a.example ",
    "https://a",
    "https://例",
    "- 华为\n  - 好\n",
    "{\"brand_mentioned\":'",
    "A-",
    "A.",
    "和",
    "**Ab** ",
    "**零跑**：快\n\n",
    "### 零跑\n快\n",
    "- **零跑**：快\n",
    "| x |\n|---|\n| ab / cd / ef |\n\n",
};

static void a_flood_of_anything_is_read_in_a_moment(void **state)
{
    struct bd_inquiry r = three_brands();
    char *text = malloc(FLOOD_BYTES);
    struct bd_reader *reader = NULL;
    struct bd_error err;

    (void)state;
    assert_non_null(text);
    assert_int_equal(bd_reader_new(&reader, &r, &err), 0);
    for (size_t i = 0; i < sizeof(floods) / sizeof(floods[0]); i++) {
        size_t k = strlen(floods[i]), n = FLOOD_BYTES / k * k;
        clock_t begin = clock();
        double seconds;

        for (size_t at = 0; at < n; at++)
            text[at] = floods[i][at % k];
        bd_observation_free(read_exact(reader, text, n, false));
        seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;
        if (seconds > 1.0)
            print_message("%zu bytes of '%s': %.2f s\n", n, floods[i], seconds);
        assert_true(seconds < 30); /* quadratic is minutes; a busy machine is not */
    }
    bd_reader_free(reader);
    free(text);
    drop_inquiry(&r);
}

/* A list under a heading of so many bytes; seconds of CPU. */
static double under_a_heading(const struct bd_reader *reader, size_t bytes)
{
    static const char title[] = "## 2. ", word[] = "品牌推荐，",
                      item[] = "- 小米\n- 华为\n";
    char *text = malloc(bytes + FLOOD_BYTES);
    size_t n = sizeof(title) - 1;
    clock_t begin;

    assert_non_null(text);
    memcpy(text, title, n);
    for (; n < bytes; n += sizeof(word) - 1)
        memcpy(text + n, word, sizeof(word) - 1);
    text[n++] = '\n';
    for (size_t end = n + FLOOD_BYTES / 2; n + sizeof(item) < end; n += sizeof(item) - 1)
        memcpy(text + n, item, sizeof(item) - 1);
    begin = clock();
    bd_observation_free(read_exact(reader, text, n, false));
    free(text);
    return (double)(clock() - begin) / CLOCKS_PER_SEC;
}

/* What asks all of a heading for every item under it is quadratic. */
static void a_list_under_an_endless_heading_is_read_in_a_moment(void **state)
{
    struct bd_inquiry r = three_brands();
    struct bd_reader *reader = NULL;
    struct bd_error err;
    double title, endless;

    (void)state;
    assert_int_equal(bd_reader_new(&reader, &r, &err), 0);
    title = under_a_heading(reader, 100);
    endless = under_a_heading(reader, FLOOD_BYTES / 2);
    if (endless > 10 * title + 0.2)
        print_error("%.2f s under a title, %.2f s under an endless one\n", title,
                    endless);
    assert_true(endless <= 10 * title + 0.2);
    bd_reader_free(reader);
    drop_inquiry(&r);
}

static void ten_thousand_open_brackets_are_nothing(void **state)
{
    struct bd_inquiry r = three_brands();
    char text[10064] = "推荐华为。\n{\"geo_analysis\": {\"rank\": ";
    size_t n = strlen(text);
    struct bd_observation *o;

    (void)state;
    memset(text + n, '[', 10000);
    o = read_with(&r, text, n + 10000, false);
    assert_int_equal(o->brands[0].mentioned, BD_YES);
    bd_observation_free(o);
    drop_inquiry(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_prefix_of_an_answer_makes_a_brand_absent),
        cmocka_unit_test(random_bytes_and_pieces_are_read),
        cmocka_unit_test(nul_and_broken_utf8_do_not_hide_a_brand),
        cmocka_unit_test(a_flood_of_anything_is_read_in_a_moment),
        cmocka_unit_test(a_list_under_an_endless_heading_is_read_in_a_moment),
        cmocka_unit_test(ten_thousand_open_brackets_are_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
