/* house.h - an engine with a simulator of its own, for tests of what engine/ does as a
 * whole. Includes come after those of cmocka. */
#ifndef BD_TESTS_HOUSE_H
#define BD_TESTS_HOUSE_H

#include <dirent.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/thread.h"
#include "engine/diagnosis.h"

static pid_t sim;
static char url[128], scenario_file[] = "/tmp/brandiag-scenario-XXXXXX";
static char sets[64][256];
static const char *set_list[64];
static size_t set_count;

static inline void set(const char *fmt, ...) BD_PRINTF(1, 2);
static inline void set(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(sets[set_count], sizeof(sets[0]), fmt, ap);
    va_end(ap);
    set_list[set_count] = sets[set_count];
    set_count++;
}

static inline void write_scenario(const char *json)
{
    FILE *f = fopen(scenario_file, "w");

    assert_non_null(f);
    assert_true(fputs(json, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static inline void start_simulator(const char *scenario)
{
    char line[256];
    FILE *out;
    int ends[2];

    write_scenario(scenario);
    assert_int_equal(pipe(ends), 0);
    sim = fork();
    if (sim == 0) {
        dup2(ends[1], STDOUT_FILENO);
        execl(BD_BUILD_DIR "/bin/brandiag-sim", "brandiag-sim", "--listen", "127.0.0.1:0",
              "--scenario", scenario_file, "--quiet", "--exit-with-parent", (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    out = fdopen(ends[0], "r");
    assert_non_null(out);
    assert_non_null(fgets(line, sizeof(line), out));
    assert_int_equal(sscanf(line, "listening on %127s", url), 1);
    fclose(out);
}

static inline int stop_simulator(void **state)
{
    (void)state;
    if (sim > 0) {
        kill(sim, SIGTERM);
        waitpid(sim, NULL, 0);
    }
    sim = 0;
    (void)unlink(scenario_file);
    return 0;
}

static inline int begin(void **state)
{
    (void)state;
    memcpy(scenario_file, "/tmp/brandiag-scenario-XXXXXX", sizeof(scenario_file));
    close(mkstemp(scenario_file));
    set_count = 0;
    set("cache.ttl=0s"); /* the first: see with_cache() */
    return 0;
}

static inline void provider(const char *name, const char *model, const char *path)
{
    set("provider:%s.model=%s", name, model);
    set("provider:%s.base_url=%s%s", name, url, path);
    set("provider:%s.allow_private=yes", name);
    set("provider:%s.api_key_env=BD_TEST_KEY", name);
}

static inline struct bd_engine *engine(void)
{
    const struct bd_engine_plan plan = {
        .sets = set_list, .set_count = set_count, .plugin_dir = BD_BUILD_DIR "/plugins"};
    struct bd_engine *e = NULL;
    struct bd_buf problems;
    struct bd_error err;

    bd_buf_init(&problems, 1 << 16);
    if (bd_engine_start(&e, &plan, &problems, &err) < 0)
        fail_msg("%s %s", err.message, problems.data);
    bd_buf_free(&problems);
    return e;
}

static inline void inquiry(struct bd_inquiry *q, int samples)
{
    struct bd_error err;

    bd_inquiry_init(q);
    assert_int_equal(bd_inquiry_add_brand(q, "华为=Huawei", &err), 0);
    assert_int_equal(bd_inquiry_add_brand(q, "小米", &err), 0);
    assert_int_equal(bd_inquiry_add_brand(q, "特斯拉=Tesla", &err), 0);
    assert_int_equal(bd_inquiry_add_brand(q, "比亚迪=BYD", &err), 0);
    assert_int_equal(bd_inquiry_add_question(q, "20万左右的新能源汽车品牌推荐", &err), 0);
    q->samples = samples;
}

static inline struct bd_diagnosis *start(struct bd_engine *e, const struct bd_inquiry *q)
{
    struct bd_diagnosis *d = NULL;
    struct bd_error err;

    if (bd_diagnosis_start(&d, e, q, NULL, &err) < 0)
        fail_msg("%s: %s", err.context, err.message);
    return d;
}

static inline const struct bd_record *finish(struct bd_diagnosis *d)
{
    const char *const *notes;
    size_t count;

    while (!bd_diagnosis_wait(d, bd_clock_ms() + 1000))
        ;
    return bd_diagnosis_seal(d, &notes, &count);
}

static inline int count(const struct bd_record *rec, enum bd_status status)
{
    int n = 0;

    for (size_t i = 0; i < rec->cell_count; i++)
        n += rec->cells[i].status == status;
    return n;
}

static inline void two_providers(int deadline_ms)
{
    provider("doubao", "doubao-seed-2-0-lite-260428", "/doubao/api/v3");
    provider("qwen", "qwen-plus", "/qwen/compatible-mode/v1");
    set("engine.deadline=%dms", deadline_ms);
}

static inline int entries(const char *path)
{
    DIR *dir = opendir(path);
    int n = 0;

    assert_non_null(dir);
    while (readdir(dir))
        n++;
    closedir(dir);
    return n;
}

static inline size_t heap_used(void)
{
    struct mallinfo2 m = mallinfo2();

    return m.uordblks + m.hblkhd;
}

#define IN_A_HOUSE(fn) cmocka_unit_test_setup_teardown(fn, begin, stop_simulator)

#endif
