/* engine/conformance.c - `plugins check FILE.so`: a plugin against the ABI's contract;
 * and the same as a trial before it is loaded. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/thread.h"
#include "engine/inspect.h"
#include "engine/settings.h"
#include "runtime/host.h"
#include "runtime/module.h"
#include "runtime/reading.h"
#include "runtime/trial.h"

#define SOURCE        "module"
#define TRIAL_SECONDS 10

struct trial {
    struct bd_buf *report;
    const struct bd_provider *plugin;
    const struct bd_values *values;
    void *self;
    int faults;
};

static void told(struct trial *t, bool good, const char *what, const char *why)
{
    bd_buf_addf(t->report, "%s %s%s%s\n", good ? "ok    " : "FAULT ", what,
                why[0] ? ": " : "", why);
    t->faults += !good;
}

struct bad_reply {
    const char *what, *type, *body;
    int status;
};

/* An error that the core had to make, because the plugin's own result was none, is the
 * plugin's fault. */
static void try_bad_reply(struct trial *t, const struct bad_reply *bad)
{
    struct bd_reading r;
    struct bd_error err = {0};
    int rc;

    bd_reading_init(&r, t->plugin, t->self, NULL);
    bd_reading_head(&r, bad->status, bad->type);
    (void)bd_reading_feed(&r, bad->body, strlen(bad->body));
    rc = bd_reading_finish(&r, NULL, &err);
    if (rc == 0)
        told(t, false, bad->what, "it was taken for an answer");
    else if (err.type == BD_ERR_PLUGIN)
        told(t, false, bad->what, err.message);
    else
        told(t, err.type != BD_ERR_NONE, bad->what, bd_error_name(err.type));
    bd_reading_free(&r);
}

/* Replies that no adapter may take for an answer: each must end in an error with a
 * type, whether it comes as a body or, if the plugin can read one, as a stream. */
static void try_bad_replies(struct trial *t)
{
    static const struct bad_reply cases[] = {
        {"an empty body is an error", "application/json", "", 200},
        {"HTML is an error", "text/html", "<html><body>502</body></html>", 200},
        {"JSON of another kind is an error", "application/json", "[1,2,{\"a\":null}]",
         200},
        {"half a JSON is an error", "application/json", "{\"choices\":[{\"mess", 200},
        {"a stream without events is an error", "text/event-stream", ": hello\n\n", 200},
        {"a stream of garbage is an error", "text/event-stream", "data: \xff\xfe{{{\n\n",
         200},
        {"status 500 is an error", "application/json", "{}", 500},
        {"status 429 without a body is an error", "", "", 429},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (t->plugin->capabilities & BD_CAN_STREAM ||
            strcmp(cases[i].type, "text/event-stream") != 0)
            try_bad_reply(t, &cases[i]);
}

static void try_build(struct trial *t, int stream, int search)
{
    const struct bd_ask ask = {.struct_size = sizeof(ask),
                               .stream = stream,
                               .search = search,
                               .max_tokens = 64,
                               .model = "test-model",
                               .prompt = "\"20万\" \\ 左右\n推荐"};
    struct bd_buf url, headers, body;
    struct bd_request request = {
        .struct_size = sizeof(request), .url = &url, .headers = &headers, .body = &body};
    struct bd_error err = {0};
    int rc;

    bd_buf_init(&url, 1 << 14);
    bd_buf_init(&headers, 1 << 14);
    bd_buf_init(&body, 1 << 20);
    rc = bd_provider_build(t->plugin, t->self, bd_values_text(t->values, "base_url"),
                           &ask, &request, &err);
    told(t, rc == 0,
         search   ? "builds a request with web search"
         : stream ? "builds a request for a stream"
                  : "builds a request",
         rc < 0 ? err.message : "");
    if (rc == 0)
        told(t, body.n > 0, "the request has a body", "");
    bd_buf_free(&url);
    bd_buf_free(&headers);
    bd_buf_free(&body);
}

static void try_open(struct trial *t, const struct bd_host *host)
{
    struct bd_error err = {0};

    if (t->plugin->open(host, &t->self, &err) < 0) {
        told(t, false, "opens with default options", err.message);
        return;
    }
    told(t, true, "opens with default options", "");
    try_build(t, 0, 0);
    if (t->plugin->capabilities & BD_CAN_STREAM)
        try_build(t, 1, 0);
    if (t->plugin->capabilities & BD_CAN_SEARCH)
        try_build(t, 0, 1);
    try_bad_replies(t);
    t->plugin->close(t->self);
    t->plugin->close(NULL);
    told(t, true, "closes, and closing nothing does no harm", "");
}

static void try_provider(struct trial *t)
{
    const struct bd_plugin *p = &t->plugin->base;
    const struct bd_option_table tables[] = {
        bd_settings_provider_options(), {p->options, p->option_count, p->option_size}};
    static const char *const sets[] = {
        "provider:trial.model=test-model",
        "provider:trial.base_url=https://provider.test/v1"};
    struct bd_values *values = NULL;
    struct bd_ini *ini = NULL;
    struct bd_problems problems;
    struct bd__host host;
    struct bd_error err;

    bd_problems_init(&problems);
    if (bd_ini_read(&ini, NULL, sets, 2, &problems, &err) < 0 ||
        bd_values_check(&values, ini, "provider:trial", tables, 2, &problems) < 0) {
        told(t, false, "can be configured with model and base_url alone",
             problems.lines.data);
    } else {
        bd__host_init(&host, p->name, values);
        t->values = values;
        try_open(t, &host.table);
    }
    bd_values_free(values);
    bd_ini_free(ini);
    bd_problems_free(&problems);
}

static void try_kind(struct trial *t, const struct bd_plugin *p)
{
    if (p->kind != BD_PROVIDER)
        return;
    t->plugin = (const struct bd_provider *)(const void *)p;
    try_provider(t);
}

int bd_inspect_conformance(const char *file, struct bd_buf *report)
{
    struct trial t = {.report = report};
    struct bd_module *m = NULL;
    struct bd_error err;
    const struct bd_plugin *p;

    if (bd_module_load(&m, file, &err) < 0) {
        bd_buf_addf(report, "FAULT  %s does not load: %s\n", file, err.message);
        return 1;
    }
    told(&t, true, "loads: file, ELF, ABI, descriptor, options and methods are right",
         "");
    p = bd_module_plugin(m);
    try_kind(&t, p);
    if (p->kind != BD_PROVIDER)
        bd_buf_add(report,
                   "-      a storage is tried by using it: set [storage] plugin and "
                   "run `brandiag check --online`\n");
    bd_module_free(m);
    bd_buf_addf(report, "%d fault%s\n", t.faults, t.faults == 1 ? "" : "s");
    return t.faults;
}

struct child {
    const char *name;
    int fd, rc;
    struct bd_error *err;
};

static int try_loaded(const struct child *c)
{
    struct bd_module *m = NULL;
    struct trial t;
    struct bd_buf nobody_reads;

    if (bd_module_try(&m, c->name, c->fd, c->err) < 0)
        return -1;
    bd_buf_init(&nobody_reads, 1 << 20);
    t = (struct trial){.report = &nobody_reads};
    try_kind(&t, bd_module_plugin(m));
    bd_buf_free(&nobody_reads);
    bd_module_free(m);
    if (bd_module_stuck() == 0)
        return 0;
    return bd_fail(c->err, BD_ERR_PLUGIN, 0, SOURCE,
                   "could never be unloaded: it leaves something behind that is called "
                   "later, like the destructor of a thread's variable");
}

static void *try_on_thread(void *arg)
{
    struct child *c = arg;

    bd_thread_is(BD_MAIN, "bd-trial"); /* there is no other at work */
    c->rc = try_loaded(c);
    return NULL;
}

/* On a thread that then ends: what a plugin has left for the end of a thread (a
 * destructor of pthread_key_create) is called when its code is gone, and crashes here. */
int bd_inspect_trial(const char *name, int fd, struct bd_buf *verdict)
{
    const struct rlimit none = {0, 0};
    struct bd_error err;
    struct child c = {.name = name, .fd = fd, .rc = -1, .err = &err};
    pthread_t thread;
    int rc;

    (void)setrlimit(RLIMIT_CORE, &none); /* crashes are expected, dumps are not wanted */
    (void)alarm(TRIAL_SECONDS);
    rc = pthread_create(&thread, NULL, try_on_thread, &c);
    if (rc == 0)
        pthread_join(thread, NULL);
    else
        bd_fail(&err, BD_ERR_INTERNAL, rc, SOURCE, "cannot start a thread");
    (void)bd_buf_addf(verdict, "%s\n", c.rc == 0 ? BD__TRIAL_GOOD : err.message);
    return c.rc;
}
