/* tests/runtime/test_store.c - group commit, acknowledgement, retry and reading through
 * the store thread, against a storage that counts and fails when told to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/thread.h"
#include "runtime/storage.h"
#include "runtime/store.h"

#define NEVER (24 * 3600 * 1000) /* a linger that no test waits for */

/* The storage under the store. Its thread writes, the test reads under the lock. */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t moved;
    int puts, closes;
    uint32_t sizes[512];  /* rows of each put() */
    char keys[20000][16]; /* of committed cells, in their order */
    int kept;
    int fail_next;     /* put() calls that fail, with fail_type */
    int32_t fail_type; /* BD_ERR_STORAGE: recoverable */
    bool odd_result;   /* put() returns 7 */
    bool silent;       /* put() returns -1 and says nothing */
    bool held;         /* put() waits until it is false */
    bool waiting;      /* put() does */
    bool open_fails, wrong_row;
    int looked;      /* calls of cache_get() */
    bool off_thread; /* a call came from another thread than [store] */
} fake = {.lock = PTHREAD_MUTEX_INITIALIZER, .moved = PTHREAD_COND_INITIALIZER};

static void enter(void)
{
    pthread_mutex_lock(&fake.lock);
    if (bd_thread_what() != BD_STORE)
        fake.off_thread = true;
}

static void leave(void)
{
    pthread_cond_broadcast(&fake.moved);
    pthread_mutex_unlock(&fake.lock);
}

static int fake_open(const struct bd_host *host, void **self, struct bd_error *err)
{
    bool fails;

    (void)host;
    enter();
    fails = fake.open_fails;
    leave();
    if (fails)
        return bd_fail(err, BD_ERR_STORAGE, 13, "fake", "no such disk");
    *self = &fake;
    return 0;
}

static void fake_close(void *self)
{
    assert_ptr_equal(self, &fake);
    enter();
    fake.closes++;
    leave();
}

/* A cell with the key "bad" is one that no storage takes. */
static bool has_bad_row(const struct bd_batch *b)
{
    for (uint32_t i = 0; i < b->cell_count; i++)
        if (strcmp(b->cells[i].key, "bad") == 0)
            return true;
    return false;
}

static int put_locked(const struct bd_batch *b, struct bd_error *err)
{
    fake.sizes[fake.puts++ % 512] = b->diagnosis_count + b->cell_count + b->cache_count;
    fake.waiting = fake.held;
    pthread_cond_broadcast(&fake.moved);
    while (fake.held)
        pthread_cond_wait(&fake.moved, &fake.lock);
    fake.waiting = false;
    if (fake.odd_result)
        return 7;
    if (fake.silent)
        return -1;
    if (fake.fail_next > 0) {
        fake.fail_next--;
        return bd_fail(err, (enum bd_error_type)fake.fail_type, 28, "fake", "disk full");
    }
    if (has_bad_row(b))
        return bd_fail(err, BD_ERR_INVALID_REQUEST, 0, "fake", "bad row");
    for (uint32_t i = 0; i < b->cell_count; i++)
        snprintf(fake.keys[fake.kept++], sizeof(fake.keys[0]), "%s", b->cells[i].key);
    return 0;
}

static int fake_put(void *self, const struct bd_batch *b, struct bd_error *err)
{
    int rc;

    (void)self;
    enter();
    rc = put_locked(b, err);
    leave();
    return rc;
}

static int fake_get(void *self, const char *id, bd_diagnosis_row_fn *fn, void *arg,
                    struct bd_error *err)
{
    struct bd_diagnosis_row r = {.struct_size = sizeof(r),
                                 .id = fake.wrong_row ? "other" : id,
                                 .brand = "b",
                                 .request = "{}",
                                 .summary = ""};

    (void)self;
    (void)err;
    (void)fn(arg, &r);
    return 0;
}

static int fake_cells(void *self, const char *id, bd_cell_row_fn *fn, void *arg,
                      struct bd_error *err)
{
    (void)self;
    (void)err;
    for (int i = 0; i < fake.kept; i++) {
        struct bd_cell_row r = {.struct_size = sizeof(r),
                                .diagnosis = id,
                                .key = fake.keys[i],
                                .brand = "",
                                .provider = "",
                                .model = "",
                                .status = "ok",
                                .data = fake.wrong_row ? NULL : "{}"};

        if (fn(arg, &r) != 0)
            break;
    }
    return 0;
}

static int fake_list(void *self, const struct bd_list_query *q, bd_diagnosis_row_fn *fn,
                     void *arg, struct bd_error *err)
{
    return q->before_id ? fake_get(self, q->before_id, fn, arg, err) : 0;
}

static struct bd_storage plugin; /* each test may take methods away */
static const struct bd_storage whole = {
    .base = {.magic = BD_PLUGIN_MAGIC,
             .abi_minor = BD_ABI_MINOR,
             .struct_size = sizeof(whole),
             .kind = BD_STORAGE,
             .name = "fake",
             .version = "1"},
    .open = fake_open,
    .close = fake_close,
    .put = fake_put,
    .get = fake_get,
    .cells = fake_cells,
    .list = fake_list,
};

/* What done functions said; they run on the store thread. */
static struct {
    int stored, failed, first_failed;
    struct bd_error err;
    char order[20000];
    int n;
    struct bd_store *again; /* done puts one more row there, once */
} said;

static struct bd_cell_row cell(const char *key)
{
    return (struct bd_cell_row){.struct_size = sizeof(struct bd_cell_row),
                                .diagnosis = "d-1",
                                .key = key,
                                .brand = "华为",
                                .provider = "doubao",
                                .model = "m",
                                .status = "ok",
                                .data = "{}"};
}

static void note(void *arg, const struct bd_error *err)
{
    struct bd_cell_row late = cell("late");
    struct bd_store *again;

    pthread_mutex_lock(&fake.lock);
    said.order[said.n++] = (char)(intptr_t)arg;
    if (err) {
        said.failed++;
        said.err = *err;
    } else {
        said.stored++;
    }
    again = said.again;
    said.again = NULL;
    pthread_cond_broadcast(&fake.moved);
    pthread_mutex_unlock(&fake.lock);
    if (again)
        assert_int_equal(bd_store_put_cell(again, &late, note, NULL, NULL), 0);
}

static int reset(void **state)
{
    (void)state;
    fake.puts = fake.closes = fake.kept = fake.fail_next = fake.looked = 0;
    fake.odd_result = fake.silent = fake.held = fake.waiting = false;
    fake.open_fails = fake.wrong_row = fake.off_thread = false;
    fake.fail_type = BD_ERR_STORAGE;
    memset(&said, 0, sizeof(said));
    plugin = whole;
    return 0;
}

static int on_its_thread(void **state)
{
    (void)state;
    return fake.off_thread;
}

static struct bd_store *start(struct bd_store_options o)
{
    struct bd_store *s = NULL;
    struct bd_error err = {0};

    o.plugin = &plugin;
    if (bd_store_start(&s, &o, &err) < 0)
        fail_msg("%s", err.message);
    return s;
}

static void put(struct bd_store *s, const char *key)
{
    struct bd_cell_row r = cell(key);
    struct bd_error err = {0};

    if (bd_store_put_cell(s, &r, note, (void *)(intptr_t)key[0], &err) < 0)
        fail_msg("%s", err.message);
}

static void put_many(struct bd_store *s, int n)
{
    char key[16];

    for (int i = 0; i < n; i++) {
        snprintf(key, sizeof(key), "%06d", i);
        put(s, key);
    }
}

static void wait_for_stored(int n)
{
    pthread_mutex_lock(&fake.lock);
    while (said.stored < n)
        pthread_cond_wait(&fake.moved, &fake.lock);
    pthread_mutex_unlock(&fake.lock);
}

static void hold(bool held)
{
    pthread_mutex_lock(&fake.lock);
    fake.held = held;
    pthread_cond_broadcast(&fake.moved);
    pthread_mutex_unlock(&fake.lock);
}

static void wait_until_held(void)
{
    pthread_mutex_lock(&fake.lock);
    while (!fake.waiting)
        pthread_cond_wait(&fake.moved, &fake.lock);
    pthread_mutex_unlock(&fake.lock);
}

static int said_stored(void)
{
    int n;

    pthread_mutex_lock(&fake.lock);
    n = said.stored;
    pthread_mutex_unlock(&fake.lock);
    return n;
}

static void a_hundred_rows_are_one_commit(void **state)
{
    struct bd_store *s = start((struct bd_store_options){.linger_ms = NEVER});

    (void)state;
    put_many(s, 100);
    wait_for_stored(100);
    bd_store_stop(s);
    assert_int_equal(fake.puts, 1);
    assert_int_equal(fake.sizes[0], 100);
    assert_int_equal(fake.closes, 1);
}

/* The other store's round trips give this one's thread every chance to be early. */
static void a_lone_row_waits_for_company(void **state)
{
    struct bd_store *s = start((struct bd_store_options){.linger_ms = NEVER});
    struct bd_store *other = start((struct bd_store_options){0});
    struct bd_error err = {0};

    (void)state;
    put(s, "a");
    for (int i = 0; i < 200; i++)
        assert_int_equal(bd_store_flush(other, &err), 0);
    assert_int_equal(said_stored(), 0);
    bd_store_stop(other);
    bd_store_stop(s);
    assert_int_equal(said.stored, 1);
}

static void bytes_fill_a_batch_too(void **state)
{
    struct bd_store *s = start((struct bd_store_options){.linger_ms = NEVER});
    struct bd_cell_row r = cell("big");
    char *data = calloc(1, 100 << 10);

    (void)state;
    memset(data, 'x', (100 << 10) - 1);
    r.data = data;
    for (int i = 0; i < 3; i++)
        assert_int_equal(bd_store_put_cell(s, &r, note, NULL, NULL), 0);
    wait_for_stored(2); /* 300 KiB are enough to begin, 256 KiB take two rows */
    assert_int_equal(fake.sizes[0], 2);
    bd_store_stop(s);
    assert_int_equal(said.stored, 3);
    free(data);
}

static void a_lone_row_is_committed_when_it_has_waited(void **state)
{
    struct bd_store *s = start((struct bd_store_options){0});

    (void)state;
    put(s, "a");
    wait_for_stored(1); /* nobody flushes */
    bd_store_stop(s);
    assert_int_equal(fake.puts, 1);
}

static void a_row_is_acknowledged_only_after_its_commit(void **state)
{
    struct bd_store *s = start((struct bd_store_options){.batch_rows = 1});

    (void)state;
    hold(true);
    put(s, "a");
    wait_until_held();
    assert_int_equal(said_stored(), 0);
    hold(false);
    wait_for_stored(1);
    bd_store_stop(s);
}

static int count_row(void *arg, const struct bd_cell_row *r)
{
    (void)r;
    return ++*(int *)arg == 0;
}

static void a_reader_sees_what_was_queued_before(void **state)
{
    struct bd_store *s = start((struct bd_store_options){.linger_ms = NEVER});
    struct bd_error err = {0};
    int rows = 0;

    (void)state;
    put_many(s, 250);
    assert_int_equal(bd_store_cells(s, "d-1", count_row, &rows, &err), 0);
    assert_int_equal(rows, 250);
    assert_int_equal(said_stored(), 250);
    put(s, "a");
    assert_int_equal(bd_store_flush(s, &err), 0);
    assert_int_equal(said_stored(), 251);
    bd_store_stop(s);
}

static void stopping_commits_everything_even_what_is_queued_meanwhile(void **state)
{
    struct bd_store *s = start((struct bd_store_options){.linger_ms = NEVER});

    (void)state;
    said.again = s;
    put_many(s, 42);
    bd_store_stop(s);
    assert_int_equal(said.stored, 43);
    assert_int_equal(fake.kept, 43);
    assert_string_equal(fake.keys[42], "late");
    assert_int_equal(fake.closes, 1);
}

static void the_queue_is_bounded_and_says_so(void **state)
{
    struct bd_store *s =
        start((struct bd_store_options){.batch_rows = 1, .queue_bytes = 4096});
    struct bd_cell_row r = cell("x");
    struct bd_store_stats stats;
    struct bd_error err = {0};
    char data[5000];
    int accepted = 0;

    (void)state;
    memset(data, 'x', sizeof(data) - 1);
    data[sizeof(data) - 1] = '\0';
    hold(true);
    while (bd_store_put_cell(s, &r, note, NULL, &err) == 0)
        accepted++;
    assert_int_equal(err.type, BD_ERR_STORAGE);
    assert_non_null(strstr(err.message, "queue full"));
    assert_in_range(accepted, 5, 40);
    bd_store_stats(s, &stats);
    assert_int_equal(stats.queued_rows, accepted);
    assert_true(stats.queued_bytes <= 4096);
    r.data = data;
    assert_int_equal(bd_store_put_cell(s, &r, note, NULL, &err), -1);
    assert_int_equal(err.type, BD_ERR_TOO_LARGE);
    hold(false);
    assert_int_equal(bd_store_flush(s, &err), 0);
    put(s, "y"); /* there is room again */
    bd_store_stop(s);
    assert_int_equal(said.stored, accepted + 1);
}

static void a_passing_failure_is_tried_again(void **state)
{
    struct bd_store *s = start((struct bd_store_options){.linger_ms = NEVER});
    struct bd_store_stats stats;
    struct bd_error err = {0};

    (void)state;
    fake.fail_next = 2;
    put_many(s, 10);
    assert_int_equal(bd_store_flush(s, &err), 0);
    bd_store_stats(s, &stats);
    bd_store_stop(s);
    assert_int_equal(fake.puts, 3);
    assert_int_equal(said.stored, 10);
    assert_int_equal(said.failed, 0);
    assert_int_equal(stats.retries, 2);
    assert_int_equal(stats.last_error.type, BD_ERR_STORAGE);
    assert_int_equal(stats.rows, 10);
    assert_int_equal(stats.batches, 1);
    assert_int_equal(stats.queued_rows, 0);
    assert_int_equal(stats.queued_bytes, 0);
}

static void a_lasting_failure_reaches_every_row(void **state)
{
    struct bd_store *s = start(
        (struct bd_store_options){.linger_ms = NEVER, .batch_rows = 4, .retry_ms = 1});
    struct bd_store_stats stats;
    struct bd_error err = {0};

    (void)state;
    fake.fail_next = 1000;
    put_many(s, 10);
    assert_int_equal(bd_store_flush(s, &err), 0);
    bd_store_stats(s, &stats);
    assert_int_equal(said.failed, 10);
    assert_int_equal(said.stored, 0);
    assert_int_equal(said.err.type, BD_ERR_STORAGE);
    assert_int_equal(said.err.code, 28);
    assert_string_equal(said.err.message, "disk full");
    assert_int_equal(stats.failed_rows, 10);
    assert_int_equal(fake.puts, 3); /* 4, 4, 2 rows: no batch is split for that */
    pthread_mutex_lock(&fake.lock);
    fake.fail_next = 0;
    pthread_mutex_unlock(&fake.lock);
    put(s, "a"); /* it goes on when the disk is well again */
    bd_store_stop(s);
    assert_int_equal(said.stored, 1);
}

static void a_bad_row_fails_alone_and_the_order_stays(void **state)
{
    static const char *const order[] = {"a", "b", "bad", "c", "d", "e", "f"};
    struct bd_store *s = start((struct bd_store_options){.linger_ms = NEVER});
    struct bd_error err = {0};

    (void)state;
    for (size_t i = 0; i < 7; i++)
        put(s, order[i]);
    assert_int_equal(bd_store_flush(s, &err), 0);
    bd_store_stop(s);
    assert_int_equal(said.stored, 6);
    assert_int_equal(said.failed, 1);
    assert_int_equal(said.err.type, BD_ERR_INVALID_REQUEST);
    assert_string_equal(said.order, "abbcdef");
    assert_string_equal(fake.keys[2], "c");
}

static void rows_that_break_the_contract_never_reach_the_plugin(void **state)
{
    static const struct {
        const char *diagnosis, *data;
    } bad[] = {{"d-1", "\xff"}, {"D-1", "{}"}, {"", "{}"}, {"d-1", NULL}, {NULL, "{}"}};
    struct bd_store *s = start((struct bd_store_options){.linger_ms = NEVER});
    struct bd_error err = {0};

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        struct bd_cell_row r = cell("k");

        r.diagnosis = bad[i].diagnosis;
        r.data = bad[i].data;
        assert_int_equal(bd_store_put_cell(s, &r, note, NULL, NULL), 0);
    }
    put(s, "good");
    assert_int_equal(bd_store_flush(s, &err), 0);
    bd_store_stop(s);
    assert_int_equal(said.failed, 5);
    assert_int_equal(said.stored, 1);
    assert_int_equal(fake.kept, 1);
}

static void results_of_a_plugin_are_not_believed(void **state)
{
    struct bd_store *s = start((struct bd_store_options){.linger_ms = NEVER});
    struct bd_error err = {0};
    int rows = 0;

    (void)state;
    fake.odd_result = true;
    put(s, "a");
    assert_int_equal(bd_store_flush(s, &err), 0);
    assert_int_equal(said.err.type, BD_ERR_PLUGIN);
    assert_int_equal(said.err.code, 7);
    pthread_mutex_lock(&fake.lock);
    fake.odd_result = false;
    fake.silent = true;
    pthread_mutex_unlock(&fake.lock);
    put(s, "b");
    assert_int_equal(bd_store_flush(s, &err), 0);
    assert_int_equal(said.err.type, BD_ERR_PLUGIN);
    assert_non_null(strstr(said.err.message, "without saying why"));
    pthread_mutex_lock(&fake.lock);
    fake.silent = false;
    fake.wrong_row = true;
    pthread_mutex_unlock(&fake.lock);
    put(s, "c");
    assert_int_equal(bd_store_cells(s, "d-1", count_row, &rows, &err), -1);
    assert_int_equal(err.type, BD_ERR_PLUGIN);
    assert_int_equal(rows, 0);
    bd_store_stop(s);
}

static int see_diagnosis(void *arg, const struct bd_diagnosis_row *r)
{
    snprintf(arg, 32, "%s", r->id);
    return 0;
}

static int see_cache(void *arg, const struct bd_cache_row *r)
{
    (void)arg;
    (void)r;
    fail();
    return 0;
}

static void reads_and_absent_methods_have_their_answers(void **state)
{
    struct bd_store *s = start((struct bd_store_options){0});
    struct bd_list_query q = {.struct_size = sizeof(q), .before_id = "d-9"};
    struct bd_error err = {0};
    char id[32] = "";

    (void)state;
    assert_int_equal(bd_store_get(s, "d-7", see_diagnosis, id, &err), 0);
    assert_string_equal(id, "d-7");
    assert_int_equal(bd_store_list(s, &q, see_diagnosis, id, &err), 0);
    assert_string_equal(id, "d-9");
    assert_int_equal(bd_store_cache_get(s, "0a", 0, see_cache, NULL, &err), 0);
    assert_int_equal(bd_store_remove(s, "d-7", &err), -1);
    assert_int_equal(err.type, BD_ERR_PLUGIN);
    fake.wrong_row = true;
    assert_int_equal(bd_store_get(s, "d-7", see_diagnosis, id, &err), -1);
    assert_int_equal(err.type, BD_ERR_PLUGIN);
    bd_store_stop(s);
}

/* Knows the even ones of the keys "0", "1" ... */
static int fake_cache_get(void *self, const char *key, int64_t now_ms,
                          bd_cache_row_fn *fn, void *arg, struct bd_error *err)
{
    struct bd_cache_row r = {
        .struct_size = sizeof(r), .key = key, .data = key, .expires_ms = now_ms + 1};

    (void)self;
    enter();
    fake.looked++;
    leave();
    if (strcmp(key, "broken") == 0)
        return bd_fail(err, BD_ERR_STORAGE, 5, "fake", "cannot read");
    if (strtol(key, NULL, 10) % 2 == 0)
        (void)fn(arg, &r);
    return 0;
}

struct found {
    int count;
    size_t last;
};

static void take_found(void *arg, size_t key, char *data)
{
    struct found *f = arg;

    assert_int_not_equal(bd_thread_what(), BD_STORE);
    assert_int_equal(strtol(data, NULL, 10), key);
    f->count++;
    f->last = key;
    free(data);
}

static struct bd_store_search search_for(const char *const *keys, size_t n,
                                         struct found *f)
{
    return (struct bd_store_search){.keys = keys,
                                    .count = n,
                                    .now_ms = 1,
                                    .until_ms = bd_clock_ms() + 60000,
                                    .found = take_found,
                                    .arg = f};
}

static void a_search_finds_what_is_there(void **state)
{
    static const char *const keys[] = {"0", "1", "2", "3", "4", "broken"};
    struct found f = {0};
    struct bd_store_search search = search_for(keys, 5, &f);
    struct bd_error err = {0};
    struct bd_store *s;

    (void)state;
    plugin.cache_get = fake_cache_get;
    s = start((struct bd_store_options){0});
    assert_int_equal(bd_store_cache_search(s, &search, &err), 0);
    assert_int_equal(f.count, 3);
    assert_int_equal(f.last, 4);
    search.count = 0;
    assert_int_equal(bd_store_cache_search(s, &search, &err), 0);
    search.count = 6;
    assert_int_equal(bd_store_cache_search(s, &search, &err), -1);
    assert_string_equal(err.message, "cannot read");
    assert_int_equal(f.count, 3);
    bd_store_stop(s);
}

/* The storage is stuck in a put(); the search was given no time at all. */
static void a_search_that_takes_too_long_is_abandoned(void **state)
{
    static const char *const keys[] = {"0", "2"};
    struct found f = {0};
    struct bd_store_search search = search_for(keys, 2, &f);
    struct bd_error err = {0};
    struct bd_store *s;

    (void)state;
    plugin.cache_get = fake_cache_get;
    hold(true);
    s = start((struct bd_store_options){.linger_ms = 1});
    put(s, "stuck");
    wait_until_held();
    search.until_ms = bd_clock_ms();
    assert_int_equal(bd_store_cache_search(s, &search, &err), -1);
    assert_int_equal(err.type, BD_ERR_TIMEOUT);
    hold(false);
    assert_int_equal(bd_store_flush(s, &err), 0);
    assert_int_equal(f.count, 0);
    assert_int_equal(fake.looked, 0); /* nobody waits: nothing is looked up */
    bd_store_stop(s);
}

static void a_storage_that_does_not_open_leaves_nothing_behind(void **state)
{
    struct bd_store *s = NULL;
    struct bd_store_options o = {.plugin = &plugin};
    struct bd_error err = {0};

    (void)state;
    fake.open_fails = true;
    assert_int_equal(bd_store_start(&s, &o, &err), -1);
    assert_null(s);
    assert_string_equal(err.message, "no such disk");
    fake.open_fails = false;
    plugin.cells = NULL;
    assert_int_equal(bd_store_start(&s, &o, &err), -1);
    assert_int_equal(err.type, BD_ERR_PLUGIN);
    assert_int_equal(fake.closes, 0);
    bd_store_stop(NULL);
}

static void read_from_done(void *arg, const struct bd_error *err)
{
    struct bd_error why = {0};

    (void)err;
    note("r", NULL);
    assert_int_equal(bd_store_flush(*(struct bd_store **)arg, &why), -1);
    assert_int_equal(why.type, BD_ERR_INTERNAL);
}

static void the_store_thread_may_not_wait_for_itself(void **state)
{
    struct bd_store *s = start((struct bd_store_options){0});
    struct bd_cell_row r = cell("k");

    (void)state;
    assert_int_equal(bd_store_put_cell(s, &r, read_from_done, &s, NULL), 0);
    wait_for_stored(1);
    bd_store_stop(s);
}

static void *writer(void *arg)
{
    struct bd_error err = {0};
    int rows;

    for (int i = 0; i < 10; i++) {
        put_many(arg, 50);
        rows = 0;
        if (bd_store_cells(arg, "d-1", count_row, &rows, &err) < 0 || rows < 50)
            return arg;
    }
    return NULL;
}

static void many_threads_write_and_read_at_once(void **state)
{
    struct bd_store *s = start((struct bd_store_options){0});
    pthread_t threads[8];
    struct bd_store_stats stats;

    (void)state;
    for (int i = 0; i < 8; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, writer, s), 0);
    for (int i = 0; i < 8; i++) {
        void *failed;

        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    bd_store_stats(s, &stats);
    assert_int_equal(stats.rows, 4000);
    bd_store_stop(s);
    assert_int_equal(said.stored, 4000);
    assert_int_equal(fake.kept, 4000);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, reset, on_its_thread)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_hundred_rows_are_one_commit),
        CASE(a_lone_row_waits_for_company),
        CASE(bytes_fill_a_batch_too),
        CASE(a_lone_row_is_committed_when_it_has_waited),
        CASE(a_row_is_acknowledged_only_after_its_commit),
        CASE(a_reader_sees_what_was_queued_before),
        CASE(stopping_commits_everything_even_what_is_queued_meanwhile),
        CASE(the_queue_is_bounded_and_says_so),
        CASE(a_passing_failure_is_tried_again),
        CASE(a_lasting_failure_reaches_every_row),
        CASE(a_bad_row_fails_alone_and_the_order_stays),
        CASE(rows_that_break_the_contract_never_reach_the_plugin),
        CASE(results_of_a_plugin_are_not_believed),
        CASE(reads_and_absent_methods_have_their_answers),
        CASE(a_search_finds_what_is_there),
        CASE(a_search_that_takes_too_long_is_abandoned),
        CASE(a_storage_that_does_not_open_leaves_nothing_behind),
        CASE(the_store_thread_may_not_wait_for_itself),
        CASE(many_threads_write_and_read_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
