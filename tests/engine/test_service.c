/* Many diagnoses at once: what is accepted, what is kept, what is gone on with. The
 * storage is a real one; what it says to a batch goes through a gate of ours. */
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "engine/house.h"
#include "engine/parts.h"
#include "engine/service.h"
#include "runtime/folder.h"
#include "runtime/storage.h"

#define PLENTY  20000 /* ms; nothing here takes so long */
#define CROWD   100
#define ANSWERS "{\"defaults\":{\"latency\":{\"total_ms\":20},\"answer\":\"short\"}}"
#define LATER   "{\"defaults\":{\"latency\":{\"total_ms\":600},\"answer\":\"short\"}}"
#define HANGS   "{\"defaults\":{\"script\":[\"hang forever\"]}}"
#define QWEN_HANGS                                                        \
    "{\"defaults\":{\"latency\":{\"total_ms\":20},\"answer\":\"short\"}," \
    "\"providers\":{\"qwen\":{\"script\":[\"hang forever\"]}}}"

static struct bd_engine *e;
static struct bd_service *s;
static struct bd_inquiry q;
static struct bd_error err;
static int resumed, database;

/* The gate: batches wait while it is shut, and so many of them fail. */
static pthread_mutex_t gate_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t gate_changed = PTHREAD_COND_INITIALIZER;
static bool gate_shut, gate_fails_for_good;
static int gate_fails, calls_made;

/* NOLINTBEGIN(bugprone-reserved-identifier): the linker names them */
int __real_bd_storage_put(struct bd_storage_instance *at, const struct bd_batch *b,
                          struct bd_error *why);
int __wrap_bd_storage_put(struct bd_storage_instance *at, const struct bd_batch *b,
                          struct bd_error *why);
int __real_bd_attempt_start(struct bd_attempt **out, const struct bd_attempt_plan *plan,
                            bd_attempt_done_fn *done, void *arg, struct bd_error *why);
int __wrap_bd_attempt_start(struct bd_attempt **out, const struct bd_attempt_plan *plan,
                            bd_attempt_done_fn *done, void *arg, struct bd_error *why);

int __wrap_bd_storage_put(struct bd_storage_instance *at, const struct bd_batch *b,
                          struct bd_error *why)
{
    bool fails, for_good;

    pthread_mutex_lock(&gate_lock);
    while (gate_shut)
        pthread_cond_wait(&gate_changed, &gate_lock);
    fails = gate_fails > 0;
    gate_fails -= fails;
    for_good = gate_fails_for_good;
    pthread_mutex_unlock(&gate_lock);
    if (!fails)
        return __real_bd_storage_put(at, b, why);
    (void)bd_fail(why, BD_ERR_STORAGE, ENOSPC, "gate", "the disk is full");
    why->recoverable = !for_good;
    return -1;
}

int __wrap_bd_attempt_start(struct bd_attempt **out, const struct bd_attempt_plan *plan,
                            bd_attempt_done_fn *done, void *arg, struct bd_error *why)
{
    pthread_mutex_lock(&gate_lock);
    calls_made++;
    pthread_cond_broadcast(&gate_changed);
    pthread_mutex_unlock(&gate_lock);
    return __real_bd_attempt_start(out, plan, done, arg, why);
}
/* NOLINTEND(bugprone-reserved-identifier) */

static void shut_gate(bool shut)
{
    pthread_mutex_lock(&gate_lock);
    gate_shut = shut;
    pthread_cond_broadcast(&gate_changed);
    pthread_mutex_unlock(&gate_lock);
}

static void let_fail(int batches, bool for_good)
{
    pthread_mutex_lock(&gate_lock);
    gate_fails = batches;
    gate_fails_for_good = for_good;
    pthread_mutex_unlock(&gate_lock);
}

static int made(void)
{
    int n;

    pthread_mutex_lock(&gate_lock);
    n = calls_made;
    pthread_mutex_unlock(&gate_lock);
    return n;
}

static void wait_until_made(int n)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += PLENTY / 1000;
    pthread_mutex_lock(&gate_lock);
    while (calls_made < n)
        if (pthread_cond_timedwait(&gate_changed, &gate_lock, &until) == ETIMEDOUT)
            fail_msg("%d calls, not %d", calls_made, n);
    pthread_mutex_unlock(&gate_lock);
}

/* The simulator's own pages. */
static json_t *ask_simulator(const char *method, const char *page, const char *body)
{
    struct sockaddr_in to = {.sin_family = AF_INET};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    static char text[1 << 16];
    size_t n = 0;
    ssize_t got;
    json_t *o;

    to.sin_port = htons((uint16_t)strtol(strrchr(url, ':') + 1, NULL, 10));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    dprintf(fd,
            "%s /sim/%s HTTP/1.1\r\nHost: sim\r\nConnection: close\r\nContent-Length: "
            "%zu\r\n\r\n%s",
            method, page, strlen(body), body);
    while (n + 1 < sizeof(text) && (got = read(fd, text + n, sizeof(text) - 1 - n)) > 0)
        n += (size_t)got;
    close(fd);
    text[n] = '\0';
    assert_non_null(strstr(text, "\r\n\r\n"));
    o = json_loads(strchr(strstr(text, "\r\n\r\n"), '{'), JSON_DISABLE_EOF_CHECK, NULL);
    assert_non_null(o);
    return o;
}

static int asked(const char *provider_name)
{
    json_t *o = ask_simulator("GET", "stats", "");
    int n = (int)json_integer_value(
        json_object_get(json_object_get(o, provider_name), "requests"));

    json_decref(o);
    return n;
}

static void wait_until_asked(const char *provider_name, int n)
{
    int64_t until_ms = bd_clock_ms() + PLENTY;

    while (asked(provider_name) < n)
        if (bd_clock_ms() > until_ms)
            fail_msg("%s was not asked %d times", provider_name, n);
}

static void simulator_now(const char *scenario)
{
    json_decref(ask_simulator("POST", "scenario", scenario));
}

static void open_all(unsigned running, unsigned queued, unsigned kept)
{
    const struct bd_service_limits limits = {running, queued, kept};

    e = engine();
    if (bd_service_start(&s, e, &limits, &resumed, &err) < 0)
        fail_msg("%s", err.message);
}

static void close_all(void)
{
    bd_service_stop(s);
    bd_engine_stop(e);
    s = NULL;
    e = NULL;
}

static void open_again(void)
{
    close_all();
    open_all(0, 0, 0);
}

/* A service over two providers, and a question of ten tasks: 4 brands and a sample. */
static void begin_with(const char *scenario, unsigned running, unsigned queued,
                       unsigned kept)
{
    start_simulator(scenario);
    two_providers(15000);
    set("storage.plugin=store_sqlite");
    set("storage:store_sqlite.path=%s/%d.db", folder, database++);
    set("retry.max_retries=0");
    calls_made = 0;
    inquiry(&q, 1);
    open_all(running, queued, kept);
}

static void end(void)
{
    close_all();
    bd_inquiry_free(&q);
}

static int submit(char id[40], const char *key, const char *digest, bool *known,
                  struct bd_error *why)
{
    const struct bd_submission what = {
        .inquiry = &q, .client_key = key, .digest = digest};

    return bd_service_submit(s, &what, id, known, why);
}

static const char *accepted(void)
{
    static char ids[8][40];
    static unsigned next;
    char *id = ids[next++ % 8];
    bool known;

    if (submit(id, NULL, NULL, &known, &err) < 0)
        fail_msg("%s", err.message);
    return id;
}

static struct bd_session *found(const char *id)
{
    struct bd_session *n = bd_service_find(s, id);

    assert_non_null(n);
    return n;
}

static struct bd_session_view view_of(struct bd_session *n)
{
    struct bd_session_view v;

    (void)bd_session_look(n, &v, NULL, 0);
    return v;
}

/* Until it is past that state. */
static enum bd_session_state past(struct bd_session *n, enum bd_session_state state)
{
    int64_t until_ms = bd_clock_ms() + PLENTY;
    enum bd_session_state is;

    while ((is = view_of(n).state) <= state) {
        if (bd_clock_ms() > until_ms)
            fail_msg("it is still %s", bd_session_state_name(is));
        (void)bd_session_wait(n, SIZE_MAX, is, bd_clock_ms() + 1000);
    }
    return is;
}

static const struct bd_record *done(struct bd_session *n)
{
    const char *const *notes;
    size_t count;

    assert_int_equal(past(n, BD_SESSION_RUNNING), BD_SESSION_DONE);
    return bd_session_record(n, &notes, &count);
}

static void load(const char *id, struct bd_record *out)
{
    if (bd_engine_load(e, id, out, &err) < 0)
        fail_msg("%s", err.message);
}

static void wait_until_forgotten(const char *id)
{
    int64_t until_ms = bd_clock_ms() + PLENTY;
    struct bd_session *n;

    while ((n = bd_service_find(s, id))) {
        bd_session_unref(n);
        if (bd_clock_ms() > until_ms)
            fail_msg("%s is still kept", id);
        sched_yield();
    }
}

static void count_row(void *arg, const struct bd_listed *row)
{
    int *counts = arg;

    counts[row->running]++;
}

static int stored(bool unfinished)
{
    int counts[2] = {0};

    assert_int_equal(bd_engine_list(e, 0, NULL, count_row, counts, &err), 0);
    return counts[unfinished];
}

static void what_is_accepted_is_stored_run_and_remembered(void **state)
{
    struct bd_service_stats stats;
    struct bd_session *n;
    struct bd_record rec;
    const char *id;

    (void)state;
    begin_with(HANGS, 0, 0, 0);
    id = accepted();
    assert_int_equal(stored(true), 1);
    n = found(id);
    assert_int_equal(past(n, BD_SESSION_QUEUED), BD_SESSION_RUNNING);
    assert_int_equal(bd_inquiry_task_count(bd_session_inquiry(n)), 10);
    assert_int_equal(bd_session_cancel(n, &err), 0);
    assert_int_equal(done(n)->cell_count, 10);
    load(id, &rec);
    assert_int_equal(count(&rec, BD_STATUS_CANCELLED), 10);
    assert_true(rec.interrupted);
    bd_record_free(&rec);
    assert_int_equal(bd_session_cancel(n, &err), -1);
    assert_int_equal(err.type, BD_ERR_INVALID_REQUEST);
    bd_session_unref(n);
    assert_null(bd_service_find(s, "20200101t000000-00000000"));
    bd_service_stats(s, &stats);
    assert_int_equal(stats.accepted, 1);
    assert_int_equal(stats.refused, 0);
    end();
}

static void the_queue_is_bounded_and_what_does_not_fit_is_not_stored(void **state)
{
    struct bd_service_stats stats;
    const char *ids[3];
    char id[40];
    bool known;

    (void)state;
    begin_with(HANGS, 1, 2, 0);
    for (size_t i = 0; i < 3; i++)
        ids[i] = accepted();
    assert_int_equal(submit(id, NULL, NULL, &known, &err), -1);
    assert_int_equal(err.type, BD_ERR_RATE_LIMITED);
    assert_true(err.retry_after_ms > 0);
    assert_int_equal(stored(true), 3);
    for (size_t i = 0; i < 3; i++) {
        struct bd_session *n = found(ids[i]);

        assert_int_equal(bd_session_cancel(n, &err), 0);
        (void)done(n);
        bd_session_unref(n);
    }
    (void)accepted();
    bd_service_stats(s, &stats);
    assert_int_equal(stats.refused, 1);
    end();
}

struct one { /* of a crowd */
    pthread_t thread;
    const char *key, *digest;
    char id[40];
    bool known;
    int rc;
    struct bd_error error;
};

static struct one crowd[CROWD];
static pthread_barrier_t together;
static atomic_int refused_by_now;

static void *ask_in_crowd(void *arg)
{
    struct one *o = arg;

    pthread_barrier_wait(&together);
    o->rc = submit(o->id, o->key, o->digest, &o->known, &o->error);
    if (o->rc < 0)
        atomic_fetch_add(&refused_by_now, 1);
    return NULL;
}

static void start_crowd(unsigned n, const char *key)
{
    assert_int_equal(pthread_barrier_init(&together, NULL, n), 0);
    atomic_store(&refused_by_now, 0);
    for (unsigned i = 0; i < n; i++) {
        crowd[i] = (struct one){.key = key, .digest = "0123"};
        assert_int_equal(pthread_create(&crowd[i].thread, NULL, ask_in_crowd, &crowd[i]),
                         0);
    }
}

static void join_crowd(unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        pthread_join(crowd[i].thread, NULL);
    pthread_barrier_destroy(&together);
}

static void the_bound_holds_for_those_that_come_together(void **state)
{
    int64_t until_ms = bd_clock_ms() + PLENTY;
    int ok = 0;

    (void)state;
    begin_with(HANGS, 1, 3, 0);
    shut_gate(true); /* those that fit are being stored */
    start_crowd(12, NULL);
    while (atomic_load(&refused_by_now) < 8 && bd_clock_ms() < until_ms)
        sched_yield();
    shut_gate(false);
    join_crowd(12);
    for (int i = 0; i < 12; i++)
        ok += crowd[i].rc == 0;
    assert_int_equal(ok, 4);
    assert_int_equal(stored(true), 4);
    end();
}

static void one_name_is_one_request_however_many_ask_at_once(void **state)
{
    struct bd_session *n;
    char id[40];
    bool known;
    int fresh = 0;

    (void)state;
    begin_with(ANSWERS, 0, 0, 0);
    start_crowd(CROWD, "order-1");
    join_crowd(CROWD);
    for (int i = 0; i < CROWD; i++) {
        assert_int_equal(crowd[i].rc, 0);
        assert_string_equal(crowd[i].id, crowd[0].id);
        fresh += !crowd[i].known;
    }
    assert_int_equal(fresh, 1);
    n = found(crowd[0].id);
    assert_int_equal(count(done(n), BD_STATUS_OK), 10);
    bd_session_unref(n);
    open_again();
    assert_int_equal(submit(id, "order-1", "0123", &known, &err), 0);
    assert_true(known);
    assert_string_equal(id, crowd[0].id);
    assert_int_equal(submit(id, "order-1", "4567", &known, &err), -1);
    assert_int_equal(err.type, BD_ERR_INVALID_REQUEST);
    assert_int_equal(err.code, EEXIST);
    assert_int_equal(asked("qwen") + asked("doubao"), 10);
    end();
}

static void
a_name_whose_request_could_not_be_stored_is_free_for_those_who_wait(void **state)
{
    int refused = 0, fresh = 0;
    const char *id = NULL;

    (void)state;
    begin_with(ANSWERS, 0, 0, 0);
    let_fail(1, true);
    shut_gate(true); /* the first is being stored while the others come */
    start_crowd(20, "order-2");
    shut_gate(false);
    join_crowd(20);
    for (int i = 0; i < 20; i++) {
        if (crowd[i].rc < 0) {
            assert_int_equal(crowd[i].error.type, BD_ERR_STORAGE);
            refused++;
            continue;
        }
        id = id ? id : crowd[i].id;
        assert_string_equal(crowd[i].id, id);
        fresh += !crowd[i].known;
    }
    assert_int_equal(refused, 1);
    assert_int_equal(fresh, 1);
    assert_int_equal(stored(true) + stored(false), 1);
    end();
}

static void a_storage_that_fails_refuses_and_stores_nothing(void **state)
{
    char id[40];
    bool known;

    (void)state;
    begin_with(ANSWERS, 0, 0, 0);
    let_fail(1, true);
    assert_int_equal(submit(id, "order-3", "0123", &known, &err), -1);
    assert_int_equal(err.type, BD_ERR_STORAGE);
    assert_int_equal(stored(true) + stored(false), 0);
    assert_int_equal(submit(id, "order-3", "0123", &known, &err), 0);
    assert_false(known);
    end();
}

static void
one_that_is_cancelled_in_the_queue_costs_no_call_and_stays_cancelled(void **state)
{
    struct bd_session *first, *second;
    struct bd_record rec;
    const char *ids[2];

    (void)state;
    begin_with(HANGS, 1, 5, 0);
    ids[0] = accepted();
    first = found(ids[0]);
    assert_int_equal(past(first, BD_SESSION_QUEUED), BD_SESSION_RUNNING);
    ids[1] = accepted();
    second = found(ids[1]);
    assert_int_equal(view_of(second).state, BD_SESSION_QUEUED);
    wait_until_made(10);
    assert_int_equal(bd_session_cancel(second, &err), 0);
    assert_int_equal(count(done(second), BD_STATUS_CANCELLED), 10);
    bd_session_unref(first);
    bd_session_unref(second);
    open_again();
    assert_int_equal(resumed, 1); /* the first */
    assert_null(bd_service_find(s, ids[1]));
    load(ids[1], &rec);
    assert_int_equal(count(&rec, BD_STATUS_CANCELLED), 10);
    assert_int_equal(rec.cells[0].attempts, 0);
    bd_record_free(&rec);
    end();
}

static void what_runs_at_a_stop_is_gone_on_with_and_only_the_rest_is_asked(void **state)
{
    struct bd_session *n;
    const struct bd_record *rec;
    size_t shown = 0;
    char id[40];

    (void)state;
    begin_with(QWEN_HANGS, 0, 0, 0);
    snprintf(id, sizeof(id), "%s", accepted());
    n = found(id);
    (void)past(n, BD_SESSION_QUEUED);
    while (shown < 5)
        shown = bd_session_wait(n, shown, BD_SESSION_RUNNING, bd_clock_ms() + 1000);
    wait_until_asked("qwen", 5);
    bd_service_drain(s);
    assert_int_equal(submit(id, NULL, NULL, &(bool){false}, &err), -1);
    assert_int_equal(err.type, BD_ERR_OVERLOADED);
    assert_false(bd_service_drained(s, bd_clock_ms() + 50));
    snprintf(id, sizeof(id), "%s", view_of(n).id);
    bd_session_unref(n);
    simulator_now(ANSWERS);
    open_again();
    assert_int_equal(resumed, 1);
    n = found(id);
    assert_true(view_of(n).resumed);
    rec = done(n);
    assert_int_equal(count(rec, BD_STATUS_OK), 10);
    for (size_t i = 0; i < 10; i++)
        assert_int_equal(
            rec->cells[i].doubtful,
            strcmp(rec->inquiry.models[rec->cells[i].model].provider, "qwen") == 0);
    bd_session_unref(n);
    assert_int_equal(asked("doubao"), 5);
    assert_int_equal(asked("qwen"), 10);
    open_again();
    assert_int_equal(resumed, 0);
    end();
}

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void what_is_queued_at_a_stop_is_begun_later_in_its_order(void **state)
{
    struct bd_session *n[3];
    char ids[3][40];

    (void)state;
    begin_with(HANGS, 1, 5, 0);
    for (size_t i = 0; i < 3; i++)
        snprintf(ids[i], sizeof(ids[i]), "%s", accepted());
    qsort(ids, 3, sizeof(ids[0]), by_name); /* two may be of one millisecond */
    close_all();
    open_all(1, 5, 0);
    assert_int_equal(resumed, 3);
    n[0] = found(ids[0]);
    assert_int_equal(past(n[0], BD_SESSION_QUEUED), BD_SESSION_RUNNING);
    n[1] = found(ids[1]);
    n[2] = found(ids[2]);
    assert_int_equal(view_of(n[1]).state, BD_SESSION_QUEUED);
    assert_int_equal(view_of(n[1]).ahead, 0);
    assert_int_equal(view_of(n[2]).ahead, 1);
    simulator_now(ANSWERS);
    assert_int_equal(bd_session_cancel(n[0], &err), 0);
    assert_int_equal(count(done(n[2]), BD_STATUS_OK), 10);
    assert_int_equal(count(done(n[1]), BD_STATUS_OK), 10);
    for (size_t i = 0; i < 3; i++)
        bd_session_unref(n[i]);
    end();
}

static void one_whose_provider_is_gone_is_given_up_for_good(void **state)
{
    struct bd_session *n;
    struct bd_record rec;
    char id[40];

    (void)state;
    begin_with(HANGS, 0, 0, 0);
    snprintf(id, sizeof(id), "%s", accepted());
    wait_until_made(1);
    close_all();
    for (size_t i = 0; i < set_count; i++)
        if (strncmp(sets[i], "provider:qwen.", 14) == 0)
            snprintf(sets[i], sizeof(sets[i]), "retry.max_retries=0");
    open_all(0, 0, 0);
    n = found(id);
    assert_int_equal(past(n, BD_SESSION_RUNNING), BD_SESSION_FAILED);
    assert_non_null(strstr(view_of(n).error.message, "qwen"));
    bd_session_unref(n);
    open_again();
    assert_int_equal(resumed, 0);
    load(id, &rec);
    assert_true(rec.interrupted);
    bd_record_free(&rec);
    end();
}

static void a_limit_of_calls_holds_over_a_restart(void **state)
{
    struct bd_submission what = {.inquiry = &q, .limits = {.max_calls = 4}};
    const struct bd_record *rec;
    struct bd_session *n;
    char id[40];
    bool known;

    (void)state;
    begin_with(HANGS, 0, 0, 0);
    assert_int_equal(bd_service_submit(s, &what, id, &known, &err), 0);
    wait_until_made(4);
    simulator_now(ANSWERS);
    open_again();
    n = found(id);
    rec = done(n);
    assert_int_equal(count(rec, BD_STATUS_SKIPPED), 10);
    bd_session_unref(n);
    assert_int_equal(made(), 4);
    end();
}

static void sessions_that_are_over_are_kept_for_a_while(void **state)
{
    const char *ids[4];
    struct bd_session *n;

    (void)state;
    begin_with(ANSWERS, 1, 5, 2);
    for (size_t i = 0; i < 4; i++) {
        ids[i] = accepted();
        n = found(ids[i]);
        (void)done(n);
        bd_session_unref(n);
    }
    wait_until_forgotten(ids[1]);
    assert_null(bd_service_find(s, ids[0]));
    bd_session_unref(found(ids[2]));
    bd_session_unref(found(ids[3]));
    assert_int_equal(stored(false), 4);
    end();
}

static void a_cell_is_shown_once_it_is_stored(void **state)
{
    struct bd_progress_row rows[2];
    struct bd_session_view v;
    struct bd_session *n;
    json_t *cell;
    size_t shown = 0;

    (void)state;
    begin_with(LATER, 0, 0, 0);
    n = found(accepted());
    (void)past(n, BD_SESSION_QUEUED);
    assert_int_equal(bd_session_wait(n, 0, BD_SESSION_QUEUED, bd_clock_ms() + PLENTY),
                     bd_session_wait(n, 0, BD_SESSION_QUEUED, 0)); /* it runs: at once */
    shut_gate(true);
    do {
        assert_int_equal(bd_session_look(n, &v, rows, 2), 2);
        sched_yield();
    } while (v.progress.done < 10);
    shown = bd_session_wait(n, 0, BD_SESSION_RUNNING, 0);
    assert_true(shown < 10); /* the gate was shut while they came */
    assert_null(bd_session_cell(n, shown));
    shut_gate(false);
    while (shown < 10)
        shown = bd_session_wait(n, shown, BD_SESSION_RUNNING, bd_clock_ms() + 1000);
    cell = bd_session_cell(n, 9);
    assert_string_equal(json_string_value(json_object_get(cell, "status")), "ok");
    json_decref(cell);
    assert_null(bd_session_cell(n, 10));
    bd_session_unref(n);
    end();
}

static void add_bytes(void *arg, const char *key, const char *text, size_t n)
{
    size_t *bytes = arg;

    assert_true(key[0] && text && n > 0);
    *bytes += n;
}

static void text_is_told_while_it_comes_and_only_once(void **state)
{
    int64_t until_ms = bd_clock_ms() + PLENTY;
    uint32_t seen[10] = {0};
    size_t bytes = 0, at_once = 0;
    struct bd_session *n;

    (void)state;
    begin_with("{\"defaults\":{\"script\":[\"stall forever\"]}}", 0, 0, 0);
    n = found(accepted());
    (void)past(n, BD_SESSION_QUEUED);
    while (bytes == 0 && bd_clock_ms() < until_ms)
        bd_session_texts(n, seen, sizeof(seen) / sizeof(seen[0]), add_bytes, &bytes);
    assert_true(bytes > 0);
    for (size_t i = 0; i < 10; i++)
        at_once += seen[i];
    assert_int_equal(at_once, bytes);
    assert_int_equal(bd_session_cancel(n, &err), 0);
    (void)done(n);
    bd_session_texts(n, seen, sizeof(seen) / sizeof(seen[0]), add_bytes, &bytes);
    assert_int_equal(at_once, bytes);
    bd_session_unref(n);
    end();
}

static void what_a_failing_storage_did_not_take_is_put_again(void **state)
{
    struct bd_session *n, *other;
    struct bd_record rec;
    char id[40];

    (void)state;
    begin_with(ANSWERS, 0, 0, 0);
    shut_gate(true);
    let_fail(0, false);
    shut_gate(false);
    snprintf(id, sizeof(id), "%s", accepted());
    let_fail(1000000, false);
    n = found(id);
    assert_int_equal(count(done(n), BD_STATUS_OK), 10); /* from memory */
    bd_session_unref(n);
    (void)bd_service_drained(s, bd_clock_ms() + PLENTY);
    (void)(bd_store_flush(e->store, &err) < 0); /* all its rows were given up on */
    bd_service_tend(s, bd_engine_storing(e));
    let_fail(0, false);
    other = found(accepted());
    (void)bd_session_wait(other, 0, BD_SESSION_QUEUED, bd_clock_ms() + 300);
    assert_int_equal(view_of(other).state, BD_SESSION_QUEUED); /* until it is tended */
    bd_service_tend(s, bd_engine_storing(e));
    (void)done(other);
    bd_session_unref(other);
    assert_int_equal(bd_store_flush(e->store, &err), 0);
    load(id, &rec);
    assert_int_equal(count(&rec, BD_STATUS_OK), 10);
    assert_false(rec.interrupted);
    bd_record_free(&rec);
    open_again();
    assert_int_equal(resumed, 0);
    assert_int_equal(asked("qwen") + asked("doubao"), 20);
    end();
}

static void a_slow_storage_delays_a_call_and_a_failing_one_does_not(void **state)
{
    struct bd_store_stats stats = {0};
    struct bd_diagnosis *d;

    (void)state;
    begin_with(HANGS, 0, 0, 0);
    shut_gate(true);
    d = start(e, &q);
    assert_int_equal(made(), 0);
    wait_until_made(1); /* it was not told */
    bd_diagnosis_cancel(d);
    let_fail(1000000, false);
    shut_gate(false);
    while (!stats.failing)
        bd_store_stats(e->store, &stats);
    (void)finish(d);
    bd_diagnosis_free(d);
    calls_made = 0;
    d = start(e, &q);
    assert_true(made() > 0);
    bd_diagnosis_cancel(d);
    (void)finish(d);
    bd_diagnosis_free(d);
    let_fail(0, false);
    end();
}

#define IN_A_SERVICE(fn) cmocka_unit_test_setup_teardown(fn, begin, stop_simulator)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_SERVICE(what_is_accepted_is_stored_run_and_remembered),
        IN_A_SERVICE(the_queue_is_bounded_and_what_does_not_fit_is_not_stored),
        IN_A_SERVICE(the_bound_holds_for_those_that_come_together),
        IN_A_SERVICE(one_name_is_one_request_however_many_ask_at_once),
        IN_A_SERVICE(a_name_whose_request_could_not_be_stored_is_free_for_those_who_wait),
        IN_A_SERVICE(a_storage_that_fails_refuses_and_stores_nothing),
        IN_A_SERVICE(
            one_that_is_cancelled_in_the_queue_costs_no_call_and_stays_cancelled),
        IN_A_SERVICE(what_runs_at_a_stop_is_gone_on_with_and_only_the_rest_is_asked),
        IN_A_SERVICE(what_is_queued_at_a_stop_is_begun_later_in_its_order),
        IN_A_SERVICE(one_whose_provider_is_gone_is_given_up_for_good),
        IN_A_SERVICE(a_limit_of_calls_holds_over_a_restart),
        IN_A_SERVICE(sessions_that_are_over_are_kept_for_a_while),
        IN_A_SERVICE(a_cell_is_shown_once_it_is_stored),
        IN_A_SERVICE(text_is_told_while_it_comes_and_only_once),
        IN_A_SERVICE(what_a_failing_storage_did_not_take_is_put_again),
        IN_A_SERVICE(a_slow_storage_delays_a_call_and_a_failing_one_does_not),
    };

    bd_thread_is(BD_MAIN, "test");
    setenv("BD_TEST_KEY", "sim-key", 1);
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
