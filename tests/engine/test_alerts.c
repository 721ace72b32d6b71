/* From what is told to what arrives at the webhook: when, in which order, how often; and
 * what happens when it does not arrive. The door of runtime/http.h is a fake that a test
 * answers when it likes, but for the last tests, which use a server on loopback. */
#define _GNU_SOURCE /* strcasestr */
#include "engine/alerts.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/thread.h"
#include "engine/alert_outbox.h"
#include "runtime/folder.h"
#include "runtime/http.h"
#include "runtime/peer.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define HOOK     "https://hooks.example/robot/send?access_token=TOKEN-CANARY-1234"

/* The door */

static struct call {
    char url[512], body[8192];
    struct bd_http_call in; /* url, headers, body, ca_file are not used */
    char ca_file[64];
    const struct bd_http_events *events;
    void *arg;
    bool open;
} calls[1024];
static unsigned call_count, cancelled;
static bool real, refuses;

int __real_bd_http_submit(struct bd_http *http, const struct bd_http_call *call,
                          const struct bd_http_events *events, void *arg, uint64_t *id,
                          struct bd_error *err);
int __wrap_bd_http_submit(struct bd_http *http, const struct bd_http_call *call,
                          const struct bd_http_events *events, void *arg, uint64_t *id,
                          struct bd_error *err);
void __real_bd_http_cancel(struct bd_http *http, uint64_t id);
void __wrap_bd_http_cancel(struct bd_http *http, uint64_t id);

int __wrap_bd_http_submit(struct bd_http *http, const struct bd_http_call *call,
                          const struct bd_http_events *events, void *arg, uint64_t *id,
                          struct bd_error *err)
{
    struct call *c = &calls[call_count];

    if (real)
        return __real_bd_http_submit(http, call, events, arg, id, err);
    if (refuses)
        return bd_fail(err, BD_ERR_CONFIG, 0, "http", "the address is not a valid URL");
    assert_true(call_count < COUNT(calls));
    assert_true(call->body_bytes < sizeof(c->body));
    *c = (struct call){.in = *call, .events = events, .arg = arg, .open = true};
    snprintf(c->url, sizeof(c->url), "%s", call->url);
    memcpy(c->body, call->body, call->body_bytes);
    if (call->ca_file)
        snprintf(c->ca_file, sizeof(c->ca_file), "%s", call->ca_file);
    assert_string_equal(call->headers, "Content-Type: application/json; charset=utf-8\n");
    *id = ++call_count;
    return 0;
}

void __wrap_bd_http_cancel(struct bd_http *http, uint64_t id)
{
    if (real)
        __real_bd_http_cancel(http, id);
    else
        cancelled = (unsigned)id;
}

static struct call *last(void)
{
    assert_true(call_count > 0);
    return &calls[call_count - 1];
}

/* The service answers the call that is under way. */
static void reply(int32_t status, const char *text)
{
    struct call *c = last();
    const struct bd_http_head head = {.status = status, .content_type = ""};
    const struct bd_http_end over = {.status = status, .sent = true};

    assert_true(c->open);
    c->open = false;
    c->events->head(c->arg, &head);
    for (const char *s = text; *s; s++) /* byte by byte */
        assert_int_equal(c->events->data(c->arg, s, 1), 0);
    c->events->done(c->arg, &over);
}

static void break_off(void)
{
    struct call *c = last();
    struct bd_error err;
    const struct bd_http_end over = {.error = &err};

    (void)!bd_fail(&err, BD_ERR_NETWORK, 0, "http", "hooks.example: cannot connect");
    assert_true(c->open);
    c->open = false;
    c->events->done(c->arg, &over);
}

/* The log */

static char logged_file[64];

static int start_log(void)
{
    int saved = dup(STDERR_FILENO), fd;

    snprintf(logged_file, sizeof(logged_file), "%s", in_folder("log"));
    fd = open(logged_file, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(saved >= 0 && fd >= 0);
    dup2(fd, STDERR_FILENO);
    close(fd);
    return saved;
}

/* What was logged since, to be freed. */
static char *end_log(int saved)
{
    size_t n;
    char *text;

    dup2(saved, STDERR_FILENO);
    close(saved);
    text = read_bytes(logged_file, &n);
    text[n] = '\0';
    return text;
}

static unsigned lines_of(const char *text)
{
    unsigned n = 0;

    for (; *text; text++)
        n += *text == '\n';
    return n;
}

/* Alerts */

static struct bd_alerts *alerts;

static struct bd_alert_settings settings(void)
{
    return (struct bd_alert_settings){
        .webhook = HOOK,
        .alarm = {.hold_ms = 30000, .resolve_ms = 60000, .repeat_ms = 3600000},
        .success_below = 95,
        .p95_above_ms = 20000,
        .min_cells = 20,
        .max_messages = 20,
        .window_ms = 600000,
    };
}

static int before_all(void **state)
{
    bd_thread_is(BD_MAIN, "test");
    bd_log_setup(BD_LOG_INFO, 0);
    setenv("BD_TEST_HOOK", HOOK, 1);
    setenv("BD_TEST_SECRET", "SECRET-CANARY-1234", 1);
    setenv("BD_TEST_EMPTY", "", 1);
    setenv("BD_TEST_BAD", "two words", 1);
    return make_folder(state);
}

static int begin(void **state)
{
    (void)state;
    call_count = cancelled = 0;
    real = refuses = false;
    return 0;
}

static int end(void **state)
{
    (void)state;
    bd_alerts_free(alerts);
    alerts = NULL;
    if (cancelled) /* as bd_http_stop() would */
        break_off();
    return 0;
}

static void start(const struct bd_alert_settings *s)
{
    struct bd_error err;

    if (bd_alerts_new(&alerts, s, NULL, &err) < 0)
        fail_msg("%s", err.message);
}

static void start_usual(void)
{
    struct bd_alert_settings s = settings();

    start(&s);
}

static struct bd_alerts_stats stats(void)
{
    struct bd_alerts_stats s;

    bd_alerts_stats(alerts, &s);
    return s;
}

static void breaker(const char *subject, bool on, int64_t now_ms)
{
    bd_alerts_set(alerts, BD_ALERT_BREAKER_OPEN, subject, on, on ? "5 failures" : NULL,
                  now_ms);
}

/* Ticks until nothing is under way, each message being taken. Returns how many were. */
static unsigned deliver(int64_t now_ms)
{
    unsigned before = call_count;

    bd_alerts_tick(alerts, now_ms);
    while (call_count > before && last()->open) {
        reply(200, "ok");
        bd_alerts_tick(alerts, now_ms);
    }
    return call_count - before;
}

/* A member of the n-th message's body as text; lent until the next call. */
static const char *member(unsigned n, const char *key)
{
    static char text[1024];
    json_t *o = bd_json_parse(calls[n].body, strlen(calls[n].body), "test", NULL);
    const json_t *v = json_object_get(o, key);

    assert_true(n < call_count);
    assert_non_null(v);
    if (json_is_string(v))
        snprintf(text, sizeof(text), "%s", json_string_value(v));
    else
        snprintf(text, sizeof(text), "%.6g", json_number_value(v));
    json_decref(o);
    return text;
}

static void nothing_configured_does_nothing(void **state)
{
    struct bd_alert_settings s = settings();

    (void)state;
    s.webhook = NULL;
    start(&s);
    breaker("a", true, 0);
    bd_alerts_figures(alerts, "a", &(struct bd_alert_figures){100, 0, 99000}, 0);
    bd_alerts_tick(alerts, 1000000);
    assert_int_equal(call_count, 0);
    assert_int_equal(stats().firing, 0);
    assert_int_equal(bd_alerts_window_ms(alerts), 0);
}

static void what_holds_is_told_once(void **state)
{
    struct bd_alert_settings s = settings();
    char host[256] = "", early[32], late[32];

    (void)state;
    s.ca_file = "/etc/own.pem";
    start(&s);
    breaker("doubao/m:b", true, 1000);
    assert_int_equal(deliver(30999), 0);
    assert_int_equal(stats().firing, 0);
    bd_clock_iso(bd_clock_wall_ms() - 30000, early, sizeof(early));
    bd_alerts_tick(alerts, 31000);
    bd_clock_iso(bd_clock_wall_ms() - 30000, late, sizeof(late));
    assert_true(strcmp(member(0, "since"), early) >= 0);
    assert_true(strcmp(member(0, "since"), late) <= 0);
    assert_int_equal(call_count, 1);
    assert_int_equal(stats().firing, 1);
    assert_int_equal(stats().waiting, 1);
    assert_string_equal(calls[0].url, HOOK);
    assert_string_equal(calls[0].ca_file, "/etc/own.pem");
    assert_int_equal(calls[0].in.deadline_ms, 41000);
    assert_false(calls[0].in.allow_private);
    assert_string_equal(member(0, "kind"), "breaker_open");
    assert_string_equal(member(0, "state"), "firing");
    assert_string_equal(member(0, "subject"), "doubao/m:b");
    assert_string_equal(member(0, "detail"), "5 failures");
    gethostname(host, sizeof(host) - 1);
    assert_string_equal(member(0, "host"), host);
    bd_alerts_tick(alerts, 32000); /* no answer yet */
    assert_int_equal(call_count, 1);
    reply(200, "ok");
    assert_int_equal(stats().sent, 0);
    bd_alerts_tick(alerts, 33000);
    assert_int_equal(stats().sent, 1);
    assert_int_equal(stats().waiting, 0);
    breaker("doubao/m:b", true, 34000);
    assert_int_equal(deliver(3000000), 0);
}

static void it_is_told_again_and_when_it_is_over(void **state)
{
    (void)state;
    start_usual();
    breaker("a", true, 0);
    assert_int_equal(deliver(30000), 1);
    assert_int_equal(deliver(3629999), 0);
    assert_int_equal(deliver(3630000), 1);
    assert_string_equal(member(1, "state"), "firing");
    assert_non_null(strstr(member(1, "title"), "still"));
    breaker("a", false, 3640000);
    assert_int_equal(deliver(3699999), 0);
    assert_int_equal(deliver(3700000), 1);
    assert_string_equal(member(2, "state"), "resolved");
    assert_string_equal(member(2, "subject"), "a");
    assert_int_equal(stats().sent, 3);
    assert_int_equal(stats().firing, 0);
    assert_int_equal(deliver(99000000), 0);
}

static void each_kind_and_subject_is_an_alarm_of_its_own(void **state)
{
    (void)state;
    start_usual();
    breaker("a", true, 0);
    breaker("b", true, 0);
    bd_alerts_set(alerts, BD_ALERT_STORAGE_FAILING, "a", true, "disk full", 0);
    breaker("b", false, 20000);
    assert_int_equal(deliver(30000), 2);
    assert_string_equal(member(0, "kind"), "breaker_open");
    assert_string_equal(member(0, "subject"), "a");
    assert_string_equal(member(1, "kind"), "storage_failing");
    assert_string_equal(member(1, "severity"), "critical");
}

static void what_is_a_fact_is_told_at_once(void **state)
{
    static const enum bd_alert_kind facts[] = {
        BD_ALERT_PROVIDER_OFF, BD_ALERT_RELOAD_FAILED, BD_ALERT_PLUGIN_ZOMBIE};

    (void)state;
    start_usual();
    for (size_t i = 0; i < COUNT(facts); i++) {
        bd_alerts_set(alerts, facts[i], "x", true, "why", 5);
        assert_int_equal(deliver(5), 1);
    }
}

static void a_resolve_never_overtakes(void **state)
{
    (void)state;
    start_usual();
    breaker("a", true, 0);
    bd_alerts_tick(alerts, 30000);
    breaker("a", false, 30000);
    bd_alerts_tick(alerts, 90000); /* the first is still under way */
    assert_int_equal(call_count, 1);
    assert_int_equal(stats().waiting, 2);
    break_off();
    bd_alerts_tick(alerts, 90000); /* to be tried again in a second */
    assert_int_equal(call_count, 1);
    bd_alerts_tick(alerts, 91000);
    assert_int_equal(call_count, 2);
    assert_string_equal(member(1, "state"), "firing");
    reply(204, "");
    bd_alerts_tick(alerts, 91000);
    assert_int_equal(call_count, 3);
    assert_string_equal(member(2, "state"), "resolved");
}

/* Failures */

static void what_is_not_taken_is_tried_again_three_times(void **state)
{
    static const int64_t due_ms[] = {30000, 31000, 36000, 61000};
    int saved = start_log();
    char *text;

    (void)state;
    start_usual();
    breaker("a", true, 0);
    for (size_t i = 0; i < COUNT(due_ms); i++) {
        bd_alerts_tick(alerts, due_ms[i] - 1);
        assert_int_equal(call_count, i);
        bd_alerts_tick(alerts, due_ms[i]);
        assert_int_equal(call_count, i + 1);
        assert_string_equal(calls[i].body, calls[0].body);
        if (i % 2)
            break_off();
        else
            reply(503, "busy");
        bd_alerts_tick(alerts, due_ms[i]);
    }
    bd_alerts_tick(alerts, 999000);
    text = end_log(saved);
    assert_int_equal(call_count, 4);
    assert_int_equal(stats().failed, 1);
    assert_int_equal(stats().sent, 0);
    assert_int_equal(stats().waiting, 0);
    assert_int_equal(lines_of(text), 1);
    assert_non_null(strstr(text, "hooks.example: cannot connect"));
    assert_null(strstr(text, "CANARY"));
    free(text);
}

/* Fails one message with that reply, from that time on. */
static void lose(const char *subject, const char *text, int64_t now_ms)
{
    bd_alerts_set(alerts, BD_ALERT_RELOAD_FAILED, subject, true, NULL, now_ms);
    for (int i = 0; i < 4; i++, now_ms += 25000) {
        bd_alerts_tick(alerts, now_ms);
        reply(200, text);
        bd_alerts_tick(alerts, now_ms);
    }
}

static void a_streak_of_failures_is_logged_once(void **state)
{
    struct bd_alert_settings s = settings();
    int saved = start_log();
    char *text;

    (void)state;
    s.format = BD_ALERT_DINGTALK;
    start(&s);
    lose("a", "{\"errcode\":310000,\"errmsg\":\"TOKEN-CANARY-1234 is wrong\"}", 0);
    lose("b", "<html>", 200000);
    lose("c", "", 400000);
    bd_alerts_set(alerts, BD_ALERT_RELOAD_FAILED, "d", true, NULL, 600000);
    bd_alerts_tick(alerts, 600000);
    reply(200, "{\"errcode\":0}");
    bd_alerts_tick(alerts, 600001);
    lose("e", "{\"errcode\":5}", 700000); /* another streak */
    text = end_log(saved);
    assert_int_equal(lines_of(text), 3);
    assert_non_null(strstr(text, "HTTP 200, code 310000"));
    assert_non_null(strstr(text, "taken again; 3 could not"));
    assert_null(strstr(text, "CANARY"));
    assert_non_null(strstr(text, "HTTP 200, code 5)"));
    assert_int_equal(stats().failed, 4);
    assert_int_equal(stats().sent, 1);
    free(text);
}

static void a_redirect_is_a_refusal(void **state)
{
    (void)state;
    start_usual();
    bd_alerts_set(alerts, BD_ALERT_RELOAD_FAILED, "", true, NULL, 0);
    bd_alerts_tick(alerts, 0);
    reply(302, "");
    bd_alerts_tick(alerts, 1000);
    assert_int_equal(stats().sent, 0);
    assert_int_equal(stats().waiting, 1);
}

static void a_call_that_cannot_begin_is_a_failure(void **state)
{
    int saved = start_log();
    char *text;

    (void)state;
    start_usual();
    refuses = true;
    bd_alerts_set(alerts, BD_ALERT_RELOAD_FAILED, "", true, NULL, 0);
    for (int64_t ms = 0; ms <= 31000; ms += 1000)
        bd_alerts_tick(alerts, ms);
    text = end_log(saved);
    assert_int_equal(stats().failed, 1);
    assert_int_equal(stats().waiting, 0);
    assert_non_null(strstr(text, "the address is not a valid URL"));
    free(text);
}

static void a_long_reply_is_read_as_far_as_it_is_kept(void **state)
{
    static char text[10000];

    (void)state;
    start_usual();
    bd_alerts_set(alerts, BD_ALERT_RELOAD_FAILED, "", true, NULL, 0);
    bd_alerts_tick(alerts, 0);
    memset(text, 'x', sizeof(text) - 1);
    reply(200, text);
    bd_alerts_tick(alerts, 0);
    assert_int_equal(stats().sent, 1);
}

/* Limits */

static void many(int n, bool on, int64_t now_ms)
{
    for (int i = 0; i < n; i++) {
        char subject[32];

        snprintf(subject, sizeof(subject), "s%d", i);
        breaker(subject, on, now_ms);
    }
}

static void what_is_over_the_limit_is_told_as_a_number(void **state)
{
    struct bd_alert_settings s = settings();

    (void)state;
    s.max_messages = 5;
    start(&s);
    many(12, true, 0);
    assert_int_equal(deliver(30000), 5);
    assert_int_equal(stats().held_back, 7);
    assert_string_equal(member(4, "held_back"), "0");
    assert_int_equal(deliver(629999), 0);
    bd_alerts_set(alerts, BD_ALERT_STORAGE_FAILING, "", true, NULL, 600000);
    assert_int_equal(deliver(630000), 1);
    assert_string_equal(member(5, "held_back"), "7");
    bd_alerts_set(alerts, BD_ALERT_RELOAD_FAILED, "", true, NULL, 630000);
    assert_int_equal(deliver(630000), 1);
    assert_string_equal(member(6, "held_back"), "0");
}

static void that_it_is_over_waits_for_its_turn_and_is_never_lost(void **state)
{
    struct bd_alert_settings s = settings();

    (void)state;
    s.max_messages = 5;
    start(&s);
    many(12, true, 0);
    assert_int_equal(deliver(30000), 5);
    many(12, false, 40000);
    assert_int_equal(deliver(100000), 0);
    assert_int_equal(stats().held_back,
                     7); /* the seven were never told: nothing to say */
    assert_int_equal(stats().firing, 0);
    breaker("s0", true, 110000); /* never over, for those who were told */
    assert_int_equal(deliver(140000), 0);
    assert_int_equal(deliver(630000), 4);
    assert_int_equal(stats().held_back, 7);
    for (unsigned i = 5; i < 9; i++)
        assert_string_equal(member(i, "state"), "resolved");
    assert_string_equal(member(5, "subject"), "s1");
    breaker("s0", false, 640000);
    assert_int_equal(deliver(700000), 1);
    assert_string_equal(member(9, "subject"), "s0");
    assert_string_equal(member(9, "state"), "resolved");
}

/* The service hangs, and the outbox takes no more. */
static void that_it_is_over_waits_for_room(void **state)
{
    struct bd_alert_settings s = settings();

    (void)state;
    s.max_messages = 100;
    start(&s);
    many(10, true, 0);
    assert_int_equal(deliver(30000), 10);
    many(20, true, 30000);
    assert_int_equal(deliver(60000), 10);
    many(20, false, 60000);
    bd_alerts_tick(alerts, 120000);
    assert_int_equal(stats().waiting, 16);
    assert_int_equal(deliver(120000), 0); /* it looks only */
    reply(200, "ok");
    assert_int_equal(deliver(120000), 19);
    assert_int_equal(stats().dropped, 0);
    assert_int_equal(stats().sent, 40);
    for (unsigned i = 20; i < 40; i++)
        assert_string_equal(member(i, "state"), "resolved");
}

static void more_conditions_than_it_keeps_are_counted(void **state)
{
    int saved = start_log();
    char *text;

    (void)state;
    start_usual();
    many(BD_ALERTS_MOST + 10, true, 0);
    assert_int_equal(stats().dropped, 10);
    many(1, false, 10); /* there is room again, for one */
    bd_alerts_tick(alerts, 20);
    breaker("new", true, 30);
    assert_int_equal(stats().dropped, 10);
    breaker("newer", true, 30);
    assert_int_equal(stats().dropped, 11);
    text = end_log(saved);
    assert_int_equal(lines_of(text), 2);
    assert_non_null(strstr(text, "512 things are wrong at once"));
    free(text);
}

/* The outbox alone */

static struct bd__outbox *outbox;

static int post(enum bd_alarm_news news, const char *body)
{
    const struct bd__outbox_letter l = {.news = news, .url = HOOK, .body = body};

    return bd__outbox_put(outbox, &l);
}

static unsigned waiting(uint64_t *dropped)
{
    struct bd__outbox_stats s;

    bd__outbox_stats(outbox, &s);
    *dropped = s.dropped;
    return s.waiting;
}

/* r repeats, f firing, o over; the first is under way. Then one more of a kind: which
 * has to go? */
static void a_full_outbox_drops_repeats_first_and_never_a_resolve(void **state)
{
    static const struct {
        const char *full;
        enum bd_alarm_news more;
        char gone; /* x: the new one; -: a resolve is not put, the caller waits */
        int at;
    } cases[] = {
        {"rrffoorrffoorrff", BD_ALARM_FIRES, 'r', 1},
        {"rrffoorrffoorrff", BD_ALARM_STILL, 'r', 1},
        {"rrffoorrffoorrff", BD_ALARM_RESOLVED, 'r', 1},
        {"rfooffffffffffff", BD_ALARM_FIRES, 'f', 1},
        {"rfooffffffffffff", BD_ALARM_STILL, 'x', 0},
        {"rfooffffffffffff", BD_ALARM_RESOLVED, 'f', 1},
        {"fooooooooooooooo", BD_ALARM_FIRES, 'x', 0},
        {"fooooooooooooooo", BD_ALARM_RESOLVED, '-', 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char left[32] = "", expected[32];
        struct bd_error err;
        uint64_t dropped;
        unsigned n = 0;

        call_count = 0;
        assert_int_equal(bd__outbox_new(&outbox, NULL, &err), 0);
        for (const char *k = cases[i].full; *k; k++) {
            assert_int_equal(post(*k == 'r'   ? BD_ALARM_STILL
                                  : *k == 'f' ? BD_ALARM_FIRES
                                              : BD_ALARM_RESOLVED,
                                  (char[]){*k, '\0'}),
                             0);
            bd__outbox_tick(outbox, 0);
        }
        assert_int_equal(call_count, 1);
        assert_int_equal(bd__outbox_has_room(outbox),
                         cases[i].gone != '-' && !strstr(cases[i].full, "foooo"));
        if (cases[i].gone != '-')
            assert_int_equal(post(cases[i].more, "N"), cases[i].gone == 'x' ? -1 : 0);
        assert_int_equal(waiting(&dropped), 16);
        assert_int_equal(dropped, cases[i].gone != '-');
        while (n < 16) {
            left[n] = last()->body[0];
            n++;
            reply(200, "ok");
            bd__outbox_tick(outbox, 0);
        }
        assert_int_equal(call_count, 16);
        snprintf(expected, sizeof(expected), "%s", cases[i].full);
        if (cases[i].gone == 'r' || cases[i].gone == 'f') {
            assert_int_equal(expected[cases[i].at], cases[i].gone);
            memmove(expected + cases[i].at, expected + cases[i].at + 1, 16);
            memcpy(expected + 15, "N", 2);
        }
        assert_string_equal(left, expected);
        bd__outbox_free(outbox);
    }
}

/* Figures */

static void rates_are_compared_with_their_thresholds(void **state)
{
    static const struct {
        struct bd_alert_figures f;
        bool slow, failing;
        const char *value; /* of the one that fires */
    } cases[] = {
        {{100, 95, 20000}, false, false, NULL},
        {{100, 94, 20000}, false, true, "94"},
        {{100, 95, 20001}, true, false, "20001"},
        {{10000, 9499, 0}, false, true, "94.9"}, /* never rounded to the threshold */
        {{20, 0, -1}, false, true, "0"},
        {{19, 0, 99999}, false, false, NULL}, /* too few */
        {{0, 0, 99999}, false, false, NULL},
        {{100, 100, -1}, false, false, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        call_count = 0;
        start_usual();
        bd_alerts_figures(alerts, "qwen", &cases[i].f, 0);
        assert_int_equal(deliver(30000), cases[i].slow + cases[i].failing);
        if (cases[i].value) {
            assert_string_equal(member(0, "kind"),
                                cases[i].slow ? "latency" : "success_rate");
            assert_string_equal(member(0, "subject"), "qwen");
            assert_string_equal(member(0, "value"), cases[i].value);
            assert_string_equal(member(0, "threshold"), cases[i].slow ? "20000" : "95");
            assert_string_equal(member(0, "unit"), cases[i].slow ? "ms" : "%");
        }
        bd_alerts_free(alerts);
        alerts = NULL;
    }
}

static void a_threshold_of_nothing_is_never_told(void **state)
{
    struct bd_alert_settings s = settings();

    (void)state;
    s.success_below = 0;
    s.p95_above_ms = 0;
    start(&s);
    bd_alerts_figures(alerts, "a", &(struct bd_alert_figures){100, 0, 99000}, 0);
    assert_int_equal(deliver(30000), 0);
}

static void what_fires_is_over_when_there_is_too_little_to_tell(void **state)
{
    (void)state;
    start_usual();
    assert_int_equal(bd_alerts_window_ms(alerts), 600000);
    bd_alerts_figures(alerts, "a", &(struct bd_alert_figures){100, 5, -1}, 0);
    assert_int_equal(deliver(30000), 1);
    bd_alerts_figures(alerts, "a", &(struct bd_alert_figures){3, 0, -1}, 40000);
    assert_int_equal(deliver(100000), 1);
    assert_string_equal(member(1, "state"), "resolved");
    assert_string_equal(member(1, "detail"), "3 cells, too few to tell");
}

/* Settings */

static void what_fires_survives_a_reload(void **state)
{
    struct bd_alert_settings s = settings();
    struct bd_error err;

    (void)state;
    start_usual();
    breaker("a", true, 0);
    assert_int_equal(deliver(30000), 1);
    breaker("b", true, 30000);
    s.webhook = "https://other.example/x";
    s.format = BD_ALERT_WECOM;
    s.zh = true;
    s.alarm.resolve_ms = 10;
    assert_int_equal(bd_alerts_configure(alerts, &s, &err), 0);
    breaker("a", false, 31000);
    bd_alerts_tick(alerts, 31010);
    assert_int_equal(call_count, 2);
    assert_string_equal(calls[1].url, "https://other.example/x");
    assert_non_null(strstr(calls[1].body, "已恢复"));
    reply(200, "{\"errcode\":0}");
    bd_alerts_tick(alerts, 60000); /* b has held since before the reload */
    assert_int_equal(call_count, 3);
    assert_non_null(strstr(calls[2].body, "（b）"));
}

static void settings_that_cannot_be_used_leave_the_old_ones(void **state)
{
    struct bd_alert_settings s = settings();
    struct bd_error err;

    (void)state;
    start_usual();
    breaker("a", true, 0);
    s.webhook = "http://plain.example/x";
    assert_int_equal(bd_alerts_configure(alerts, &s, &err), -1);
    assert_int_equal(deliver(30000), 1);
    assert_string_equal(calls[0].url, HOOK);
    s.webhook = NULL; /* and none forgets all */
    breaker("b", true, 30000);
    assert_int_equal(bd_alerts_configure(alerts, &s, &err), 0);
    assert_int_equal(deliver(90000), 0);
    assert_int_equal(stats().firing, 0);
}

static void address_and_secret_come_from_one_place_each(void **state)
{
    char file[64], open_file[64];
    const struct {
        struct bd_alert_settings s;
        const char *url, *secret; /* expected; url NULL: says, of that key */
        const char *says, *key;
    } cases[] = {
        {{.webhook = HOOK}, HOOK, NULL, NULL, NULL},
        {{.webhook_env = "BD_TEST_HOOK"}, HOOK, NULL, NULL, NULL},
        {{.webhook_file = file}, "https://from.file/x?y=z", NULL, NULL, NULL},
        {{.webhook = "http://127.0.0.1:8/x", .allow_private = true},
         "http://127.0.0.1:8/x",
         NULL,
         NULL,
         NULL},
        {{.webhook = HOOK, .format = BD_ALERT_FEISHU, .secret_env = "BD_TEST_SECRET"},
         HOOK,
         "SECRET-CANARY-1234",
         NULL,
         NULL},
        {{.webhook = HOOK, .format = BD_ALERT_SLACK, .secret_env = "BD_TEST_SECRET"},
         NULL,
         NULL,
         "only feishu and dingtalk sign",
         "secret_env"},
        {{.webhook = "http://127.0.0.1:8/x"}, NULL, NULL, "is not https", "webhook"},
        {{.webhook = "ftp://CANARY/x"}, NULL, NULL, "begins with https://", "webhook"},
        {{.webhook = "https:///CANARY"}, NULL, NULL, "names no host", "webhook"},
        {{.webhook = "https://u:CANARY@h/"}, NULL, NULL, "user or password", "webhook"},
        {{.webhook = "https://h/CANARY\\"}, NULL, NULL, "holds '#' or", "webhook"},
        {{.webhook = "https://h/ CANARY"}, NULL, NULL, "holds blanks", "webhook"},
        {{.webhook = "https://h/品"}, NULL, NULL, "holds blanks", "webhook"},
        {{.webhook = HOOK, .webhook_env = "BD_TEST_HOOK"},
         NULL,
         NULL,
         "webhook and webhook_env: remove one",
         "webhook_env"},
        {{.webhook_env = "BD_TEST_HOOK", .webhook_file = file},
         NULL,
         NULL,
         "webhook_env and webhook_file: remove one",
         "webhook_file"},
        {{.webhook_env = "BD_TEST_UNSET"},
         NULL,
         NULL,
         "webhook_env: that environment variable is not set",
         "webhook_env"},
        {{.webhook_env = "BD_TEST_EMPTY"}, NULL, NULL, "not set or empty", "webhook_env"},
        {{.webhook_env = "https://CANARY"},
         NULL,
         NULL,
         "name of an environment variable",
         "webhook_env"},
        {{.webhook_env = "BD_TEST_BAD"},
         NULL,
         NULL,
         "hold the value alone",
         "webhook_env"},
        {{.webhook_env = "BD_TEST_SECRET"},
         NULL,
         NULL,
         "webhook_env: the address is not a URL",
         "webhook_env"},
        {{.webhook_file = "/nonexistent/x"},
         NULL,
         NULL,
         "there is no such file",
         "webhook_file"},
        {{.webhook_file = open_file}, NULL, NULL, "run chmod 600", "webhook_file"},
        {{.webhook_file = "/dev/null"}, NULL, NULL, "not a regular file", "webhook_file"},
        {{.webhook = HOOK, .secret_env = "BD_TEST_UNSET", .format = BD_ALERT_FEISHU},
         NULL,
         NULL,
         "secret_env: that environment variable is not set",
         "secret_env"},
    };

    (void)state;
    snprintf(file, sizeof(file), "%s", write_text("hook", "https://from.file/x?y=z\n"));
    chmod(file, 0600);
    snprintf(open_file, sizeof(open_file), "%s", write_text("open", HOOK));
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct bd_alert_target t = {NULL, NULL};
        struct bd_error err = {0};
        const char *key;
        int rc = bd_alert_target_read(&t, &cases[i].s, &key, &err);

        if (cases[i].url) {
            assert_int_equal(rc, 0);
            assert_string_equal(t.url, cases[i].url);
            assert_string_equal(t.secret ? t.secret : "",
                                cases[i].secret ? cases[i].secret : "");
        } else {
            assert_int_equal(rc, -1);
            if (!strstr(err.message, cases[i].says))
                fail_msg("%s, expected %s", err.message, cases[i].says);
            assert_string_equal(key, cases[i].key);
            assert_null(strstr(err.message, "CANARY"));
        }
        bd_alert_target_free(&t);
    }
}

static void no_message_holds_a_key_the_address_or_the_secret(void **state)
{
    static const struct {
        const char *detail, *is;
    } cases[] = {
        {"Incorrect API key: sk-0123456789abcdef", "Incorrect API key: ****"},
        {"POST " HOOK " failed", ""},
        {"the secret SECRET-CANARY-1234 does not fit", ""},
        {"a\x1b[31m\nb\tc", "a b c"},
    };
    struct bd_alert_settings s = settings();

    (void)state;
    s.format = BD_ALERT_DINGTALK;
    s.secret_env = "BD_TEST_SECRET";
    start(&s);
    for (size_t i = 0; i < COUNT(cases); i++) {
        char line[128];

        bd_alerts_set(alerts, BD_ALERT_PROVIDER_OFF, (char[]){(char)('a' + i), '\0'},
                      true, cases[i].detail, 0);
        bd_alerts_tick(alerts, 0);
        assert_int_equal(call_count, i + 1);
        reply(200, "{\"errcode\":0}");
        bd_alerts_tick(alerts, 0);
        assert_null(strstr(calls[i].body, "CANARY"));
        assert_null(strstr(calls[i].body, "sk-0123"));
        assert_ptr_equal(strstr(calls[i].url, HOOK "&timestamp="), calls[i].url);
        assert_null(strstr(calls[i].url, "SECRET"));
        snprintf(line, sizeof(line), ")%s%s\\nsince", cases[i].is[0] ? "\\n" : "",
                 cases[i].is);
        if (!strstr(calls[i].body, line))
            fail_msg("%s, expected %s", calls[i].body, line);
    }
}

static void long_words_are_cut_to_whole_characters(void **state)
{
    char subject[700] = "", detail[1300] = "";

    (void)state;
    start_usual();
    for (int i = 0; i < 200; i++)
        memcpy(subject + 3 * i, "品", 3);
    for (int i = 0; i < 400; i++)
        memcpy(detail + 3 * i, "牌", 3);
    bd_alerts_set(alerts, BD_ALERT_RELOAD_FAILED, subject, true, detail, 0);
    assert_int_equal(deliver(0), 1);
    assert_int_equal(strlen(member(0, "subject")), 198);
    assert_int_equal(strlen(member(0, "detail")), 303);
    bd_alerts_set(alerts, BD_ALERT_RELOAD_FAILED, subject, false, NULL, 1);
    assert_int_equal(deliver(70000), 1); /* found again by its cut name */
}

static bool is_b(void *arg, enum bd_alert_kind kind, const char *subject)
{
    (void)arg;
    assert_int_equal(kind, BD_ALERT_BREAKER_OPEN);
    return strcmp(subject, "b") == 0;
}

static void what_nobody_will_tell_of_again_ends(void **state)
{
    (void)state;
    start_usual();
    breaker("a", true, 0);
    breaker("b", true, 0);
    breaker("c", true, 29000);
    assert_int_equal(deliver(30000), 2);
    bd_alerts_prune(alerts, is_b, NULL, 31000);
    assert_int_equal(deliver(91000), 1);
    assert_string_equal(member(2, "subject"), "a");
    assert_string_equal(member(2, "state"), "resolved");
    assert_int_equal(stats().firing, 1);
}

/* The end */

static void free_does_not_wait_for_a_call(void **state)
{
    (void)state;
    start_usual();
    bd_alerts_set(alerts, BD_ALERT_RELOAD_FAILED, "", true, NULL, 0);
    bd_alerts_tick(alerts, 0);
    bd_alerts_free(alerts);
    alerts = NULL;
    assert_int_equal(cancelled, 1);
    break_off(); /* comes late, into nothing of ours */
    cancelled = 0;
    start_usual();
    bd_alerts_set(alerts, BD_ALERT_RELOAD_FAILED, "", true, NULL, 0);
    bd_alerts_tick(alerts, 0);
    reply(200, "ok");
    bd_alerts_free(alerts); /* it came, and nobody has looked */
    alerts = NULL;
    assert_int_equal(cancelled, 0);
}

/* On loopback */

static struct bd_http *http;

static bool take_it(struct peer *p, int fd, const char *request, unsigned nth)
{
    (void)p;
    (void)request;
    (void)nth;
    peer_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 26\r\n\r\n"
                 "{\"code\":0,\"msg\":\"success\"}");
    return true;
}

static bool send_elsewhere(struct peer *p, int fd, const char *request, unsigned nth)
{
    char head[256];

    (void)request;
    (void)nth;
    snprintf(head, sizeof(head),
             "HTTP/1.1 307 Temporary Redirect\r\nLocation: %s\r\n"
             "Content-Length: 0\r\n\r\n",
             p->url);
    peer_say(fd, head);
    return true;
}

static bool never_answer(struct peer *p, int fd, const char *request, unsigned nth)
{
    (void)p;
    (void)request;
    (void)nth;
    peer_hold(fd);
    return false;
}

static struct peer *start_with(peer_script_fn *script)
{
    struct peer *p = peer_start(script);
    struct bd_alert_settings s = settings();
    struct bd_error err;

    real = true;
    assert_int_equal(bd_http_start(&http, 1, &err), 0);
    s.webhook = p->url;
    s.format = BD_ALERT_FEISHU;
    s.secret_env = "BD_TEST_SECRET";
    s.allow_private = true;
    assert_int_equal(bd_alerts_new(&alerts, &s, http, &err), 0);
    bd_alerts_set(alerts, BD_ALERT_PROVIDER_OFF, "doubao", true, "余额不足",
                  bd_clock_ms());
    bd_alerts_tick(alerts, bd_clock_ms());
    return p;
}

static void a_message_arrives_at_a_server(void **state)
{
    struct peer *p = start_with(take_it);

    (void)state;
    for (int i = 0; i < 10000 && stats().sent == 0; i++) {
        bd_alerts_tick(alerts, bd_clock_ms());
        peer_wait(1);
    }
    assert_int_equal(stats().sent, 1);
    assert_int_equal(stats().waiting, 0);
    bd_http_stop(http);
    pthread_mutex_lock(&p->lock);
    assert_ptr_equal(strstr(p->last, "POST /v1?token=QUERY HTTP/1.1\r\n"), p->last);
    assert_non_null(strstr(p->last, "Content-Type: application/json; charset=utf-8\r\n"));
    assert_non_null(strstr(p->last, "\"msg_type\":\"text\""));
    assert_non_null(strstr(p->last, "\"sign\":\""));
    assert_non_null(strstr(p->last, "余额不足"));
    assert_null(strstr(p->last, "CANARY"));
    pthread_mutex_unlock(&p->lock);
    peer_stop(p);
}

static void a_server_that_sends_elsewhere_is_not_followed(void **state)
{
    struct peer *p = start_with(send_elsewhere);
    int64_t began = bd_clock_ms();

    (void)state;
    while (atomic_load(&p->requests) < 2 && bd_clock_ms() < began + 10000) {
        bd_alerts_tick(alerts, bd_clock_ms());
        peer_wait(1);
    }
    assert_true(bd_clock_ms() >= began + 1000); /* the second attempt, not the redirect */
    assert_int_equal(stats().sent, 0);
    assert_int_equal(stats().waiting, 1);
    bd_alerts_free(alerts); /* with a call under way, or just over */
    alerts = NULL;
    bd_http_stop(http);
    peer_stop(p);
}

static void a_server_that_never_answers_holds_up_nobody(void **state)
{
    struct peer *p = start_with(never_answer);

    (void)state;
    for (int i = 0; i < 10000 && atomic_load(&p->requests) == 0; i++)
        peer_wait(1);
    assert_int_equal(atomic_load(&p->requests), 1);
    bd_alerts_tick(alerts, bd_clock_ms());
    assert_int_equal(stats().waiting, 1);
    bd_http_stop(http); /* first, this time: done was called */
    bd_alerts_free(alerts);
    alerts = NULL;
    peer_stop(p);
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, begin, end)
    const struct CMUnitTest tests[] = {
        CASE(nothing_configured_does_nothing),
        CASE(what_holds_is_told_once),
        CASE(it_is_told_again_and_when_it_is_over),
        CASE(each_kind_and_subject_is_an_alarm_of_its_own),
        CASE(what_is_a_fact_is_told_at_once),
        CASE(a_resolve_never_overtakes),
        CASE(what_is_not_taken_is_tried_again_three_times),
        CASE(a_streak_of_failures_is_logged_once),
        CASE(a_redirect_is_a_refusal),
        CASE(a_call_that_cannot_begin_is_a_failure),
        CASE(a_long_reply_is_read_as_far_as_it_is_kept),
        CASE(what_is_over_the_limit_is_told_as_a_number),
        CASE(that_it_is_over_waits_for_its_turn_and_is_never_lost),
        CASE(that_it_is_over_waits_for_room),
        CASE(more_conditions_than_it_keeps_are_counted),
        CASE(a_full_outbox_drops_repeats_first_and_never_a_resolve),
        CASE(rates_are_compared_with_their_thresholds),
        CASE(a_threshold_of_nothing_is_never_told),
        CASE(what_fires_is_over_when_there_is_too_little_to_tell),
        CASE(what_fires_survives_a_reload),
        CASE(settings_that_cannot_be_used_leave_the_old_ones),
        CASE(address_and_secret_come_from_one_place_each),
        CASE(no_message_holds_a_key_the_address_or_the_secret),
        CASE(long_words_are_cut_to_whole_characters),
        CASE(what_nobody_will_tell_of_again_ends),
        CASE(free_does_not_wait_for_a_call),
        CASE(a_message_arrives_at_a_server),
        CASE(a_server_that_sends_elsewhere_is_not_followed),
        CASE(a_server_that_never_answers_holds_up_nobody),
    };

    return cmocka_run_group_tests(tests, before_all, remove_folder);
}
