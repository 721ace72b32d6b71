/* tests/face/test_gzip.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "face/web.h"

#define MIB ((size_t)1 << 20)

/* What a client makes of it; the caller frees. */
static char *unpack(const struct bd_buf *packed, size_t room, size_t *n)
{
    z_stream z = {0};
    char *text = malloc(room + 1);

    assert_non_null(text);
    assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
    z.next_in = (z_const Bytef *)(uintptr_t)packed->data;
    z.avail_in = (uInt)packed->n;
    z.next_out = (Bytef *)text;
    z.avail_out = (uInt)room + 1;
    assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
    assert_int_equal(z.avail_in, 0); /* nothing stands behind it */
    *n = z.total_out;
    assert_int_equal(inflateEnd(&z), Z_OK);
    return text;
}

static void comes_back(const char *text, size_t n)
{
    struct bd_buf packed;
    size_t back;
    char *again;

    bd_buf_init(&packed, 8 * MIB);
    assert_int_equal(bd_gzip(&packed, text, n), 0);
    again = unpack(&packed, n, &back);
    assert_int_equal(back, n);
    assert_memory_equal(again, text, n);
    free(again);
    bd_buf_free(&packed);
}

static void what_was_packed_comes_back(void **state)
{
    static char large[3 * MIB];
    uint32_t x = 1;

    (void)state;
    comes_back("", 0);
    comes_back("x", 1);
    comes_back("nul\0inside", 10);
    memset(large, 'a', sizeof(large));
    comes_back(large, sizeof(large));
    for (size_t i = 0; i < sizeof(large); i++) /* what cannot be made smaller, too */
        large[i] = (char)((x = x * 1664525u + 1013904223u) >> 24);
    comes_back(large, sizeof(large));
}

static void it_is_put_behind_what_is_there(void **state)
{
    struct bd_buf out;

    (void)state;
    bd_buf_init(&out, MIB);
    assert_int_equal(bd_buf_add(&out, "head"), 0);
    assert_int_equal(bd_gzip(&out, "text", 4), 0);
    assert_memory_equal(out.data, "head\x1f\x8b", 6);
    bd_buf_free(&out);
}

static void a_buffer_that_is_too_small_is_an_error(void **state)
{
    struct bd_buf out;
    char text[4096] = {0};

    (void)state;
    bd_buf_init(&out, 64);
    assert_int_equal(bd_gzip(&out, text, sizeof(text)), -1);
    bd_buf_free(&out);
}

static void who_takes_it_is_read_from_the_header(void **state)
{
    static const struct {
        const char *accept;
        bool taken;
    } cases[] = {
        {NULL, false},
        {"", false},
        {"gzip", true},
        {"GZip", true},
        {"br, gzip", true},
        {"gzip, deflate, br", true},
        {"gzip;q=1", true},
        {"gzip;q=1.000", true},
        {"gzip;q=0.5", true},
        {"gzip;q=0.001", true},
        {"br , gzip ; q=0.1", true},
        {"*", true},
        {"*;q=0.1", true},
        {"gzip;q=0", false},
        {"gzip; q=0", false},
        {"gzip;q=0.000", false},
        {"*;q=0", false},
        {"*, gzip;q=0", false},
        {"*;q=0, gzip", true},
        {"x-gzip", false},
        {"gzipped", false},
        {"identity", false},
        {"deflate;q=1", false},
        {",,", false},
        {";", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (bd_gzip_is_accepted(cases[i].accept) != cases[i].taken)
            fail_msg("'%s'", cases[i].accept ? cases[i].accept : "NULL");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_packed_comes_back),
        cmocka_unit_test(it_is_put_behind_what_is_there),
        cmocka_unit_test(a_buffer_that_is_too_small_is_an_error),
        cmocka_unit_test(who_takes_it_is_read_from_the_header),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
