/* tests/runtime/test_provider.c - a provider that misbehaves must not be believed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/sources.h"
#include "runtime/provider.h"

#define BASE "https://api.example.com/v1"

/* What the odd provider below does next. */
static struct {
    const char *url, *headers, *text;
    int rc;
    int32_t auth, finish, done, stream_asked, search_asked;
    struct bd_usage usage;
    struct bd_error err;
} odd;

static int odd_build(void *self, const struct bd_ask *ask, struct bd_request *out,
                     struct bd_error *err)
{
    (void)self;
    odd.stream_asked = ask->stream;
    odd.search_asked = ask->search;
    bd_buf_add(out->url, odd.url);
    bd_buf_add(out->headers, odd.headers);
    bd_buf_add(out->body, "{}");
    out->auth = odd.auth;
    *err = odd.err;
    return odd.rc;
}

static int write_answer(struct bd_answer *out, struct bd_error *err)
{
    bd_buf_add(out->text, odd.text);
    out->finish = odd.finish;
    out->done = odd.done;
    out->usage = odd.usage;
    memset(out->finish_word, 'x', sizeof(out->finish_word));
    *err = odd.err;
    return odd.rc;
}

static int odd_reply(void *self, const struct bd_reply *reply, struct bd_answer *out,
                     struct bd_error *err)
{
    (void)self;
    (void)reply;
    return write_answer(out, err);
}

static int odd_event(void *self, const struct bd_event *event, struct bd_answer *out,
                     struct bd_error *err)
{
    (void)self;
    (void)event;
    return write_answer(out, err);
}

static void odd_error(void *self, const struct bd_reply *reply, struct bd_error *err)
{
    (void)self;
    (void)reply;
    *err = odd.err;
}

static struct bd_provider provider = {
    .base = {BD_PLUGIN_MAGIC, BD_ABI_MINOR, sizeof(provider), BD_PROVIDER, "odd", "1",
             NULL, 0, 0},
    .capabilities = BD_CAN_STREAM,
    .build = odd_build,
    .reply = odd_reply,
    .event = odd_event,
    .error = odd_error,
};

struct fixture {
    struct bd_buf a, b, c, d;
    struct bd_request request;
    struct bd_answer answer;
    struct bd_sources sources;
    struct bd_error err;
};

static int set_up(void **state)
{
    static struct fixture f;

    memset(&odd, 0, sizeof(odd));
    odd.url = BASE "/chat";
    odd.headers = odd.text = "";
    provider.capabilities = BD_CAN_STREAM;
    bd_buf_init(&f.a, 100);
    bd_buf_init(&f.b, 100);
    bd_buf_init(&f.c, 100);
    bd_buf_init(&f.d, 100);
    f.request = (struct bd_request){.url = &f.a, .headers = &f.b, .body = &f.c};
    f.answer = (struct bd_answer){.text = &f.a,
                                  .reasoning = &f.b,
                                  .model = &f.c,
                                  .request_id = &f.d,
                                  .sources = &f.sources};
    f.err = (struct bd_error){0};
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    bd_buf_free(&f->a);
    bd_buf_free(&f->b);
    bd_buf_free(&f->c);
    bd_buf_free(&f->d);
    bd_sources_free(&f->sources);
    return 0;
}

static int build(struct fixture *f)
{
    struct bd_ask ask = {.stream = 1, .model = "m", .prompt = "p"};

    return bd_provider_build(&provider, NULL, BASE, &ask, &f->request, &f->err);
}

static int read_reply(struct fixture *f)
{
    struct bd_reply reply = {.status = 200, .content_type = "", .body = ""};

    return bd_provider_reply(&provider, NULL, &reply, &f->answer, &f->err);
}

static void a_url_may_not_leave_the_base_url(void **state)
{
    static const char *const away[] = {
        "https://api.example.com.evil.org/v1",
        "https://evil.org/v1/chat",
        "http://api.example.com/v1/chat",
        "https://api.example.com:8443/v1/chat",
        "https://user@api.example.com/v1",
        "https://api.example.com@evil.org/v1",
        "file:///etc/passwd",
        "/v1/chat",
        "",
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(away) / sizeof(away[0]); i++) {
        odd.url = away[i];
        if (build(f) == 0)
            fail_msg("%s was let through", away[i]);
        assert_int_equal(f->err.type, BD_ERR_PLUGIN);
    }
    odd.url = "https://API.example.com:443/other";
    assert_int_equal(build(f), 0);
}

static void headers_must_be_headers(void **state)
{
    static const char *const wrong[] = {"X: y", "X y\n", ": y\n", "X: y\r\n", "\n"};
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        odd.headers = wrong[i];
        assert_int_equal(build(f), -1);
        assert_int_equal(f->err.type, BD_ERR_PLUGIN);
    }
    odd.headers = "X-A: y\nX-B: 1:2\n";
    assert_int_equal(build(f), 0);
    odd.auth = 9;
    assert_int_equal(build(f), -1);
}

static void a_request_over_the_limit_is_an_error(void **state)
{
    struct fixture *f = *state;
    char url[300];

    memset(url, 'x', sizeof(url));
    memcpy(url, BASE "/", strlen(BASE) + 1);
    url[sizeof(url) - 1] = '\0';
    odd.url = url;
    assert_int_equal(build(f), -1);
    assert_int_equal(f->err.type, BD_ERR_TOO_LARGE);
}

static int asked_to_search(struct fixture *f)
{
    const struct bd_ask ask = {.search = 1, .model = "m", .prompt = "p"};

    assert_int_equal(bd_provider_build(&provider, NULL, BASE, &ask, &f->request, &f->err),
                     0);
    return odd.search_asked;
}

static void only_a_provider_that_can_search_is_asked_to(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(asked_to_search(f), 0);
    provider.capabilities = BD_CAN_STREAM | BD_CAN_SEARCH;
    assert_int_equal(asked_to_search(f), 1);
}

static void a_page_is_a_proof_of_a_search(void **state)
{
    const struct bd_web_page page = {.url = "https://example.com/"};
    struct fixture *f = *state;

    assert_int_equal(read_reply(f), 0);
    assert_int_equal(f->answer.searched, 0);
    f->answer.searched = -7; /* a plugin may hand us any number */
    assert_int_equal(read_reply(f), 0);
    assert_int_equal(f->answer.searched, 1);
    f->answer.searched = 0;
    assert_int_equal(bd_sources_add(&f->sources, &page), 0);
    assert_int_equal(read_reply(f), 0);
    assert_int_equal(f->answer.searched, 1);
}

static void only_a_provider_that_can_stream_is_asked_to(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(build(f), 0);
    assert_int_equal(odd.stream_asked, 1);
    provider.capabilities = 0;
    assert_int_equal(build(f), 0);
    assert_int_equal(odd.stream_asked, 0);
}

static void an_error_without_a_type_is_a_protocol_error(void **state)
{
    static const int32_t types[] = {BD_ERR_NONE, -1, BD_ERR_COUNT, 99999};
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        odd.rc = -1;
        odd.err.type = types[i];
        assert_int_equal(read_reply(f), -1);
        assert_int_equal(f->err.type, BD_ERR_PROTOCOL);
        assert_string_equal(f->err.source, "odd");
        assert_true(f->err.message[0] && f->err.time_ms > 0);
    }
}

static void a_result_other_than_0_and_minus_1_is_the_plugins_fault(void **state)
{
    struct fixture *f = *state;

    odd.rc = 1;
    assert_int_equal(read_reply(f), -1);
    assert_int_equal(f->err.type, BD_ERR_PLUGIN);
    odd.rc = 0;
    odd.err.type = BD_ERR_AUTH; /* scribbled, but it says success */
    assert_int_equal(read_reply(f), 0);
    assert_int_equal(f->err.type, BD_ERR_NONE);
}

static void unknown_numbers_become_known_ones(void **state)
{
    struct fixture *f = *state;

    odd.finish = 77;
    odd.done = -3;
    odd.usage = (struct bd_usage){-9, 5, INT32_MIN, -1};
    assert_int_equal(read_reply(f), 0);
    assert_int_equal(f->answer.finish, BD_FINISH_OTHER);
    assert_int_equal(f->answer.done, 1);
    assert_int_equal(f->answer.usage.input, -1);
    assert_int_equal(f->answer.usage.output, 5);
    assert_int_equal(f->answer.usage.cached, -1);
    assert_int_equal(strlen(f->answer.finish_word), sizeof(f->answer.finish_word) - 1);
}

static void text_is_always_whole_characters(void **state)
{
    struct bd_event event = {.name = "", .data = "x", .data_bytes = 1};
    struct fixture *f = *state;

    odd.text = "新\xe8\x83";
    assert_int_equal(bd_provider_event(&provider, NULL, &event, &f->answer, &f->err), 0);
    odd.text = "车";
    assert_int_equal(bd_provider_event(&provider, NULL, &event, &f->answer, &f->err), 0);
    assert_string_equal(f->a.data, "新\xef\xbf\xbd\xef\xbf\xbd车");
}

static void a_text_over_the_limit_is_too_large_even_if_the_plugin_says_ok(void **state)
{
    struct fixture *f = *state;
    char text[200];

    memset(text, 'x', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    odd.text = text;
    assert_int_equal(read_reply(f), -1);
    assert_int_equal(f->err.type, BD_ERR_TOO_LARGE);
}

static void a_missing_method_is_an_error(void **state)
{
    struct bd_provider bare = provider;
    struct bd_reply reply = {.status = 500, .content_type = "", .body = ""};
    struct bd_event event = {.name = "", .data = "x", .data_bytes = 1};
    struct bd_ask ask = {.model = "m", .prompt = "p"};
    struct fixture *f = *state;

    bare.base.struct_size = offsetof(struct bd_provider, build);
    assert_int_equal(bd_provider_build(&bare, NULL, BASE, &ask, &f->request, &f->err),
                     -1);
    assert_int_equal(f->err.type, BD_ERR_PLUGIN);
    assert_int_equal(bd_provider_reply(&bare, NULL, &reply, &f->answer, &f->err), -1);
    assert_int_equal(bd_provider_event(&bare, NULL, &event, &f->answer, &f->err), -1);
    bd_provider_error(&bare, NULL, &reply, &f->err);
    assert_int_equal(f->err.type, BD_ERR_PLUGIN);
    bd_provider_error(&provider, NULL, &reply, &f->err); /* fills nothing */
    assert_int_equal(f->err.type, BD_ERR_PROTOCOL);
    assert_int_equal(f->err.code, 500);
}

static const struct {
    const char *what;
    int32_t finish, done;
    uint64_t events;
    const char *text;
    int32_t type, finish_after;
} judged[] = {
    {"a stop", BD_FINISH_STOP, 1, 3, "text", BD_ERR_NONE, BD_FINISH_STOP},
    {"a stop without [DONE]", BD_FINISH_STOP, 0, 3, "text", BD_ERR_NONE, BD_FINISH_STOP},
    {"[DONE] without a stop", BD_FINISH_NONE, 1, 3, "text", BD_ERR_NONE, BD_FINISH_STOP},
    {"neither", BD_FINISH_NONE, 0, 3, "text", BD_ERR_OVERLOADED, BD_FINISH_NONE},
    {"nothing at all", BD_FINISH_NONE, 0, 0, "", BD_ERR_TIMEOUT, BD_FINISH_NONE},
    {"only [DONE]", BD_FINISH_NONE, 1, 1, "", BD_ERR_EMPTY_ANSWER, BD_FINISH_NONE},
    {"a limit", BD_FINISH_LENGTH, 1, 3, "text", BD_ERR_NONE, BD_FINISH_LENGTH},
    {"a limit before text", BD_FINISH_LENGTH, 1, 3, "", BD_ERR_EMPTY_ANSWER,
     BD_FINISH_LENGTH},
    {"blanks", BD_FINISH_STOP, 1, 3, " \n\xe3\x80\x80\xc2\xa0", BD_ERR_EMPTY_ANSWER,
     BD_FINISH_STOP},
    {"moderation", BD_FINISH_FILTERED, 1, 3, "text", BD_ERR_CONTENT_FILTERED,
     BD_FINISH_FILTERED},
    {"giving up", BD_FINISH_FAILED, 1, 3, "text", BD_ERR_OVERLOADED, BD_FINISH_FAILED},
    {"a tool", BD_FINISH_TOOL, 1, 3, "", BD_ERR_INVALID_REQUEST, BD_FINISH_TOOL},
    {"an unknown word", BD_FINISH_OTHER, 1, 3, "text", BD_ERR_NONE, BD_FINISH_OTHER},
};

static void an_end_is_judged(void **state)
{
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(judged) / sizeof(judged[0]); i++) {
        bd_buf_reset(&f->a);
        bd_buf_add(&f->a, judged[i].text);
        f->answer.finish = judged[i].finish;
        f->answer.done = judged[i].done;
        f->err = (struct bd_error){0};
        if (bd_provider_judge(&provider, &f->answer, judged[i].events, &f->err) !=
            (judged[i].type == BD_ERR_NONE ? 0 : -1))
            fail_msg("%s is judged wrongly", judged[i].what);
        if (f->err.type != judged[i].type || f->answer.finish != judged[i].finish_after)
            fail_msg("%s: %s", judged[i].what, bd_error_name(f->err.type));
    }
}

static const struct {
    const char *type, *bytes;
    enum bd_body so_far, at_end;
} bodies[] = {
    {"text/event-stream", "", BD_BODY_UNKNOWN, BD_BODY_EVENTS},
    {"application/json", "", BD_BODY_UNKNOWN, BD_BODY_WHOLE},
    {"", " \r\n\t", BD_BODY_UNKNOWN, BD_BODY_WHOLE},
    {"text/event-stream", "{\"error\"", BD_BODY_WHOLE, BD_BODY_WHOLE},
    {"Text/Event-Stream; charset=utf-8", "x", BD_BODY_EVENTS, BD_BODY_EVENTS},
    {"application/json", "data: {", BD_BODY_EVENTS, BD_BODY_EVENTS},
    {"",
     "\xef\xbb\xbf"
     "data:",
     BD_BODY_EVENTS, BD_BODY_EVENTS},
    {"", ": keep-alive", BD_BODY_EVENTS, BD_BODY_EVENTS},
    {"", "\n\nid:1", BD_BODY_EVENTS, BD_BODY_EVENTS},
    {"", "dat", BD_BODY_UNKNOWN, BD_BODY_WHOLE},
    {"", "date", BD_BODY_WHOLE, BD_BODY_WHOLE},
    {"text/event-stream", "<html>", BD_BODY_WHOLE, BD_BODY_WHOLE},
    {"", "Bad gateway", BD_BODY_WHOLE, BD_BODY_WHOLE},
};

static void a_body_is_told_from_a_stream(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        size_t n = strlen(bodies[i].bytes);

        if (bd_provider_sniff(bodies[i].type, bodies[i].bytes, n, false) !=
                bodies[i].so_far ||
            bd_provider_sniff(bodies[i].type, bodies[i].bytes, n, true) !=
                bodies[i].at_end)
            fail_msg("\"%s\" as \"%s\"", bodies[i].bytes, bodies[i].type);
    }
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_url_may_not_leave_the_base_url),
        CASE(headers_must_be_headers),
        CASE(a_request_over_the_limit_is_an_error),
        CASE(only_a_provider_that_can_stream_is_asked_to),
        CASE(a_page_is_a_proof_of_a_search),
        CASE(only_a_provider_that_can_search_is_asked_to),
        CASE(an_error_without_a_type_is_a_protocol_error),
        CASE(a_result_other_than_0_and_minus_1_is_the_plugins_fault),
        CASE(unknown_numbers_become_known_ones),
        CASE(text_is_always_whole_characters),
        CASE(a_text_over_the_limit_is_too_large_even_if_the_plugin_says_ok),
        CASE(a_missing_method_is_an_error),
        CASE(an_end_is_judged),
        CASE(a_body_is_told_from_a_stream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
