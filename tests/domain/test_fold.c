/* tests/domain/test_fold.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ctype.h>
#include <string.h>

#include "domain/reading/fold.h"

static void equal_words_become_equal_bytes(void **state)
{
    static const struct {
        const char *text, *folded;
    } cases[] = {
        {"ＢＹＤ", "byd"},
        {"T e s l a", "tesla"},
        {"海  豚", "海 豚"},
        {"A　B", "a b"},              /* ideographic space */
        {"华\xe2\x80\x8b为", "华为"}, /* zero-width space */
        {"\xef\xbb\xbf小米", "小米"}, /* byte order mark */
        {"a\r\nb", "a\nb"},
        {"“X”’s", "\"x\"'s"},
        {"（１．）：", "(1.):"},
        {"I am a man", "i am a man"}, /* words, not letter-spaced */
        {"x T e s lax", "xtes lax"},
        {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bd_fold f;

        assert_int_equal(bd_fold_init(&f, cases[i].text, strlen(cases[i].text)), 0);
        assert_string_equal(f.bytes.data, cases[i].folded);
        bd_fold_free(&f);
    }
}

static void every_byte_knows_where_it_came_from(void **state)
{
    const char *text = "x ＢＹＤ y";
    struct bd_fold f;

    (void)state;
    assert_int_equal(bd_fold_init(&f, text, strlen(text)), 0);
    assert_int_equal(bd_fold_origin(&f, 2), 2);
    assert_int_equal(bd_fold_origin(&f, 3), 5);
    assert_int_equal(bd_fold_origin(&f, f.bytes.n), strlen(text));
    assert_int_equal(bd_fold_index(&f, 8), 4);
    assert_int_equal(bd_fold_index(&f, strlen(text)), f.bytes.n);
    bd_fold_free(&f);
}

static void all_bytes_of_a_character_came_from_its_beginning(void **state)
{
    (void)state;
    const char *text = "x㍿y"; /* one sign, four characters when folded */
    struct bd_fold f;

    assert_int_equal(bd_fold_init(&f, text, strlen(text)), 0);
    assert_string_equal(f.bytes.data, "x株式会社y");
    for (size_t i = 1; i < 13; i++)
        assert_int_equal(bd_fold_origin(&f, i), 1);
    assert_int_equal(bd_fold_origin(&f, 13), 4);
    bd_fold_free(&f);
}

static void invalid_bytes_stay(void **state)
{
    struct bd_fold f;

    (void)state;
    assert_int_equal(bd_fold_init(&f, "a\xff\0\xe5", 4), 0);
    assert_int_equal(f.bytes.n, 4);
    assert_memory_equal(f.bytes.data, "a\xff\0\xe5", 4);
    bd_fold_free(&f);
}

static void full_width_ascii_becomes_ascii_in_small_letters(void **state)
{
    (void)state;
    for (int c = '!'; c <= '~'; c++) {
        int cp = c + 0xFEE0;
        const char s[] = {'\xEF', (char)(0x80 | ((cp >> 6) & 0x3F)),
                          (char)(0x80 | (cp & 0x3F)), '\0'};
        struct bd_fold f;

        assert_int_equal(bd_fold_init(&f, s, 3), 0);
        assert_int_equal(f.bytes.n, 1);
        assert_int_equal(f.bytes.data[0], tolower(c));
        bd_fold_free(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_words_become_equal_bytes),
        cmocka_unit_test(every_byte_knows_where_it_came_from),
        cmocka_unit_test(all_bytes_of_a_character_came_from_its_beginning),
        cmocka_unit_test(invalid_bytes_stay),
        cmocka_unit_test(full_width_ascii_becomes_ascii_in_small_letters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
