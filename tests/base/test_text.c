/* tests/base/test_text.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <utf8proc.h>

#include "base/text.h"

static const struct {
    const char *s;
    size_t points, width;
    bool valid;
} texts[] = {
    {"", 0, 0, true},
    {"abc", 3, 3, true},
    {"20 万左右", 6, 9, true},
    {"e\xcc\x81", 2, 1, true},        /* e and a combining accent */
    {"\xf0\x9f\x9a\x97", 1, 2, true}, /* a car */
    {"a\xff"
     "b",
     3, 3, false},
    {"\xe8\xbd", 2, 2, false},     /* two thirds of a character */
    {"\xed\xa0\x80", 3, 3, false}, /* a surrogate */
    {"\xc0\xaf", 2, 2, false},     /* an overlong slash */
};

static void text_is_counted_in_characters_and_columns(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        size_t n = strlen(texts[i].s);

        if (bd_text_points(texts[i].s, n) != texts[i].points ||
            bd_text_width(texts[i].s, n) != texts[i].width ||
            bd_text_valid(texts[i].s, n) != texts[i].valid)
            fail_msg("row %zu: %zu points, %zu columns", i, bd_text_points(texts[i].s, n),
                     bd_text_width(texts[i].s, n));
    }
}

static void a_cut_falls_between_two_characters(void **state)
{
    static const char s[] = "a车\xf0\x9f\x9a\x97z";
    static const size_t expected[] = {0, 1, 1, 1, 4, 4, 4, 4, 8, 9, 9};

    (void)state;
    for (size_t limit = 0; limit < sizeof(expected) / sizeof(expected[0]); limit++)
        assert_int_equal(bd_text_cut(s, strlen(s), limit), expected[limit]);
    assert_int_equal(bd_text_cut("\x80\x80\x80\x80\x80\x80", 6, 4), 4); /* no UTF-8 */
    assert_int_equal(bd_text_cut("", 0, 0), 0);
}

static void a_string_cut_anywhere_is_trimmed_to_whole_characters(void **state)
{
    static const char s[] = "a车\xf0\x9f\x9a\x97z";
    static const size_t expected[] = {0, 1, 1, 1, 4, 4, 4, 4, 8, 9};

    (void)state;
    for (size_t n = 0; n < sizeof(expected) / sizeof(expected[0]); n++) {
        char copy[16] = "";

        memcpy(copy, s, n);
        bd_text_trim_partial(copy);
        assert_int_equal(strlen(copy), expected[n]);
    }
}

static const struct {
    const char *from, *to;
} cleanings[] = {
    {"plain 车\n\t", "plain 车\n\t"},
    {"a\033[31mred\033[0m b", "ared b"},
    {"a\033]8;;http://x\033\\link\033]8;;\a!", "alink!"},
    {"a\033]52;c;aGk=\nnext line", "a\nnext line"},
    {"a\033", "a"},
    {"a\033[12", "a"},
    {"bell\a back\b cr\r del\x7f", "bell back cr del"},
    {"c1\xc2\x9b"
     "31m",
     "c131m"},
    {"bidi\xe2\x80\xae\xe2\x81\xa6x", "bidix"},
    {"bad\xff\xe8\xbd", "bad\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
};

static void what_others_wrote_cannot_act_on_a_terminal(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cleanings) / sizeof(cleanings[0]); i++) {
        struct bd_buf out;

        bd_buf_init(&out, 200);
        assert_int_equal(
            bd_text_clean(&out, cleanings[i].from, strlen(cleanings[i].from), true), 0);
        assert_string_equal(out.data, cleanings[i].to);
        bd_buf_free(&out);
    }
}

static void without_cleaning_only_invalid_bytes_change(void **state)
{
    struct bd_buf out;

    (void)state;
    bd_buf_init(&out, 12);
    assert_int_equal(bd_text_clean(&out, "\033[1m\0\xff", 6, false), 0);
    assert_int_equal(out.n, 8);
    assert_memory_equal(out.data, "\033[1m\0\xef\xbf\xbd", 8);
    assert_int_equal(bd_text_clean(&out, "too long", 8, false), -1);
    bd_buf_free(&out);
}

static const struct {
    const char *s;
    size_t columns;
    bool right;
    const char *expected;
} pads[] = {
    {"abc", 5, false, "abc  "}, {"abc", 5, true, "  abc"},   {"abc", 3, false, "abc"},
    {"abcd", 3, false, "ab…"},  {"车车", 5, false, "车车 "}, {"车车", 4, true, "车车"},
    {"车车", 3, false, "车…"},  {"车车", 2, false, "… "},    {"车车", 2, true, " …"},
    {"abc", 1, false, "…"},     {"abc", 0, false, ""},       {"", 2, false, "  "},
};

static void a_column_has_exactly_its_width(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(pads) / sizeof(pads[0]); i++) {
        struct bd_buf out;

        bd_buf_init(&out, 100);
        assert_int_equal(bd_text_pad(&out, pads[i].s, pads[i].columns, pads[i].right), 0);
        assert_string_equal(out.data, pads[i].expected);
        bd_buf_free(&out);
    }
}

static const struct {
    const char *s;
    size_t columns;
    const char *first_line;
} wraps[] = {
    {"one two three", 20, "one two three"},
    {"one two three", 8, "one two"},
    {"one two three", 7, "one two"},
    {"one two three", 6, "one"},
    {"unbreakable", 4, "unbr"},
    {"one\ntwo", 20, "one"},
    {"新能源汽车品牌", 6, "新能源"},
    {"新能源，汽车", 6, "新能"}, /* no comma at the start of a line */
    {"车", 1, "车"},             /* at least one character */
    {"", 5, ""},
};

static void lines_break_where_a_reader_expects_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(wraps) / sizeof(wraps[0]); i++) {
        size_t n = bd_text_wrap(wraps[i].s, strlen(wraps[i].s), wraps[i].columns);

        while (n > 0 && wraps[i].s[n - 1] == ' ')
            n--; /* a space at the end is not seen */
        if (n != strlen(wraps[i].first_line))
            fail_msg("\"%s\" in %zu: %zu bytes", wraps[i].s, wraps[i].columns, n);
    }
}

static void near_names_have_a_small_distance(void **state)
{
    char longer[80];

    (void)state;
    assert_int_equal(bd_text_distance("", ""), 0);
    assert_int_equal(bd_text_distance("", "abc"), 3);
    assert_int_equal(bd_text_distance("timeout", "timeuot"), 2);
    assert_int_equal(bd_text_distance("deadline", "deadlin"), 1);
    assert_int_equal(bd_text_distance("kitten", "sitting"), 3);
    memset(longer, 'a', sizeof(longer) - 1);
    longer[sizeof(longer) - 1] = '\0';
    assert_int_equal(bd_text_distance(longer, "a"), 64);
}

/* The n bytes at s are read as utf8proc reads them. */
static void agrees(const char *s, size_t n)
{
    utf8proc_int32_t wanted;
    utf8proc_ssize_t bytes =
        utf8proc_iterate((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)n, &wanted);
    int32_t got;

    if (bd_text_next(s, n, &got) != (bytes > 0 ? (size_t)bytes : 1) ||
        got != (bytes > 0 ? wanted : -1))
        fail_msg("%02x %02x %02x, %zu bytes", (unsigned char)s[0], (unsigned char)s[1],
                 (unsigned char)s[2], n);
}

static void characters_are_read_as_utf8proc_reads_them(void **state)
{
    (void)state;
    for (unsigned first = 0xC0; first < 0x100; first++)
        for (unsigned rest = 0; rest < 0x10000; rest += rest & 0x3F ? 1 : 0x20) {
            const char s[] = {(char)first, (char)(rest >> 8), (char)rest, '\0'};

            for (size_t n = 1; n <= 3; n++)
                agrees(s, n);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(characters_are_read_as_utf8proc_reads_them),
        cmocka_unit_test(text_is_counted_in_characters_and_columns),
        cmocka_unit_test(a_cut_falls_between_two_characters),
        cmocka_unit_test(a_string_cut_anywhere_is_trimmed_to_whole_characters),
        cmocka_unit_test(what_others_wrote_cannot_act_on_a_terminal),
        cmocka_unit_test(without_cleaning_only_invalid_bytes_change),
        cmocka_unit_test(a_column_has_exactly_its_width),
        cmocka_unit_test(lines_break_where_a_reader_expects_it),
        cmocka_unit_test(near_names_have_a_small_distance),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
