/* tests/runtime/test_storm.c - thousands of calls at once: cancelled wherever they are,
 * and alive side by side. */
#define _GNU_SOURCE /* strcasestr, accept4 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <time.h>

#include "runtime/calls.h"
#include "runtime/crowd.h"
#include "runtime/http_call.h"
#include "runtime/sanitized.h"

/* Names: "hang" is looked up until the test lets go, the others for up to 3 ms. */

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t opened = PTHREAD_COND_INITIALIZER;
static bool open_now;

static int look_up(const char *host, char *addresses, size_t bytes, struct bd_error *err)
{
    (void)err;
    if (strcmp(host, "hang.test") == 0) {
        pthread_mutex_lock(&gate);
        while (!open_now)
            pthread_cond_wait(&opened, &gate);
        pthread_mutex_unlock(&gate);
    } else
        peer_wait(host[1] % 4);
    snprintf(addresses, bytes, "127.0.0.1");
    return 0;
}

static void let_go(bool yes)
{
    pthread_mutex_lock(&gate);
    open_now = yes;
    pthread_cond_broadcast(&opened);
    pthread_mutex_unlock(&gate);
}

static struct crowd *crowd;
static int hole, hole_port, filler[4]; /* a queue that is full: neither yes nor no */

static void dig_hole(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET};
    socklen_t size = sizeof(a);

    hole = socket(AF_INET, SOCK_STREAM, 0);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(hole, (struct sockaddr *)&a, sizeof(a)), 0);
    assert_int_equal(listen(hole, 0), 0);
    assert_int_equal(getsockname(hole, (struct sockaddr *)&a, &size), 0);
    hole_port = ntohs(a.sin_port);
    for (int i = 0; i < 4; i++) {
        filler[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        (void)connect(filler[i], (struct sockaddr *)&a, sizeof(a));
    }
}

static int setup_with(int tick_ms)
{
    struct bd_error err;

    let_go(false);
    crowd = crowd_start(tick_ms);
    dig_hole();
    return bd__http_start_with(&http, 1, look_up, &err);
}

static int setup(void **state)
{
    (void)state;
    return setup_with(20);
}

static int setup_slow(void **state)
{
    (void)state;
    return setup_with(250);
}

static int teardown(void **state)
{
    let_go(true);
    (void)close_http(state);
    crowd_stop(crowd);
    for (int i = 0; i < 4; i++)
        close(filler[i]);
    close(hole);
    return 0;
}

static int open_files(void)
{
    DIR *d = opendir("/proc/self/fd");
    int n = -1; /* its own */

    assert_non_null(d);
    for (const struct dirent *e; (e = readdir(d));)
        n += e->d_name[0] != '.';
    closedir(d);
    return n;
}

/* N6: cancelled anywhere */

enum way { LOOK_UP, LATE_NAME, CONNECT, TLS, SEND, SILENCE, BODY, HELLO, WAYS };

struct fate {
    enum way way;
    uint64_t id;
    int64_t cancel_at_ms, cancelled_ms, done_ms;
    bool from_data, asked; /* asked: to cancel it */
    _Atomic int dones;
    int after; /* callbacks after done */
    bool cancelled, sent;
    char message[sizeof(((struct bd_error *)0)->message)];
};

static void on_fate_head(void *arg, const struct bd_http_head *head)
{
    struct fate *f = arg;

    (void)head;
    f->after += atomic_load(&f->dones);
}

static int on_fate_data(void *arg, const char *p, size_t n)
{
    struct fate *f = arg;

    (void)p;
    (void)n;
    f->after += atomic_load(&f->dones);
    if (f->from_data)
        bd_http_cancel(http, f->id);
    return 0;
}

static void on_fate_done(void *arg, const struct bd_http_end *end)
{
    struct fate *f = arg;

    f->cancelled = end->cancelled;
    f->sent = end->sent;
    f->done_ms = bd_clock_ms();
    snprintf(f->message, sizeof(f->message), "%s", end->error ? end->error->message : "");
    atomic_fetch_add(&f->dones, 1);
}

static const struct bd_http_events fate_events = {on_fate_head, on_fate_data,
                                                  on_fate_done};

#define LARGE (1 << 20)

static void set_out(struct fate *f, unsigned nth)
{
    static char large[LARGE];
    static const enum crowd_kind kinds[] = {
        [LATE_NAME] = CROWD_HELLO, [TLS] = CROWD_MUTE,  [SEND] = CROWD_DEAF,
        [SILENCE] = CROWD_MUTE,    [BODY] = CROWD_DRIP, [HELLO] = CROWD_HELLO};
    char url[128], name[32] = "127.0.0.1";
    struct bd_http_call call = call_to(url, 60000);
    struct bd_error err;

    if (f->way == LOOK_UP || f->way == LATE_NAME)
        snprintf(name, sizeof(name), f->way == LOOK_UP ? "hang.test" : "n%u.test", nth);
    snprintf(url, sizeof(url), "%s://%s:%d/", f->way == TLS ? "https" : "http", name,
             f->way == CONNECT ? hole_port : crowd->port[kinds[f->way % WAYS]]);
    call.connect_ms = 60000;
    if (f->way == SEND) {
        call.body = large;
        call.body_bytes = LARGE;
    }
    assert_int_equal(bd_http_submit(http, &call, &fate_events, f, &f->id, &err), 0);
}

#define STORM      10000
#define WINDOW     100
#define AT_MOST_MS 10 /* until it is cancelled; the reply of some is there by then */

static uint32_t random_next(uint32_t *x) /* xorshift */
{
    *x ^= *x << 13;
    *x ^= *x >> 17;
    *x ^= *x << 5;
    return *x;
}

/* Cancels those whose time has come; how many are over. */
static unsigned look_after(struct fate *fates, unsigned first, unsigned begun)
{
    unsigned over = 0;

    for (unsigned i = first; i < begun; i++) {
        struct fate *f = &fates[i];

        over += atomic_load(&f->dones) > 0;
        if (f->asked || bd_clock_ms() < f->cancel_at_ms)
            continue;
        f->asked = true;
        f->cancelled_ms = bd_clock_ms();
        bd_http_cancel(http, f->id);
    }
    return over;
}

/* WINDOW at once; each volley is over before the next. */
static void storm(struct fate *fates, uint32_t seed)
{
    for (unsigned first = 0; first < STORM; first += WINDOW) {
        for (unsigned i = first; i < first + WINDOW; i++) {
            fates[i].way = (enum way)(random_next(&seed) % WAYS);
            fates[i].from_data = fates[i].way == BODY && random_next(&seed) % 4 == 0;
            fates[i].cancel_at_ms =
                bd_clock_ms() +
                (fates[i].from_data ? 10000 : random_next(&seed) % AT_MOST_MS);
            set_out(&fates[i], i);
            (void)look_after(fates, first, i + 1);
        }
        while (look_after(fates, first, first + WINDOW) < WINDOW)
            peer_wait(1);
    }
}

static void check_phases(const struct fate *fates)
{
    static const char *const phases[] = {
        "during the name look-up", "while connecting", "in the TLS handshake",
        "while waiting for the first byte", "in the middle of the reply"};
    int seen[5] = {0}, sending = 0, whole = 0;

    for (int i = 0; i < STORM; i++) {
        for (int k = 0; k < 5; k++)
            seen[k] += strstr(fates[i].message, phases[k]) != NULL;
        sending += fates[i].way == SEND && fates[i].sent;
        whole += fates[i].message[0] == '\0';
    }
    for (int k = 0; k < 5; k++) {
        print_message("  %5d cancelled %s\n", seen[k], phases[k]);
        assert_true(seen[k] >= STORM / 100);
    }
    print_message("  %5d of them sending, %d were faster\n", sending, whole);
    /* how long a request takes to send is a matter of speed */
    assert_true(sending >= (sanitized() ? 1 : STORM / 100));
    assert_true(whole > 0);
}

/* What is left are connections kept for the next call, with both their ends. */
static bool all_gone(int files)
{
    return atomic_load(&crowd->open[CROWD_MUTE]) == 0 &&
           atomic_load(&crowd->open[CROWD_DEAF]) == 0 &&
           atomic_load(&crowd->open[CROWD_DRIP]) == 0 &&
           open_files() == files + 2 * atomic_load(&crowd->open[CROWD_HELLO]);
}

static void ten_thousand_calls_are_cancelled_wherever_they_are(void **state)
{
    struct fate *fates = calloc(STORM, sizeof(*fates));
    struct bd_http_stats stats;
    int files = open_files(), slowest = 0;

    (void)state;
    storm(fates, 20260101);
    bd_http_stats(http, &stats);
    assert_int_equal(stats.in_flight, 0);
    assert_int_equal(stats.finished, STORM);
    atomic_store(&crowd->deaf_leave, true);
    for (int left = 5000; left > 0 && !all_gone(files); left--)
        peer_wait(1); /* until the server has seen it */
    assert_true(all_gone(files));
    let_go(true);
    (void)close_http(NULL);
    for (int i = 0; i < STORM; i++) {
        assert_int_equal(fates[i].dones, 1);
        assert_int_equal(fates[i].after, 0);
        assert_true(fates[i].cancelled == (fates[i].message[0] != '\0'));
        if (fates[i].asked && fates[i].cancelled &&
            fates[i].done_ms - fates[i].cancelled_ms > slowest)
            slowest = (int)(fates[i].done_ms - fates[i].cancelled_ms);
    }
    check_phases(fates);
    print_message("  cancelled within %d ms; loop late by %d ms at most\n", slowest,
                  (int)stats.max_lag_ms);
    assert_true(slowest < 2000);
    free(fates);
}

/* N5: alive side by side */

#define STREAMS 2000

struct stream {
    uint64_t id;
    _Atomic int pieces, dones;
};

static void on_stream_head(void *arg, const struct bd_http_head *head)
{
    (void)arg;
    (void)head;
}

static int on_stream_data(void *arg, const char *p, size_t n)
{
    struct stream *s = arg;

    (void)p;
    (void)n;
    atomic_fetch_add(&s->pieces, 1);
    return 0;
}

static void on_stream_done(void *arg, const struct bd_http_end *end)
{
    struct stream *s = arg;

    (void)end;
    atomic_fetch_add(&s->dones, 1);
}

static long resident_bytes(void)
{
    long whole = 0, resident = 0;
    FILE *f = fopen("/proc/self/statm", "r");

    assert_non_null(f);
    assert_int_equal(fscanf(f, "%ld %ld", &whole, &resident), 2);
    fclose(f);
    return resident * sysconf(_SC_PAGESIZE);
}

static int64_t cpu_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The fewest pieces that one of them has, and how many are over. */
static int fewest(struct stream *all, int *over)
{
    int least = INT32_MAX;

    *over = 0;
    for (int i = 0; i < STREAMS; i++) {
        int n = atomic_load(&all[i].pieces);

        *over += atomic_load(&all[i].dones);
        least = n < least ? n : least;
    }
    return least;
}

static void await_pieces(struct stream *all, int n)
{
    int over;

    for (int left = 60000; left > 0 && fewest(all, &over) < n; left -= 5)
        peer_wait(5);
    assert_true(fewest(all, &over) >= n);
    assert_int_equal(over, 0);
}

static void begin_streams(struct stream *all)
{
    static const struct bd_http_events stream_events = {on_stream_head, on_stream_data,
                                                        on_stream_done};
    char url[64];
    struct bd_http_call call = call_to(url, 100000);
    struct bd_error err;

    snprintf(url, sizeof(url), "http://127.0.0.1:%d/", crowd->port[CROWD_DRIP]);
    call.connect_ms = 60000;
    for (int i = 0; i < STREAMS; i++)
        assert_int_equal(
            bd_http_submit(http, &call, &stream_events, &all[i], &all[i].id, &err), 0);
}

static void two_thousand_slow_streams_live_on_one_thread(void **state)
{
    static struct stream all[STREAMS];
    struct bd_http_stats stats;
    long before = resident_bytes(), each;
    int64_t begin_ms, begin_cpu_ms;
    int over;

    (void)state;
    begin_streams(all);
    await_pieces(all, 3);
    begin_ms = bd_clock_ms();
    begin_cpu_ms = cpu_ms();
    await_pieces(all, 7);
    bd_http_stats(http, &stats);
    each = (resident_bytes() - before) / STREAMS;
    print_message("  %ld bytes each; %d ms of processor in %d ms, the server's included; "
                  "loop late by %d ms at most\n",
                  each, (int)(cpu_ms() - begin_cpu_ms), (int)(bd_clock_ms() - begin_ms),
                  (int)stats.max_lag_ms);
    assert_int_equal(stats.threads, 1);
    assert_int_equal(stats.in_flight, STREAMS);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    assert_true(each <= 64 << 10);
#endif
    for (int i = 0; i < STREAMS; i++)
        bd_http_cancel(http, all[i].id);
    for (int left = 10000; left > 0 && (fewest(all, &over), over < STREAMS); left -= 5)
        peer_wait(5);
    (void)close_http(NULL);
    for (int i = 0; i < STREAMS; i++)
        assert_int_equal(all[i].dones, 1);
}

/* TLS */

#define GREETINGS 100

/* Loading the system's certificates takes 30 ms: once, not for each connection. */
static void many_tls_handshakes_hold_nobody_up(void **state)
{
    struct fate *fates = calloc(GREETINGS, sizeof(*fates));
    struct bd_http_stats stats;

    (void)state;
    for (unsigned i = 0; i < GREETINGS; i++) {
        fates[i].way = TLS;
        set_out(&fates[i], i);
    }
    for (int left = 20000; left > 0 && atomic_load(&crowd->heard) < GREETINGS; left--)
        peer_wait(1);
    assert_int_equal(atomic_load(&crowd->heard), GREETINGS);
    for (unsigned i = 0; i < GREETINGS; i++)
        bd_http_cancel(http, fates[i].id);
    while (look_after(fates, 0, GREETINGS) < GREETINGS)
        peer_wait(1);
    bd_http_stats(http, &stats);
    for (unsigned i = 0; i < GREETINGS; i++)
        assert_non_null(strstr(fates[i].message, "in the TLS handshake"));
    print_message("  loop late by %d ms at most\n", (int)stats.max_lag_ms);
    assert_true(stats.max_lag_ms < 2000); /* else about 3000 */
    free(fates);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            ten_thousand_calls_are_cancelled_wherever_they_are, setup, teardown),
        cmocka_unit_test_setup_teardown(two_thousand_slow_streams_live_on_one_thread,
                                        setup_slow, teardown),
        cmocka_unit_test_setup_teardown(many_tls_handshakes_hold_nobody_up, setup,
                                        teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
