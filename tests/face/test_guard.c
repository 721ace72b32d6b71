/* tests/face/test_guard.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/inquiry/inquiry.h"
#include "face/guard.h"

#define PORT  8731
#define TOKEN "0123456789abcdef0123456789abcdef"

static struct bd_guard *open_guard, *token_guard; /* without and with a token */

static const char *const hosts[] = {"board.example", "proxy.example:443", "192.0.2.7"};
static const char *const origins[] = {"https://friend.example",
                                      "http://friend.example:8080"};

static struct bd_guard *make(const struct bd_token *token)
{
    const struct bd_guard_rules rules = {
        .port = PORT,
        .hosts = hosts,
        .host_count = 3,
        .origins = origins,
        .origin_count = 2,
        .token = token,
    };
    struct bd_guard *g = NULL;
    struct bd_error err;

    return bd_guard_new(&g, &rules, &err) < 0 ? NULL : g;
}

static int make_both(void **state)
{
    struct bd_token token;

    (void)state;
    if (EVP_Digest(TOKEN, strlen(TOKEN), token.digest, NULL, EVP_sha256(), NULL) != 1)
        return -1;
    open_guard = make(NULL);
    token_guard = make(&token);
    return open_guard && token_guard ? 0 : -1;
}

static int free_both(void **state)
{
    (void)state;
    bd_guard_free(open_guard);
    bd_guard_free(token_guard);
    return 0;
}

/* A request that passes, from a browser on this machine. */
static struct bd_guard_request good(void)
{
    return (struct bd_guard_request){
        .method = "POST",
        .path = "/v1/diagnoses",
        .host = "127.0.0.1:8731",
        .host_count = 1,
        .origin = "http://127.0.0.1:8731",
        .content_type = "application/json",
        .authorization = "Bearer " TOKEN,
        .client = "127.0.0.1",
    };
}

static int status_at(struct bd_guard *g, const struct bd_guard_request *r, int64_t now_ms)
{
    struct bd_guard_verdict v;
    bool allowed = bd_guard_allow(g, r, now_ms, &v);

    assert_int_equal(allowed, v.status == 0);
    if (allowed)
        return 0;
    assert_int_equal(v.error.code, v.status);
    assert_true(v.error.message[0] != '\0');
    assert_true((v.status == 429) == (v.retry_after_s > 0));
    return v.status;
}

static void assert_status(const struct bd_guard_request *r, int want, const char *what)
{
    int open = status_at(open_guard, r, 0), token = status_at(token_guard, r, 0);

    if (open != want || token != want)
        fail_msg("%s: %d and %d instead of %d", what ? what : "(none)", open, token,
                 want);
}

static void what_a_page_of_ours_sends_passes(void **state)
{
    struct bd_guard_request r = good();

    (void)state;
    assert_status(&r, 0, "good");
    r.method = "GET";
    r.content_type = NULL;
    r.origin = NULL;
    assert_status(&r, 0, "read");
    r.method = "DELETE";
    assert_status(&r, 0, "delete");
}

static void a_host_that_is_not_us_is_421(void **state)
{
    static const struct {
        const char *host;
        int status;
    } cases[] = {
        {"localhost:8731", 0},
        {"LOCALHOST", 0},
        {"127.0.0.1", 0},
        {"[::1]:8731", 0},
        {"[::1]", 0},
        {"board.example", 0},
        {"Board.Example:8731", 0},
        {"proxy.example", 0},
        {"proxy.example:443", 0},
        {"192.0.2.7:8731", 0},
        {NULL, 400},
        {"", 400},
        {"proxy.example:8731", 421},
        {"localhost:80", 421},
        {"127.0.0.1:8732", 421},
        {"evil.example", 421},
        {"evil.example:8731", 421},
        {"localhost.evil.example:8731", 421},
        {"127.0.0.1.evil.example", 421},
        {"evil.example#localhost", 421},
        {"localhost@evil.example", 421},
        {"evil.example@localhost", 421},
        {"localhost.", 421},
        {"127.0.0.2:8731", 421},
        {"127.1", 421},
        {"2130706433", 421},
        {"0.0.0.0:8731", 421},
        {"[::ffff:127.0.0.1]:8731", 421},
        {"192.0.2.8", 421},
        {"localhost, evil.example", 421},
        {"localhost\r\nX: y", 421},
    };
    struct bd_guard_request r = good();

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        r.host = cases[i].host;
        assert_status(&r, cases[i].status, r.host);
    }
    r = good();
    r.host_count = 2;
    assert_status(&r, 400, "two");
}

static void a_page_of_another_origin_is_403(void **state)
{
    static const struct {
        const char *origin;
        int status;
    } cases[] = {
        {NULL, 0},
        {"http://localhost:8731", 0},
        {"https://localhost:8731", 0},
        {"http://[::1]:8731", 0},
        {"http://board.example:8731", 0},
        {"https://board.example", 0}, /* behind a proxy */
        {"https://proxy.example", 0},
        {"https://proxy.example:443", 0},
        {"https://friend.example", 0},
        {"https://friend.example:443", 0},
        {"http://friend.example:8080", 0},
        {"null", 403},
        {"", 403},
        {"http://localhost", 403}, /* another program of this machine */
        {"https://127.0.0.1", 403},
        {"http://localhost:3000", 403},
        {"http://proxy.example", 403},
        {"https://board.example:444", 403},
        {"http://friend.example", 403},
        {"https://friend.example:8080", 403},
        {"https://friend.example.evil.example", 403},
        {"https://evil.example", 403},
        {"http://evil.example:8731", 403},
        {"https://evil.example@localhost:8731", 403},
        {"file://", 403},
        {"moz-extension://localhost:8731", 403},
        {"http://localhost:8731, http://evil.example", 403},
    };
    struct bd_guard_request r = good();

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        static const char *const methods[] = {"GET", "POST", "DELETE", "OPTIONS"};

        for (size_t m = 0; m < 4; m++) {
            r.origin = cases[i].origin;
            r.method = methods[m];
            assert_status(&r, cases[i].status, r.origin);
        }
    }
}

static void methods_that_nobody_serves_end_here(void **state)
{
    static const struct {
        const char *method;
        int status;
    } cases[] = {{"TRACE", 405}, {"CONNECT", 405},  {"get", 501}, {"BREW", 501},
                 {"", 501},      {"PROPFIND", 501}, {"HEAD", 0},  {"OPTIONS", 0},
                 {"PUT", 0},     {"PATCH", 0}};
    struct bd_guard_request r = good();

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        r.method = cases[i].method;
        assert_status(&r, cases[i].status, r.method);
    }
}

static void a_target_is_a_path(void **state)
{
    static const char *const bad[] = {"", "*", "http://evil.example/v1", "v1", NULL};
    struct bd_guard_request r = good();

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        r.path = bad[i];
        assert_status(&r, 400, r.path);
    }
}

static void what_a_form_can_send_is_415(void **state)
{
    static const struct {
        const char *type;
        int status;
    } cases[] = {
        {"application/json", 0},
        {"Application/JSON; charset=utf-8", 0},
        {"application/json ;charset=utf-8", 0},
        {NULL, 415},
        {"", 415},
        {"text/plain", 415},
        {"text/plain; application/json", 415},
        {"application/x-www-form-urlencoded", 415},
        {"multipart/form-data; boundary=application/json", 415},
        {"application/jsonp", 415},
        {"application/json, text/plain", 415},
        {" application/json", 415},
    };
    struct bd_guard_request r = good();

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        r.content_type = cases[i].type;
        assert_status(&r, cases[i].status, r.content_type);
    }
    r.content_type = "text/plain";
    r.method = "GET";
    assert_status(&r, 0, "GET");
}

static void without_the_token_only_health_is_told(void **state)
{
    static const struct {
        const char *method, *path, *authorization;
        int status;
    } cases[] = {
        {"GET", "/healthz", NULL, 0},
        {"HEAD", "/readyz", NULL, 0},
        {"GET", "/readyz", "Bearer wrong", 0},
        {"POST", "/healthz", NULL, 401},
        {"GET", "/healthz/", NULL, 401},
        {"GET", "/healthz/../v1/reload", NULL, 401},
        {"GET", "/", NULL, 401},
        {"GET", "/metrics", NULL, 401},
        {"GET", "/metrics", "bearer  " TOKEN, 0},
        {"GET", "/metrics", "Basic " TOKEN, 401},
        {"GET", "/metrics", TOKEN, 401},
        {"GET", "/metrics", "Bearer", 401},
        {"GET", "/metrics", "Bearer ", 401},
        {"GET", "/metrics", "Bearer " TOKEN " ", 401},
        {"GET", "/metrics", "Bearer " TOKEN "0", 401},
        {"GET", "/metrics", "Bearer 0123456789abcdef0123456789abcdeF", 401},
        {"GET", "/metrics", "", 401},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bd_guard_request r = good();
        int got;

        r.method = cases[i].method;
        r.path = cases[i].path;
        r.authorization = cases[i].authorization;
        got = status_at(token_guard, &r, 0);
        if (got != cases[i].status)
            fail_msg("%s %s %s: %d", r.method, r.path, r.authorization, got);
        assert_int_equal(status_at(open_guard, &r, 0), 0);
    }
}

static void a_guesser_is_slowed_and_the_right_token_is_not(void **state)
{
    struct bd_guard_request wrong = good(), right = good(), none = good();
    struct bd_guard_verdict v;

    (void)state;
    wrong.authorization = "Bearer wrong";
    none.authorization = NULL;
    for (int i = 0; i < 10; i++)
        assert_int_equal(status_at(token_guard, &wrong, 0), 401);
    for (int i = 0; i < 1000; i++) {
        assert_false(bd_guard_allow(token_guard, &wrong, 0, &v));
        assert_int_equal(v.status, 429);
        assert_int_equal(v.delay_ms, BD_GUARD_DELAY_MS);
        assert_int_equal(v.retry_after_s, 6);
        assert_int_equal(v.error.retry_after_ms, 6000);
        assert_true(bd_guard_allow(token_guard, &right, 0, &v)); /* the same address */
        assert_int_equal(v.delay_ms, 0);
    }
    assert_int_equal(status_at(token_guard, &none, 0), 401); /* is no guess */
    wrong.client = "192.0.2.200";
    assert_int_equal(status_at(token_guard, &wrong, 0), 401); /* another address */
    wrong.client = "127.0.0.1";
    assert_int_equal(status_at(token_guard, &wrong, 6000), 401);
    assert_int_equal(status_at(token_guard, &wrong, 6000), 429);
}

static void an_address_that_asks_too_often_is_429(void **state)
{
    struct bd_guard_request r = good();
    struct bd_guard_verdict v;
    int passed = 0;

    (void)state;
    r.client = "192.0.2.77";
    for (int i = 0; i < 1000; i++)
        passed += status_at(open_guard, &r, 0) == 0;
    assert_int_equal(passed, BD_GUARD_BURST);
    assert_false(bd_guard_allow(open_guard, &r, 0, &v));
    assert_int_equal(v.status, 429);
    assert_int_equal(v.retry_after_s, 1);
    assert_int_equal(v.delay_ms, 0);
    assert_int_equal(v.error.type, BD_ERR_RATE_LIMITED);
    assert_int_equal(status_at(open_guard, &r, 1000), 0);
    r.client = "127.0.0.1";
    for (int i = 0; i < 1000; i++)
        assert_int_equal(status_at(open_guard, &r, 0), 0);
}

static void what_is_no_name_is_refused_at_the_start(void **state)
{
    static const char *const bad_hosts[] = {
        "",   "https://board.example", "a b", "*", "board.example/", "h:0", "a@b.com",
        "::1"};
    static const char *const bad_origins[] = {
        "", "friend.example", "https://a/b", "null", "*", "ftp://a"};
    static const char *many[BD_GUARD_NAMES + 1];
    struct bd_guard_rules rules = {.port = PORT};
    struct bd_guard *g = NULL;
    struct bd_error err;

    (void)state;
    for (size_t i = 0; i < sizeof(bad_hosts) / sizeof(bad_hosts[0]); i++) {
        rules.hosts = &bad_hosts[i];
        rules.host_count = 1;
        if (bd_guard_new(&g, &rules, &err) == 0 || err.type != BD_ERR_CONFIG)
            fail_msg("'%s'", bad_hosts[i]);
    }
    rules.host_count = 0;
    for (size_t i = 0; i < sizeof(bad_origins) / sizeof(bad_origins[0]); i++) {
        rules.origins = &bad_origins[i];
        rules.origin_count = 1;
        if (bd_guard_new(&g, &rules, &err) == 0 || err.type != BD_ERR_CONFIG)
            fail_msg("'%s'", bad_origins[i]);
    }
    for (size_t i = 0; i <= BD_GUARD_NAMES; i++)
        many[i] = "h.example";
    rules = (struct bd_guard_rules){.port = PORT, .hosts = many, .host_count = 33};
    assert_int_equal(bd_guard_new(&g, &rules, &err), -1);
    rules.host_count = 32;
    assert_int_equal(bd_guard_new(&g, &rules, &err), 0);
    bd_guard_free(g);
    bd_guard_free(NULL);
}

static void only_loopback_is_listened_at_without_a_token(void **state)
{
    static const struct {
        const char *address;
        int rc;
    } cases[] = {
        {"127.0.0.1:8731", 0},
        {"127.0.0.1", 0},
        {"127.3.4.5:1", 0},
        {"[::1]:8731", 0},
        {"::1", 0},
        {"localhost:8731", 0},
        {"LocalHost", 0},
        {"[::ffff:127.0.0.1]:1", 0},
        {"0.0.0.0:8731", -1},
        {"0.0.0.0", -1},
        {"[::]:8731", -1},
        {"::", -1},
        {"192.168.1.2:80", -1},
        {"10.0.0.1", -1},
        {"128.0.0.1:1", -1},
        {"127.1:8731", -1},
        {"0x7f.0.0.1:1", -1},
        {"2130706433:1", -1},
        {"", -1},
        {":8731", -1},
        {"*:8731", -1},
        {"localhost.evil:1", -1},
        {"127.0.0.1.evil:1", -1},
        {"[::1].evil:1", -1},
        {"[fe80::1]:1", -1},
        {"[::1", -1},
    };
    struct bd_error err;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        err = (struct bd_error){0};
        if (bd_guard_listen_check(cases[i].address, false, &err) != cases[i].rc)
            fail_msg("'%s'", cases[i].address);
        if (cases[i].rc < 0) {
            assert_int_equal(err.type, BD_ERR_CONFIG);
            assert_non_null(strstr(err.message, "openssl rand -hex 32"));
        }
        assert_int_equal(bd_guard_listen_check(cases[i].address, true, &err), 0);
    }
}

/* Bodies */

static int read_json(const char *body, size_t n, struct bd_error *err)
{
    json_t *o = NULL;
    int rc;

    *err = (struct bd_error){0};
    rc = bd_guard_json(body, n, &o, err);
    assert_int_equal(rc == 0, o != NULL);
    json_decref(o);
    return rc == 0 ? 0 : err->code;
}

static void a_body_is_json_within_its_limits(void **state)
{
    static const struct {
        const char *body;
        int code;
        const char *says;
    } cases[] = {
        {"{}", 0, ""},
        {" [1, \"a\", null] ", 0, ""},
        {"{\"q\": \"\\\"[[[[{{{{\\\\\"}", 0, ""},
        {"{\"brand\": \"\xe5\x8d\x8e\xe4\xb8\xba\"}", 0, ""},
        {"", 400, "is empty"},
        {"{", 400, "not JSON"},
        {"{} x", 400, "not JSON"},
        {"{\"a\": 1, \"a\": 2}", 400, "not JSON"},
        {"{\"a\": \"\\u0000\"}", 400, "not JSON"},
        {"{\"a\": \"\xff\"}", 400, "not UTF-8"},
        {"{\"a\": \"\xed\xa0\x80\"}", 400, "not UTF-8"},
        {"{\"a\": \"\\ud800\"}", 400, "not JSON"},
        {"]]]]", 400, "not JSON"},
        {"\"", 400, "not JSON"},
        {"\"\\", 400, "not JSON"},
        {"{\"a\": NaN}", 400, "not JSON"},
        {"[1e999]", 400, "not JSON"},
        {"secret-in-a-wrong-body", 400, "not JSON"},
    };
    struct bd_error err;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int code = read_json(cases[i].body, strlen(cases[i].body), &err);

        if (code != cases[i].code || !strstr(err.message, cases[i].says))
            fail_msg("'%s': %d '%s'", cases[i].body, code, err.message);
        assert_null(strstr(err.message, "secret"));
    }
    assert_int_equal(read_json("{}\0", 3, &err), 400);
    assert_non_null(strstr(err.message, "NUL"));
    assert_int_equal(read_json("{\"a\": \"\0\"}", 10, &err), 400);
}

/* n times before, then after; free it. */
static char *repeat(const char *before, size_t n, const char *after, size_t *size)
{
    size_t one = strlen(before), rest = strlen(after);
    char *s = malloc(n * one + n * rest + 1);

    assert_non_null(s);
    for (size_t i = 0; i < n; i++)
        memcpy(s + i * one, before, one);
    for (size_t i = 0; i < n; i++)
        memcpy(s + n * one + i * rest, after, rest);
    *size = n * (one + rest);
    s[*size] = '\0';
    return s;
}

static void nesting_has_an_end(void **state)
{
    struct bd_error err;
    size_t n;
    char *s;

    (void)state;
    s = repeat("[", BD_GUARD_DEPTH, "]", &n);
    assert_int_equal(read_json(s, n, &err), 0);
    free(s);
    s = repeat("[", BD_GUARD_DEPTH + 1, "]", &n);
    assert_int_equal(read_json(s, n, &err), 400);
    assert_non_null(strstr(err.message, "64 levels"));
    free(s);
    s = repeat("{\"a\":[", 100, "]}", &n);
    assert_int_equal(read_json(s, n, &err), 400);
    free(s);
    s = repeat("[\"\\\"", 1,
               "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"]", &n);
    assert_int_equal(read_json(s, n, &err), 0); /* in a string, behind a quote */
    free(s);
    s = repeat("[\"\\\\\",", BD_GUARD_DEPTH + 1, "1]", &n);
    assert_int_equal(read_json(s, n, &err), 400); /* behind strings that end in one */
    assert_non_null(strstr(err.message, "64 levels"));
    free(s);
    s = repeat("[", 1000000, "", &n);
    assert_int_equal(read_json(s, n, &err), 400);
    free(s);
}

static void size_has_an_end(void **state)
{
    struct bd_error err;
    size_t n;
    char *s = repeat(" ", BD_GUARD_BODY_BYTES + 1, "", &n);

    (void)state;
    s[0] = '1';
    assert_int_equal(read_json(s, BD_GUARD_BODY_BYTES, &err), 0);
    assert_int_equal(read_json(s, BD_GUARD_BODY_BYTES + 1, &err), 413);
    assert_int_equal(err.type, BD_ERR_TOO_LARGE);
    free(s);
    s = repeat("{},", 300000, "", &n);
    assert_int_equal(read_json(s, n, &err), 413);
    assert_non_null(strstr(err.message, "100,000 values"));
    free(s);
}

static void assert_refuses(const char *before, const char *member, const char *after,
                           bool by_name)
{
    struct bd_inquiry q;
    struct bd_error err = {0};
    char body[256];
    json_t *o = NULL;

    snprintf(body, sizeof(body), "%s\"%s\":\"x\"%s", before, member, after);
    assert_int_equal(bd_guard_json(body, strlen(body), &o, &err), 0);
    bd_inquiry_init(&q);
    if (bd_inquiry_from_json(&q, o, &err) == 0)
        fail_msg("%s", body);
    assert_int_equal(err.type, BD_ERR_INVALID_REQUEST);
    if (by_name && !strstr(err.message, member))
        fail_msg("%s: %s", body, err.message);
    bd_inquiry_free(&q);
    json_decref(o);
}

static void a_request_may_not_say_where_or_with_which_key_to_ask(void **state)
{
    static const char *const members[] = {"base_url", "api_key", "api_key_env",
                                          "api_key_file", "headers"};

    (void)state;
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        assert_refuses("{\"questions\":[\"q\"],", members[i], "}", true);
        assert_refuses("{\"brand\":{\"name\":\"b\",", members[i],
                       "},\"questions\":[\"q\"]}", true);
        assert_refuses("{\"brand\":\"b\",\"competitors\":[{\"name\":\"c\",", members[i],
                       "}],\"questions\":[\"q\"]}", true);
        assert_refuses("{\"questions\":[\"q\"],\"models\":[{\"provider\":\"qwen\",",
                       members[i], "}]}", false);
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, make_both, free_both)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(what_a_page_of_ours_sends_passes),
        CASE(a_host_that_is_not_us_is_421),
        CASE(a_page_of_another_origin_is_403),
        CASE(methods_that_nobody_serves_end_here),
        CASE(a_target_is_a_path),
        CASE(what_a_form_can_send_is_415),
        CASE(without_the_token_only_health_is_told),
        CASE(a_guesser_is_slowed_and_the_right_token_is_not),
        CASE(an_address_that_asks_too_often_is_429),
        CASE(what_is_no_name_is_refused_at_the_start),
        CASE(only_loopback_is_listened_at_without_a_token),
        CASE(a_body_is_json_within_its_limits),
        CASE(nesting_has_an_end),
        CASE(size_has_an_end),
        CASE(a_request_may_not_say_where_or_with_which_key_to_ask),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
