/* tests/engine/test_reload_storage.c - another storage while diagnoses run: each is whole
 * in the new one, whenever it ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/hot.h"

enum { MANY = 150, ASKERS = 4 };

static void use_storage(const char *name, const char *file)
{
    char text[700];

    snprintf(text, sizeof(text),
             "concurrency = 100\nrequests_per_minute = 0\nramp = 0s\n[storage]\n"
             "plugin = %s\n",
             name);
    if (file)
        snprintf(text + strlen(text), sizeof(text) - strlen(text),
                 "[storage:%s]\npath = %s\n", name, in_folder(file));
    configure(text);
}

static struct bd_engine *serve_from(const char *name, const char *file, int total_ms)
{
    char scenario[200];

    snprintf(scenario, sizeof(scenario),
             "{\"defaults\": {\"latency\": {\"total_ms\": %d},"
             " \"answer\": {\"text\": \"1. 华为\"}}}",
             total_ms);
    start_simulator(scenario);
    use_storage(name, file);
    return hot_engine();
}

static void must_swap(struct bd_engine *e, const char *name, const char *file)
{
    use_storage(name, file);
    must_reload(e);
    assert_non_null(strstr(told.changes.data, "[storage] "));
    assert_true(told.storage_pause_ms <= 1000);
}

/* It is in the storage, with all its cells, and counts as over. */
static void assert_whole(struct bd_engine *e, const char *id, size_t cells)
{
    struct bd__stored s;
    struct bd_error err;

    if (bd__stored_load(&s, e, id, &err) < 0)
        fail_msg("%s: %s", id, err.message);
    assert_false(s.running);
    assert_int_equal(s.record.cell_count, cells);
    for (size_t i = 0; i < cells; i++)
        assert_int_equal(s.record.cells[i].status, BD_STATUS_OK);
    bd__stored_free(&s);
}

static void what_runs_is_whole_in_each_storage_that_comes(void **state)
{
    struct bd_engine *e = serve_from("store_memory", NULL, 400);
    struct bd_diagnosis *d = ask_hot(e, 20);
    char id[64];

    (void)state;
    snprintf(id, sizeof(id), "%s", bd_diagnosis_id(d));
    must_swap(e, "store_sqlite", "a.db");
    must_swap(e, "store_jsonl", "b.jsonl");
    (void)finish(d);
    assert_whole(e, id, 20);
    must_swap(e, "store_sqlite", "c.db"); /* not freed yet: it comes along */
    assert_whole(e, id, 20);
    bd_diagnosis_free(d);
    bd_engine_stop(e);
    use_storage("store_jsonl", "b.jsonl");
    e = hot_engine();
    assert_whole(e, id, 20);
    bd_engine_stop(e);
}

/* More than fit into any list of a fixed size, and they end all the time. */
static void many_that_run_come_along(void **state)
{
    struct bd_engine *e = serve_from("store_memory", NULL, 300);
    struct bd_diagnosis *d[MANY];

    (void)state;
    for (int i = 0; i < MANY; i++)
        d[i] = ask_hot(e, 2);
    must_swap(e, "store_sqlite", "many.db");
    for (int i = 0; i < MANY; i++)
        (void)finish(d[i]);
    for (int i = 0; i < MANY; i++) {
        assert_whole(e, bd_diagnosis_id(d[i]), 2);
        bd_diagnosis_free(d[i]);
    }
    bd_engine_stop(e);
}

static void calls_that_were_begun_are_known_in_the_new_one(void **state)
{
    struct bd_engine *e = serve_from("store_memory", NULL, 1000);
    struct bd_diagnosis *d = ask_hot(e, 3);
    struct bd__stored s;
    struct bd_error err;

    (void)state;
    (void)bd_diagnosis_wait(d, bd_clock_ms() + 200);
    must_swap(e, "store_sqlite", "begun.db");
    assert_int_equal(bd__stored_load(&s, e, bd_diagnosis_id(d), &err), 0);
    assert_true(s.running);
    assert_int_equal(s.begun_count, 3);
    bd__stored_free(&s);
    (void)finish(d);
    assert_whole(e, bd_diagnosis_id(d), 3);
    bd_diagnosis_free(d);
    bd_engine_stop(e);
}

/* The store goes on with the new storage, and main is slow to notice. */

static int notice_ms;

int __real_bd_store_swap(struct bd_store *s, const struct bd_store_source *to,
                         int64_t *pause_ms, struct bd_error *err);
int __wrap_bd_store_swap(struct bd_store *s, const struct bd_store_source *to,
                         int64_t *pause_ms, struct bd_error *err);

int __wrap_bd_store_swap(struct bd_store *s, const struct bd_store_source *to,
                         int64_t *pause_ms, struct bd_error *err)
{
    int rc = __real_bd_store_swap(s, to, pause_ms, err);

    poll(NULL, 0, notice_ms);
    return rc;
}

/* Those who ask, one diagnosis after the other, and remember which were over when. */

struct asker {
    pthread_t thread;
    struct bd_engine *engine;
    atomic_bool *stop;
    atomic_uint *swaps;
    char ids[2000][40];
    unsigned ended_after[2000]; /* as many swaps */
    int count;
};

static void *ask_on_and_on(void *arg)
{
    struct asker *a = arg;

    bd_thread_is(BD_RUNNER, "asker");
    while (!atomic_load(a->stop) && a->count < 2000) {
        struct bd_diagnosis *d = ask_hot(a->engine, 10);

        snprintf(a->ids[a->count], sizeof(a->ids[0]), "%s", bd_diagnosis_id(d));
        a->ended_after[a->count] = atomic_load(a->swaps);
        (void)finish(d);
        bd_diagnosis_free(d); /* at once: nobody but the storage knows it now */
        a->count++;
    }
    return NULL;
}

/* A diagnosis that began when `n` swaps were done is whole in the n-th storage or in one
 * that came later. */
static bool is_whole_somewhere(struct bd_engine *const *e, int storages, const char *id)
{
    struct bd__stored s;
    struct bd_error err;
    bool whole = false;

    for (int i = 0; i < storages && !whole; i++) {
        if (bd__stored_load(&s, e[i], id, &err) < 0)
            continue;
        whole = !s.running && s.record.cell_count == 10;
        bd__stored_free(&s);
    }
    return whole;
}

/* Where it ends while the storage is changed, all of it is in one of them. */
static void nothing_is_lost_between_two_storages(void **state)
{
    struct bd_engine *e = serve_from("store_sqlite", "s0.db", 15), *each[9];
    static struct asker askers[ASKERS];
    atomic_bool stop = false;
    atomic_uint swaps = 0;
    int ended = 0;
    char file[16];

    (void)state;
    memset(askers, 0, sizeof(askers));
    for (int i = 0; i < ASKERS; i++) {
        askers[i].engine = e;
        askers[i].stop = &stop;
        askers[i].swaps = &swaps;
        assert_int_equal(
            pthread_create(&askers[i].thread, NULL, ask_on_and_on, &askers[i]), 0);
    }
    notice_ms = 50;
    for (int i = 1; i <= 8; i++) {
        poll(NULL, 0, 120);
        snprintf(file, sizeof(file), "s%d.db", i);
        must_swap(e, "store_sqlite", file);
        atomic_fetch_add(&swaps, 1);
    }
    poll(NULL, 0, 120);
    notice_ms = 0;
    atomic_store(&stop, true);
    for (int i = 0; i < ASKERS; i++)
        pthread_join(askers[i].thread, NULL);
    bd_engine_stop(e);
    for (int i = 0; i <= 8; i++) {
        snprintf(file, sizeof(file), "s%d.db", i);
        use_storage("store_sqlite", file);
        each[i] = hot_engine();
    }
    for (int i = 0; i < ASKERS; i++)
        for (int k = 0; k < askers[i].count; k++, ended++)
            if (!is_whole_somewhere(each, 9, askers[i].ids[k]))
                fail_msg("%s, begun after %u swaps, is whole nowhere", askers[i].ids[k],
                         askers[i].ended_after[k]);
    assert_true(ended > 20);
    for (int i = 0; i <= 8; i++)
        bd_engine_stop(each[i]);
}

static void a_storage_that_does_not_open_leaves_the_first(void **state)
{
    struct bd_engine *e = serve_from("store_sqlite", "first.db", 100);
    struct bd_diagnosis *d = ask_hot(e, 5);

    (void)state;
    use_storage("store_sqlite", "no/such/place.db");
    assert_int_equal(reload(e), -1);
    assert_non_null(strstr(fault.message, "no/such/place.db"));
    assert_int_equal(edition(e).number, 1);
    (void)finish(d);
    assert_whole(e, bd_diagnosis_id(d), 5);
    bd_diagnosis_free(d);
    must_swap(e, "store_sqlite", "second.db");
    bd_engine_stop(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        HOT(what_runs_is_whole_in_each_storage_that_comes),
        HOT(many_that_run_come_along),
        HOT(calls_that_were_begun_are_known_in_the_new_one),
        HOT(nothing_is_lost_between_two_storages),
        HOT(a_storage_that_does_not_open_leaves_the_first),
    };

    return cmocka_run_group_tests(tests, make_house, remove_folder);
}
