/* tests/engine/test_reload_load.c - reloads under load, as fast as they go: no task is
 * lost, done twice, or served by two builds. Above all for the thread sanitizer, under
 * which it takes 15 s; with BD_LONG=1 in the environment 60 s. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/hot.h"

enum { ASKERS = 4, SAMPLES = 10 };

struct asker {
    pthread_t thread;
    struct bd_engine *engine;
    atomic_bool *stop;
    int diagnoses, wrong; /* cells that are not one answer by one build */
};

static int build_of(const struct bd_cell *c)
{
    if (c->status != BD_STATUS_OK || c->attempts != 1 || !c->text)
        return 0;
    return strncmp(c->text, "v1: ", 4) == 0   ? 1
           : strncmp(c->text, "v2: ", 4) == 0 ? 2
                                              : 0;
}

static void *ask_on_and_on(void *arg)
{
    struct asker *a = arg;

    bd_thread_is(BD_RUNNER, "asker");
    while (!atomic_load(a->stop)) {
        struct bd_diagnosis *d = ask_hot(a->engine, SAMPLES);
        const struct bd_record *rec = finish(d);
        int build = build_of(&rec->cells[0]);

        for (size_t i = 0; i < rec->cell_count; i++)
            a->wrong +=
                build_of(&rec->cells[i]) == 0 || build_of(&rec->cells[i]) != build;
        bd_diagnosis_free(d);
        a->diagnoses++;
    }
    return NULL;
}

static int64_t how_long_ms(void)
{
    if (getenv("BD_LONG"))
        return 60000;
    return sanitized() ? 15000 : 5000;
}

/* Other threads look meanwhile, as an operator's do. */
static void look(struct bd_engine *e)
{
    json_decref(bd_engine_providers(e));
    json_decref(bd_engine_storage(e));
}

static void *look_on_and_on(void *arg)
{
    struct asker *a = arg;

    bd_thread_is(BD_API, "looker");
    while (!atomic_load(a->stop)) {
        look(a->engine);
        assert_in_range(edition(a->engine).alive, 1, BD_EDITIONS_MAX);
        poll(NULL, 0, 10);
    }
    return NULL;
}

static void use(int storage)
{
    char more[300];

    snprintf(more, sizeof(more),
             "concurrency = 100\nrequests_per_minute = 0\nramp = 0s\n[storage]\n"
             "plugin = store_sqlite\n[storage:store_sqlite]\npath = %s\n",
             in_folder(storage ? "b.db" : "a.db"));
    configure(more);
}

/* Builds alternate; now and then the storage does. A sanitizer keeps every build that was
 * loaded, so they are few there. */
static int reload_for(struct bd_engine *e, int64_t ms, int *refused)
{
    int64_t until_ms = bd_clock_ms() + ms;
    int done = 0;

    for (int i = 0; bd_clock_ms() < until_ms; i++) {
        hot_version(2 - i % 2);
        use(i / 25 % 2);
        while (reload(e) < 0) {
            assert_int_equal(fault.type, BD_ERR_OVERLOADED);
            ++*refused;
            poll(NULL, 0, 5);
        }
        done++;
        (void)bd_engine_reap(e);
        poll(NULL, 0, sanitized() ? 100 : 5);
    }
    return done;
}

static void reloads_under_load_lose_and_double_nothing(void **state)
{
    struct asker askers[ASKERS + 1] = {0};
    atomic_bool stop = false;
    struct bd_engine *e;
    int diagnoses = 0, wrong = 0, refused = 0, done;

    (void)state;
    start_simulator("{\"defaults\": {\"latency\": {\"total_ms\": 50},"
                    " \"answer\": {\"text\": \"1. 华为\"}}}");
    use(0);
    e = hot_engine();
    for (int i = 0; i <= ASKERS; i++) {
        askers[i].engine = e;
        askers[i].stop = &stop;
        assert_int_equal(pthread_create(&askers[i].thread, NULL,
                                        i < ASKERS ? ask_on_and_on : look_on_and_on,
                                        &askers[i]),
                         0);
    }
    done = reload_for(e, how_long_ms(), &refused);
    atomic_store(&stop, true);
    for (int i = 0; i <= ASKERS; i++) {
        pthread_join(askers[i].thread, NULL);
        diagnoses += askers[i].diagnoses;
        wrong += askers[i].wrong;
    }
    printf("%d reloads, %d refused for a moment; %d tasks\n", done, refused,
           diagnoses * SAMPLES);
    assert_true(done >= 20 && diagnoses >= 20);
    assert_int_equal(wrong, 0);
    reaped_to(e, 1);
    assert_int_equal(edition(e).stuck, 0);
    bd_engine_stop(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        HOT(reloads_under_load_lose_and_double_nothing),
    };

    return cmocka_run_group_tests(tests, make_house, remove_folder);
}
