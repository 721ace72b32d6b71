/* tests/runtime/test_swap.c - a store whose storage is exchanged while rows come in, with
 * storages that count, and fail to open when told to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/thread.h"
#include "runtime/store.h"

enum { WRITERS = 4, ROWS = 20000, SWAPS = 200 };

/* What all the storages of a test share. The store thread writes, others read and set
 * under the lock. */
static struct {
    pthread_mutex_t lock;
    int open, most_open, opens, closes;
    int refuse_a, refuse_b;             /* open() calls that fail from now on */
    int into_a, into_b;                 /* rows */
    int busy;                           /* openings that rows were put after */
    bool idle;                          /* none since the last */
    unsigned char seen[WRITERS * ROWS]; /* how often each row was stored */
} fake = {.lock = PTHREAD_MUTEX_INITIALIZER};

static int *refusals_of(const struct bd_host *host)
{
    return host->ctx == &fake.into_a ? &fake.refuse_a : &fake.refuse_b;
}

static int fake_open(const struct bd_host *host, void **self, struct bd_error *err)
{
    bool fails;

    pthread_mutex_lock(&fake.lock);
    fails = *refusals_of(host) > 0;
    if (fails) {
        --*refusals_of(host);
    } else {
        fake.opens++;
        fake.idle = true;
        if (++fake.open > fake.most_open)
            fake.most_open = fake.open;
    }
    pthread_mutex_unlock(&fake.lock);
    if (fails)
        return bd_fail(err, BD_ERR_CONFIG, 13, "fake", "no such disk");
    *self = host->ctx;
    return 0;
}

static void fake_close(void *self)
{
    (void)self;
    pthread_mutex_lock(&fake.lock);
    fake.open--;
    fake.closes++;
    pthread_mutex_unlock(&fake.lock);
}

static int fake_put(void *self, const struct bd_batch *b, struct bd_error *err)
{
    (void)err;
    pthread_mutex_lock(&fake.lock);
    *(int *)self += (int)b->cell_count;
    fake.busy += fake.idle;
    fake.idle = false;
    for (uint32_t i = 0; i < b->cell_count; i++)
        fake.seen[strtol(b->cells[i].key, NULL, 10)]++;
    pthread_mutex_unlock(&fake.lock);
    return 0;
}

static int fake_get(void *self, const char *id, bd_diagnosis_row_fn *fn, void *arg,
                    struct bd_error *err)
{
    const struct bd_diagnosis_row r = {.struct_size = sizeof(r),
                                       .id = id,
                                       .brand = self == &fake.into_a ? "a" : "b",
                                       .request = "{}",
                                       .summary = ""};

    (void)err;
    (void)fn(arg, &r);
    return 0;
}

static int fake_cells(void *self, const char *id, bd_cell_row_fn *fn, void *arg,
                      struct bd_error *err)
{
    (void)self;
    (void)id;
    (void)fn;
    (void)arg;
    (void)err;
    return 0;
}

static int fake_list(void *self, const struct bd_list_query *q, bd_diagnosis_row_fn *fn,
                     void *arg, struct bd_error *err)
{
    (void)self;
    (void)q;
    (void)fn;
    (void)arg;
    (void)err;
    return 0;
}

static const struct bd_storage plugin = {
    .base = {.magic = BD_PLUGIN_MAGIC,
             .abi_minor = BD_ABI_MINOR,
             .struct_size = sizeof(plugin),
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
static const struct bd_host host_a = {.struct_size = sizeof(host_a), .ctx = &fake.into_a};
static const struct bd_host host_b = {.struct_size = sizeof(host_b), .ctx = &fake.into_b};
static const struct bd_store_source a = {&plugin, &host_a}, b = {&plugin, &host_b};

static atomic_int stored, failed;

static void note(void *arg, const struct bd_error *err)
{
    (void)arg;
    atomic_fetch_add(err ? &failed : &stored, 1);
}

static int reset(void **state)
{
    (void)state;
    pthread_mutex_lock(&fake.lock);
    fake.open = fake.most_open = fake.opens = fake.closes = 0;
    fake.refuse_a = fake.refuse_b = fake.into_a = fake.into_b = fake.busy = 0;
    memset(fake.seen, 0, sizeof(fake.seen));
    pthread_mutex_unlock(&fake.lock);
    atomic_store(&stored, 0);
    atomic_store(&failed, 0);
    return 0;
}

static struct bd_store *start(int64_t retry_ms)
{
    const struct bd_store_options o = {
        .plugin = a.plugin, .host = a.host, .retry_ms = retry_ms};
    struct bd_store *s = NULL;
    struct bd_error err = {0};

    if (bd_store_start(&s, &o, &err) < 0)
        fail_msg("%s", err.message);
    return s;
}

static void put(struct bd_store *s, int row)
{
    char key[16];
    const struct bd_cell_row r = {.struct_size = sizeof(r),
                                  .diagnosis = "d-1",
                                  .key = key,
                                  .brand = "b",
                                  .provider = "p",
                                  .model = "m",
                                  .status = "ok",
                                  .data = "{}"};

    snprintf(key, sizeof(key), "%d", row);
    assert_int_equal(bd_store_put_cell(s, &r, note, NULL, NULL), 0);
}

static int see(void *arg, const struct bd_diagnosis_row *r)
{
    snprintf(arg, 8, "%s", r->brand);
    return 0;
}

/* Which storage answers, "" if none. */
static const char *who(struct bd_store *s)
{
    static char brand[8];

    brand[0] = '\0';
    return bd_store_get(s, "d-1", see, brand, NULL) < 0 ? "" : brand;
}

static struct bd_store_stats stats_of(struct bd_store *s)
{
    struct bd_store_stats stats;

    bd_store_stats(s, &stats);
    return stats;
}

static void what_was_queued_before_goes_into_the_old_one(void **state)
{
    struct bd_store *s = start(0);
    struct bd_error err = {0};
    int64_t pause_ms = -1;

    (void)state;
    for (int i = 0; i < 250; i++)
        put(s, i);
    assert_int_equal(bd_store_swap(s, &b, &pause_ms, &err), 0);
    assert_in_range(pause_ms, 0, 5000);
    assert_int_equal(atomic_load(&stored), 250);
    assert_int_equal(fake.into_a, 250);
    for (int i = 250; i < 260; i++)
        put(s, i);
    assert_string_equal(who(s), "b");
    assert_int_equal(fake.into_b, 10);
    assert_int_equal(bd_store_swap(s, &a, NULL, NULL), 0);
    assert_int_equal(stats_of(s).swaps, 2);
    assert_false(stats_of(s).failing);
    bd_store_stop(s);
    assert_int_equal(fake.most_open, 1);
    assert_int_equal(fake.opens, 3);
    assert_int_equal(fake.closes, 3);
}

static void one_that_does_not_open_leaves_the_old_one(void **state)
{
    struct bd_store *s = start(0);
    struct bd_error err = {0};

    (void)state;
    fake.refuse_b = 1;
    put(s, 1);
    assert_int_equal(bd_store_swap(s, &b, NULL, &err), -1);
    assert_string_equal(err.message, "no such disk");
    assert_int_equal(err.code, 13);
    assert_non_null(strstr(err.context, "exchanging the storage"));
    assert_null(strstr(err.context, "does not open any more"));
    assert_false(stats_of(s).failing);
    assert_int_equal(stats_of(s).swaps, 0);
    put(s, 2);
    assert_string_equal(who(s), "a");
    assert_int_equal(bd_store_swap(s, &b, NULL, &err), 0);
    bd_store_stop(s);
    assert_int_equal(atomic_load(&stored), 2);
    assert_int_equal(fake.into_a, 2);
    assert_int_equal(fake.most_open, 1);
}

static void when_neither_opens_rows_wait_until_one_does(void **state)
{
    struct bd_store *s = start(60000);
    struct bd_error err = {0};

    (void)state;
    fake.refuse_a = 3; /* the way back, and two tries with the row */
    fake.refuse_b = 1;
    assert_int_equal(bd_store_swap(s, &b, NULL, &err), -1);
    assert_non_null(strstr(err.context, "the one before does not open any more"));
    assert_true(stats_of(s).failing);
    assert_in_range(bd_clock_ms() - stats_of(s).failing_since_ms, 0, 60000);
    put(s, 1);
    assert_int_equal(bd_store_flush(s, &err), 0);
    assert_int_equal(atomic_load(&stored), 1);
    assert_int_equal(fake.into_a, 1);
    assert_false(stats_of(s).failing);
    assert_int_equal(stats_of(s).failing_since_ms, 0);
    assert_int_equal(stats_of(s).retries, 2);
    bd_store_stop(s);
    assert_int_equal(fake.most_open, 1);
}

static void a_shut_store_fails_in_time_and_is_healed_by_a_swap(void **state)
{
    struct bd_store *s = start(1);
    struct bd_error err = {0};

    (void)state;
    fake.refuse_a = 1000;
    fake.refuse_b = 1;
    assert_int_equal(bd_store_swap(s, &b, NULL, &err), -1);
    put(s, 1);
    assert_int_equal(bd_store_flush(s, &err), 0);
    assert_int_equal(atomic_load(&failed), 1);
    assert_int_equal(stats_of(s).last_error.code, 13);
    assert_int_equal(stats_of(s).last_error.recoverable, 1);
    assert_string_equal(who(s), ""); /* reads fail, too */
    assert_true(stats_of(s).failing);
    assert_int_equal(bd_store_swap(s, &b, NULL, &err), 0);
    assert_false(stats_of(s).failing);
    assert_string_equal(who(s), "b");
    put(s, 2);
    bd_store_stop(s);
    assert_int_equal(atomic_load(&stored), 1);
    assert_int_equal(fake.opens, fake.closes);
}

static void a_read_opens_a_shut_store_again(void **state)
{
    struct bd_store *s = start(1);

    (void)state;
    fake.refuse_a = fake.refuse_b = 1;
    assert_int_equal(bd_store_swap(s, &b, NULL, NULL), -1);
    assert_true(stats_of(s).failing);
    assert_string_equal(who(s), "a");
    assert_false(stats_of(s).failing);
    bd_store_stop(s);
    assert_int_equal(fake.opens, fake.closes);
}

static void a_shut_store_stops(void **state)
{
    struct bd_store *s = start(1);

    (void)state;
    fake.refuse_a = 1000;
    fake.refuse_b = 1;
    assert_int_equal(bd_store_swap(s, &b, NULL, NULL), -1);
    put(s, 1);
    bd_store_stop(s);
    assert_int_equal(atomic_load(&failed), 1);
    assert_int_equal(fake.opens, fake.closes);
}

struct writer {
    struct bd_store *store;
    int number, rows;
};

static atomic_bool over; /* the swaps are done */

static void *write_rows(void *arg)
{
    struct writer *w = arg;

    for (; w->rows < ROWS && !atomic_load(&over); w->rows++) {
        put(w->store, w->number * ROWS + w->rows);
        if (w->rows % 8 == 0) /* or all is queued before the first swap is done */
            assert_int_equal(bd_store_flush(w->store, NULL), 0);
    }
    return NULL;
}

/* Each third one fails to open, each ninth takes the old one with it for a moment. */
static void swap_often(struct bd_store *s)
{
    int done = 0;

    for (int i = 0; done < SWAPS; i++) {
        bool to_b = done % 2 == 0;

        pthread_mutex_lock(&fake.lock);
        *(to_b ? &fake.refuse_b : &fake.refuse_a) = i % 3 == 2;
        *(to_b ? &fake.refuse_a : &fake.refuse_b) = i % 9 == 8;
        pthread_mutex_unlock(&fake.lock);
        done += bd_store_swap(s, to_b ? &b : &a, NULL, NULL) == 0;
    }
}

static void no_row_is_lost_or_doubled_in_two_hundred_swaps(void **state)
{
    struct bd_store *s = start(60000);
    struct writer writers[WRITERS];
    pthread_t threads[WRITERS];
    struct bd_store_stats stats;
    uint64_t batches = 0;
    int rows = 0;

    (void)state;
    atomic_store(&over, false);
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (struct writer){s, i, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, write_rows, &writers[i]), 0);
    }
    swap_often(s);
    atomic_store(&over, true);
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(threads[i], NULL);
        rows += writers[i].rows;
    }
    assert_int_equal(bd_store_flush(s, NULL), 0);
    stats = stats_of(s);
    bd_store_stop(s);
    print_message("%d rows, %d of %d openings had some\n", rows, fake.busy, fake.opens);
    assert_int_equal(atomic_load(&stored), rows);
    assert_int_equal(atomic_load(&failed), 0);
    for (int i = 0; i < WRITERS * ROWS; i++)
        assert_int_equal(fake.seen[i], i % ROWS < writers[i / ROWS].rows);
    assert_true(fake.busy > SWAPS / 10);
    assert_int_equal(fake.most_open, 1);
    assert_int_equal(fake.opens, fake.closes);
    assert_int_equal(stats.swaps, SWAPS);
    assert_int_equal(stats.rows, rows);
    for (int i = 0; i < BD_STORE_SIZES; i++)
        batches += stats.batch_sizes[i];
    assert_int_equal(batches, stats.batches);
}

static void batches_are_counted_by_their_size(void **state)
{
    static const int sizes[] = {1, 4, 5, 16, 17, 64, 65, 100};
    struct bd_store *s = start(0);
    struct bd_store_stats stats;

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        for (int row = 0; row < sizes[i]; row++)
            put(s, row);
        assert_int_equal(bd_store_flush(s, NULL), 0);
    }
    stats = stats_of(s);
    bd_store_stop(s);
    if (stats.batches != sizeof(sizes) / sizeof(sizes[0]))
        skip(); /* a slow machine: some rows lingered too long to stay together */
    assert_int_equal(stats.batch_sizes[0], 1);
    assert_int_equal(stats.batch_sizes[1], 1);
    assert_int_equal(stats.batch_sizes[2], 2);
    assert_int_equal(stats.batch_sizes[3], 2);
    assert_int_equal(stats.batch_sizes[4], 2);
    assert_int_equal(stats.batch_sizes[5], 0);
}

#define CASE(f) cmocka_unit_test_setup(f, reset)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(what_was_queued_before_goes_into_the_old_one),
        CASE(one_that_does_not_open_leaves_the_old_one),
        CASE(when_neither_opens_rows_wait_until_one_does),
        CASE(a_shut_store_fails_in_time_and_is_healed_by_a_swap),
        CASE(a_read_opens_a_shut_store_again),
        CASE(a_shut_store_stops),
        CASE(no_row_is_lost_or_doubled_in_two_hundred_swaps),
        CASE(batches_are_counted_by_their_size),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
