/* hot.h - a house whose engine reads an INI file and a plugin directory of its own, so
 * that both can change under it. Includes come after those of cmocka. */
#ifndef BD_TESTS_HOT_H
#define BD_TESTS_HOT_H

#include <poll.h>
#include <pthread.h>
#include <stdbool.h>

#include "engine/house.h"
#include "engine/parts.h"
#include "engine/reload.h"
#include "runtime/folder.h"
#include "runtime/sanitized.h"

static struct bd_reload told; /* of the last reload or rollback */
static struct bd_error fault;

/* As install(1) does: another file under the name, in one step. */
static inline void place(const char *built, const char *as)
{
    char from[512], to[64];
    size_t n;
    char *bytes;

    snprintf(from, sizeof(from), BD_BUILD_DIR "/%s.so", built);
    snprintf(to, sizeof(to), "plugins/%s.so", as);
    bytes = read_bytes(from, &n);
    write_bytes("plugins/new", bytes, n);
    free(bytes);
    assert_int_equal(chmod(in_folder("plugins/new"), 0755), 0);
    assert_int_equal(rename(in_folder("plugins/new"), in_folder(to)), 0);
}

static inline void hot_version(int n)
{
    place(n == 1 ? "tests/plugins/hot1" : "tests/plugins/hot2", "hot");
}

static inline int make_house(void **state)
{
    bd_thread_is(BD_MAIN, "test");
    setenv("BD_TEST_KEY", "sim-key", 1);
    if (make_folder(state) != 0 || mkdir(in_folder("plugins"), 0755) != 0)
        return -1;
    place("plugins/qwen", "qwen");
    place("plugins/store_memory", "store_memory");
    place("plugins/store_sqlite", "store_sqlite");
    place("plugins/store_jsonl", "store_jsonl");
    return 0;
}

static inline int begin_hot(void **state)
{
    hot_version(1);
    bd_reload_init(&told);
    return begin(state);
}

static inline int end_hot(void **state)
{
    bd_reload_free(&told);
    return stop_simulator(state);
}

#define HOT(fn) cmocka_unit_test_setup_teardown(fn, begin_hot, end_hot)

static const char hot_section[] = "[provider:hot]\nmodel = m\n";

/* The INI: the provider hot at the simulator, and what else is said, which may begin with
 * more keys of hot. */
static inline void configure(const char *more)
{
    char text[4000];

    snprintf(text, sizeof(text),
             "[engine]\nplugin_dir = %s\nworkers = 2\nnet_threads = 1\n%sbase_url = "
             "%s/openai/v1\nallow_private = yes\n"
             "api_key_env = BD_TEST_KEY\nstream = no\n%s\n",
             in_folder("plugins"), hot_section, url, more);
    write_text("brandiag.ini", text);
}

static inline struct bd_engine *hot_engine(void)
{
    static char path[512]; /* lent until stop */
    const struct bd_engine_plan plan = {
        .ini_path = path, .sets = set_list, .set_count = set_count};
    struct bd_engine *e = NULL;
    struct bd_buf problems;
    struct bd_error err;

    snprintf(path, sizeof(path), "%s", in_folder("brandiag.ini"));
    bd_buf_init(&problems, 1 << 16);
    if (bd_engine_start(&e, &plan, &problems, &err) < 0)
        fail_msg("%s %s", err.message, problems.data);
    bd_buf_free(&problems);
    return e;
}

static inline int reload(struct bd_engine *e)
{
    bd_reload_free(&told);
    bd_reload_init(&told);
    fault = (struct bd_error){0};
    return bd_engine_reload(e, &told, &fault);
}

static inline void must_reload(struct bd_engine *e)
{
    if (reload(e) < 0)
        fail_msg("%s\n%s", fault.message, told.problems.data);
}

static inline struct bd_edition_view edition(struct bd_engine *e)
{
    struct bd_edition_view v;

    bd_engine_edition(e, &v);
    return v;
}

static inline struct bd_lane_view lane(struct bd_engine *e, const char *provider)
{
    struct bd_lane_view v;

    assert_true(bd_scheduler_look(e->scheduler, provider, bd_clock_ms(), &v));
    return v;
}

/* `samples` neutral tasks. */
static inline struct bd_diagnosis *ask_model(struct bd_engine *e, const char *model,
                                             int samples)
{
    struct bd_diagnosis *d;
    struct bd_inquiry q;
    struct bd_error err;

    bd_inquiry_init(&q);
    assert_int_equal(bd_inquiry_add_brand(&q, "华为", &err), 0);
    assert_int_equal(bd_inquiry_add_question(&q, "哪个好？", &err), 0);
    assert_int_equal(bd_inquiry_add_model(&q, model, &err), 0);
    q.probes = BD_PROBE_NEUTRAL;
    q.samples = samples;
    d = start(e, &q);
    bd_inquiry_free(&q);
    return d;
}

static inline struct bd_diagnosis *ask_hot(struct bd_engine *e, int samples)
{
    return ask_model(e, "hot", samples);
}

/* All its cells are answers of that version; it is freed. */
static inline void answered_by(struct bd_diagnosis *d, int version)
{
    const struct bd_record *rec = finish(d);
    char begins[16];

    snprintf(begins, sizeof(begins), "v%d: ", version);
    for (size_t i = 0; i < rec->cell_count; i++) {
        assert_int_equal(rec->cells[i].status, BD_STATUS_OK);
        assert_memory_equal(rec->cells[i].text, begins, strlen(begins));
    }
    bd_diagnosis_free(d);
}

/* Code of the adapter in our memory, builds of it. */
static inline int builds_mapped(void)
{
    char line[1024];
    FILE *f = fopen("/proc/self/maps", "r");
    int n = 0;

    assert_non_null(f);
    while (fgets(line, sizeof(line), f))
        n += strstr(line, " r-xp ") && strstr(line, "memfd:hot");
    fclose(f);
    return n;
}

/* As the daemon does, until so many editions are alive: at most a second. */
static inline void reaped_to(struct bd_engine *e, int alive)
{
    int64_t until_ms = bd_clock_ms() + 1000;

    do
        (void)bd_engine_reap(e);
    while (edition(e).alive > alive && bd_clock_ms() < until_ms && poll(NULL, 0, 5) == 0);
    assert_int_equal(edition(e).alive, alive);
    if (!sanitized()) /* plugins stay loaded there, on purpose */
        assert_true(builds_mapped() <= alive);
}

#endif
