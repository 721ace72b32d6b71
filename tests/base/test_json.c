/* tests/base/test_json.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/json.h"

static json_t *parse(const char *s)
{
    struct bd_error err;
    json_t *o = bd_json_parse(s, strlen(s), "test", &err);

    assert_non_null(o);
    return o;
}

static void what_is_not_json_is_refused_with_its_place(void **state)
{
    static const char *const bad[] = {"", "{", "{\"a\":1} x", "\"\xff\"", "nul", "[1,]"};
    struct bd_error err;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        memset(&err, 0, sizeof(err));
        assert_null(bd_json_parse(bad[i], strlen(bad[i]), "doubao", &err));
        assert_int_equal(err.type, BD_ERR_PROTOCOL);
        assert_string_equal(err.source, "doubao");
        assert_non_null(strstr(err.message, "byte"));
    }
    assert_null(bd_json_parse("{\"a\":1}", 3, "test", &err)); /* n rules, not the NUL */
}

static void nesting_has_an_end(void **state)
{
    static char deep[200000];
    struct bd_error err;

    (void)state;
    memset(deep, '[', sizeof(deep));
    assert_null(bd_json_parse(deep, sizeof(deep), "test", &err));
}

static void a_missing_member_or_another_type_is_the_default(void **state)
{
    json_t *o = parse("{\"s\":\"x\",\"i\":7,\"r\":2.5,\"b\":true,\"n\":null,"
                      "\"big\":1e300}");

    (void)state;
    assert_string_equal(bd_json_text(o, "s", "-"), "x");
    assert_string_equal(bd_json_text(o, "i", "-"), "-");
    assert_int_equal(bd_json_int(o, "i", -1), 7);
    assert_int_equal(bd_json_int(o, "r", -1), 2);
    assert_int_equal(bd_json_int(o, "big", -1), -1);
    assert_int_equal(bd_json_int(o, "s", -1), -1);
    assert_true(bd_json_real(o, "i", 0) == 7.0);
    assert_true(bd_json_real(o, "n", 0.5) == 0.5);
    assert_true(bd_json_bool(o, "b", false));
    assert_true(bd_json_bool(o, "i", true));
    assert_string_equal(bd_json_text(NULL, "s", "none"), "none");
    json_decref(o);
}

static void any_bytes_become_a_string(void **state)
{
    json_t *v = bd_json_string("a\xff"
                               "车",
                               5);

    (void)state;
    assert_non_null(v);
    assert_string_equal(json_string_value(v), "a\xef\xbf\xbd"
                                              "车");
    json_decref(v);
    v = bd_json_string("", 0);
    assert_string_equal(json_string_value(v), "");
    json_decref(v);
}

static void no_number_is_null(void **state)
{
    const double values[] = {NAN, INFINITY, -INFINITY};
    json_t *v;

    (void)state;
    for (int i = 0; i < 3; i++) {
        v = bd_json_number(values[i]);
        assert_true(json_is_null(v));
        json_decref(v);
    }
    v = bd_json_number(0.1);
    assert_true(json_real_value(v) == 0.1);
    json_decref(v);
}

static void an_error_goes_out_and_comes_back_whole(void **state)
{
    struct bd_error err, back;
    json_t *o;

    (void)state;
    bd_fail(&err, BD_ERR_RATE_LIMITED, 429, "qwen", "慢一点 \"please\"");
    bd_fail_in(&err, "run 7");
    err.retry_after_ms = 2500;
    o = bd_json_from_error(&err);
    assert_non_null(o);
    assert_string_equal(bd_json_text(o, "type", ""), "rate_limited");
    assert_true(bd_json_bool(o, "recoverable", false));
    assert_int_equal(strlen(bd_json_text(o, "timestamp", "")), 24);
    bd_json_to_error(o, &back);
    json_decref(o);
    assert_int_equal(back.type, err.type);
    assert_int_equal(back.code, 429);
    assert_int_equal(back.recoverable, 1);
    assert_int_equal(back.retry_after_ms, 2500);
    assert_true(back.time_ms == err.time_ms);
    assert_string_equal(back.source, err.source);
    assert_string_equal(back.message, err.message);
    assert_string_equal(back.context, err.context);
}

static void an_error_with_strange_bytes_still_goes_out(void **state)
{
    struct bd_error err;
    json_t *o;

    (void)state;
    bd_fail(&err, BD_ERR_PROTOCOL, 0, "pl\xff!", "a\xff!");
    bd_fail_in(&err, "b\xff!");
    o = bd_json_from_error(&err);
    assert_non_null(o);
    assert_string_equal(bd_json_text(o, "message", ""), "a\xef\xbf\xbd!");
    json_decref(o);
}

static void no_error_is_null(void **state)
{
    struct bd_error err = {0};
    json_t *o = bd_json_from_error(&err);

    (void)state;
    assert_true(json_is_null(o));
    err.type = BD_ERR_AUTH;
    bd_json_to_error(o, &err);
    assert_int_equal(err.type, BD_ERR_NONE);
    json_decref(o);
}

static void writing_keeps_the_order_and_says_when_it_is_full(void **state)
{
    json_t *o = parse("{\"z\":1,\"a\":[0.1,\"车\"]}");
    struct bd_buf out;

    (void)state;
    bd_buf_init(&out, 100);
    assert_int_equal(bd_json_write(&out, o, false), 0);
    assert_string_equal(out.data, "{\"z\":1,\"a\":[0.1,\"车\"]}");
    bd_buf_reset(&out);
    assert_int_equal(bd_json_write(&out, o, true), 0);
    assert_non_null(strstr(out.data, "{\n  \"z\": 1,\n"));
    bd_buf_free(&out);
    for (size_t limit = 0; limit < 30; limit++) { /* a piece is written whole or not */
        bd_buf_init(&out, limit);
        (void)bd_buf_add(&out, "ab");
        assert_int_equal(bd_json_write(&out, o, false), limit < 25 ? -1 : 0);
        assert_string_equal(out.data, limit < 2    ? ""
                                      : limit < 25 ? "ab"
                                                   : "ab{\"z\":1,\"a\":[0.1,\"车\"]}");
        assert_true(out.failed == (limit < 25));
        bd_buf_free(&out);
    }
    json_decref(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_json_is_refused_with_its_place),
        cmocka_unit_test(nesting_has_an_end),
        cmocka_unit_test(a_missing_member_or_another_type_is_the_default),
        cmocka_unit_test(any_bytes_become_a_string),
        cmocka_unit_test(no_number_is_null),
        cmocka_unit_test(an_error_goes_out_and_comes_back_whole),
        cmocka_unit_test(an_error_with_strange_bytes_still_goes_out),
        cmocka_unit_test(no_error_is_null),
        cmocka_unit_test(writing_keeps_the_order_and_says_when_it_is_full),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
