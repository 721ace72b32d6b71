/* odd.c - a small provider, right as it is and wrong in one way by each -DODD_...;
 * for the tests of loading and of generations. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bd/provider.h"

#ifndef ODD_MAGIC
#define ODD_MAGIC BD_PLUGIN_MAGIC
#endif
#ifndef ODD_MINOR
#define ODD_MINOR BD_ABI_MINOR
#endif
#ifndef ODD_SIZE
#define ODD_SIZE sizeof(struct bd_provider)
#endif
#ifndef ODD_KIND
#define ODD_KIND BD_PROVIDER
#endif
#ifndef ODD_VERSION
#define ODD_VERSION "1"
#endif
#ifndef ODD_WAIT
#define ODD_WAIT 10000
#endif
#ifndef ODD_EVENT
#define ODD_EVENT take_event
#endif
#ifndef ODD_CAN
#define ODD_CAN BD_CAN_STREAM
#endif
#ifndef ODD_FAIL_OPEN
#define ODD_FAIL_OPEN "no"
#endif
#ifndef ODD_REPLY
#define ODD_REPLY 0 /* what reply() and event() return */
#endif
#ifndef ODD_OPTION
#define ODD_OPTION                                       \
    {                                                    \
        "region", BD_OPTION_TEXT, 0, "bj", "where", 0, 0 \
    }
#endif
#ifndef ODD_OPTION_SIZE
#define ODD_OPTION_SIZE sizeof(struct bd_option)
#endif

#ifdef ODD_STATIC_TLS
static _Thread_local int calls;
#endif
#ifdef ODD_UNIQUE /* what g++ makes of a static in a template */
__asm__(".data\n.globl odd_unique\n.type odd_unique, %gnu_unique_object\n"
        ".size odd_unique, 4\nodd_unique: .long 0\n.text");
#endif
#ifdef ODD_UNDEFINED
int nobody_has_this(void);
#endif
#ifdef ODD_CONSTRUCTOR
__attribute__((constructor)) static void at_load(void)
{
    abort(); /* must be refused before any of its code runs */
}
#endif

#ifdef ODD_AT_LOAD
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

static __attribute__((unused)) void at_thread_end(void *p)
{
    *(volatile char *)p = 1; /* whose code and data are gone by then */
}

/* As a library does that keeps something for each thread. */
static __attribute__((unused)) void keep_for_thread(void)
{
    static char kept;
    pthread_key_t key;

    if (pthread_key_create(&key, at_thread_end) == 0)
        pthread_setspecific(key, &kept);
}

/* As C++ does for a thread_local with a destructor. */
int __cxa_thread_atexit_impl(void (*f)(void *), void *p, void *dso);
extern void *__dso_handle __attribute__((visibility("hidden")));
static __attribute__((unused)) void keep_variable(void)
{
    static char kept;

    __cxa_thread_atexit_impl(at_thread_end, &kept, &__dso_handle);
}

static __attribute__((unused)) void hang(void)
{
    for (;;)
        pause();
}

static __attribute__((unused)) void leave_a_child(void)
{
    if (fork() == 0)
        hang();
}

static __attribute__((unused)) void crash(void)
{
    raise(SIGSEGV);
}

static __attribute__((unused)) void quit(void)
{
    _exit(0);
}

static __attribute__((unused)) void shout(void)
{
    for (;;)
        fputs("and another thing ", stderr);
}

__attribute__((constructor)) static void at_load(void)
{
    ODD_AT_LOAD();
}
#endif

/* What an instance did is told in the file that option "trace" names, so that a test
 * sees the order of open() and close() of several. */
struct instance {
    const struct bd_host *host;
    char trace[256], greeting[64];
};

static void tell(const struct instance *in, const char *what)
{
    FILE *f = in->trace[0] ? fopen(in->trace, "a") : NULL;

    if (!f)
        return;
    fprintf(f, "%s %s\n", what, in->greeting);
    fclose(f);
}

static int odd_open(const struct bd_host *host, void **self, struct bd_error *err)
{
    const char *trace = host->text(host->ctx, "trace");
    struct instance *in;

    if (host->number(host->ctx, "fail_open"))
        return host->fail(host->ctx, err, BD_ERR_CONFIG, 7, "told to fail after %d ms",
                          (int)host->number(host->ctx, "patience"));
    if (host->text(host->ctx, "pin") || host->text(host->ctx, "no_such_option"))
        return host->fail(host->ctx, err, BD_ERR_INTERNAL, 0, "was shown a secret");
    in = calloc(1, sizeof(*in));
    if (!in)
        return host->fail(host->ctx, err, BD_ERR_INTERNAL, 0, "out of memory");
    in->host = host;
    snprintf(in->trace, sizeof(in->trace), "%s", trace ? trace : "");
    snprintf(in->greeting, sizeof(in->greeting), "%s", host->text(host->ctx, "greeting"));
    tell(in, "open");
    *self = in;
    return 0;
}

static void odd_close(void *self)
{
    if (self)
        tell(self, "close");
    free(self);
}

/* Takes everything for an answer, with -DODD_GULLIBLE. */
static __attribute__((unused)) int answer(const struct instance *in,
                                          struct bd_answer *out)
{
#ifdef ODD_GULLIBLE
    out->finish = BD_FINISH_STOP;
    out->done = 1;
    if (in->host->append(in->host->ctx, out->text, "hello", 5) < 0)
        return -1;
#else
    (void)in;
    (void)out;
#endif
    return ODD_REPLY;
}

/* A right URL and the body ODD_ADDRESS, which may be empty. */
#ifdef ODD_ADDRESS
static int put_address(const struct instance *in, struct bd_request *out)
{
    const char *base = in->host->text(in->host->ctx, "base_url");

    if (in->host->append(in->host->ctx, out->url, base, strlen(base)) < 0)
        return -1;
    return in->host->append(in->host->ctx, out->body, ODD_ADDRESS, strlen(ODD_ADDRESS));
}
#endif

static int build(void *self, const struct bd_ask *ask, struct bd_request *out,
                 struct bd_error *err)
{
    (void)self;
    (void)ask;
    (void)err;
#ifdef ODD_UNDEFINED
    return nobody_has_this();
#endif
#ifdef ODD_STATIC_TLS
    calls++;
#endif
    out->auth = BD_AUTH_NONE;
#ifdef ODD_ADDRESS
    return put_address(self, out);
#endif
    return ODD_VERSION[0] - '0'; /* how a test knows which build it called */
}

static int reply(void *self, const struct bd_reply *r, struct bd_answer *out,
                 struct bd_error *err)
{
    (void)r;
    (void)err;
    return answer(self, out);
}

static __attribute__((unused)) int take_event(void *self, const struct bd_event *e,
                                              struct bd_answer *out, struct bd_error *err)
{
    (void)e;
    (void)err;
    return answer(self, out);
}

static void error(void *self, const struct bd_reply *r, struct bd_error *err)
{
    (void)self;
    err->code = r->status;
}

static const struct bd_option options[] = {
    {"greeting", BD_OPTION_TEXT, 0, "hello", "what it says", 0, 0},
    {"patience", BD_OPTION_DURATION, 0, "2s", "how long it waits", 0, 60000},
    {"trace", BD_OPTION_PATH, 0, NULL, "file to tell its doings", 0, 0},
    {"fail_open", BD_OPTION_BOOL, 0, ODD_FAIL_OPEN, "fails in open()", 0, 0},
    {"pin", BD_OPTION_TEXT, BD_OPTION_SECRET, NULL, "a secret", 0, 0},
    ODD_OPTION,
};

static const struct bd_provider odd = {
    .base = {ODD_MAGIC, ODD_MINOR, ODD_SIZE, ODD_KIND, ODD_NAME, ODD_VERSION, options,
             sizeof(options) / sizeof(options[0]), ODD_OPTION_SIZE},
    .timeouts = {ODD_WAIT, 20000, 45000},
    .capabilities = ODD_CAN,
    .open = odd_open,
    .close = odd_close,
    .build = build,
    .reply = reply,
    .event = ODD_EVENT,
    .error = error,
};

#ifdef ODD_ENTRY
BD_EXPORT const struct bd_plugin *ODD_ENTRY(void);
const struct bd_plugin *ODD_ENTRY(void)
#else
const struct bd_plugin *BD_PLUGIN_ENTRY(void)
#endif
{
    return &odd.base;
}
