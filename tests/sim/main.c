/* sim/main.c - brandiag-sim: options, start and stop. */
#define _GNU_SOURCE /* prctl */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <uv.h>

#include "base/json.h"
#include "sim/server.h"

static const char help[] =
    "usage: brandiag-sim [options]\n"
    "Imitates the AI providers on one loopback port, for tests and demonstrations.\n"
    "\n"
    "  --listen ADDRESS:PORT  loopback only; port 0 takes a free one (127.0.0.1:0)\n"
    "  --scenario FILE        latency, answers, faults and limits (docs/simulator.md)\n"
    "  --seed N               the same seed gives the same answers (1)\n"
    "  --speed N              simulated time passes N times faster (1)\n"
    "  --key KEY              the API key that is accepted (sim-key)\n"
    "  --port-file FILE       write the port there when ready\n"
    "  --exit-with-parent     end when the process that started this one ends\n"
    "  --quiet                no line per request on stderr\n"
    "  --help                 this text\n"
    "\n"
    "When ready, prints \"listening on http://ADDRESS:PORT\". Base addresses below it:\n"
    "/doubao/api/v3  /qwen/compatible-mode/v1  /deepseek  /zhipu/api/paas/v4  "
    "/openai/v1\n"
    "GET /sim/stats and /sim/log?n= count; POST /sim/reset and /sim/scenario change.\n";

struct options {
    const char *listen, *scenario, *port_file;
    bool exit_with_parent;
};

static int usage(const char *what, const char *value)
{
    fprintf(stderr, "brandiag-sim: %s%s; see brandiag-sim --help\n", what, value);
    return 2;
}

static bool read_seed(struct sim_service *s, const char *text)
{
    char *end;

    errno = 0;
    s->seed = strtoull(text, &end, 10);
    s->seed_is_fixed = true;
    return *text >= '0' && *text <= '9' && !*end && !errno;
}

static bool read_speed(struct sim_service *s, const char *text)
{
    char *end;

    s->speed = strtod(text, &end);
    s->speed_is_fixed = true;
    return *text >= '0' && *text <= '9' && !*end && s->speed >= 0.1 && s->speed <= 1e6;
}

/* -1: go on; else the exit status. */
static int read_options(struct options *o, struct sim_service *s, int argc, char **argv)
{
    static const struct option known[] = {{"listen", 1, NULL, 'l'},
                                          {"scenario", 1, NULL, 's'},
                                          {"seed", 1, NULL, 'n'},
                                          {"speed", 1, NULL, 'f'},
                                          {"key", 1, NULL, 'k'},
                                          {"port-file", 1, NULL, 'p'},
                                          {"exit-with-parent", 0, NULL, 'x'},
                                          {"quiet", 0, NULL, 'q'},
                                          {"help", 0, NULL, 'h'},
                                          {0}};
    int c;

    while ((c = getopt_long(argc, argv, "", known, NULL)) != -1)
        switch (c) {
        case 'l':
            o->listen = optarg;
            break;
        case 's':
            o->scenario = optarg;
            break;
        case 'n':
            if (!read_seed(s, optarg))
                return usage("--seed must be a whole number from 0 up, not ", optarg);
            break;
        case 'f':
            if (!read_speed(s, optarg))
                return usage("--speed must be a number from 0.1 to 1000000, not ",
                             optarg);
            break;
        case 'k':
            if (strlen(optarg) >= sizeof(s->key))
                return usage("--key is longer than 127 bytes", "");
            snprintf(s->key, sizeof(s->key), "%s", optarg);
            break;
        case 'p':
            o->port_file = optarg;
            break;
        case 'x':
            o->exit_with_parent = true;
            break;
        case 'q':
            s->quiet = true;
            break;
        case 'h':
            fputs(help, stdout);
            return 0;
        default:
            return usage("unknown option", "");
        }
    return optind < argc ? usage("unexpected argument ", argv[optind]) : -1;
}

/* "127.0.0.1:0", "[::1]:8080", "localhost:0". Anything beyond loopback is refused. */
static int read_address(struct sockaddr_storage *a, const char *text)
{
    const char *colon = strrchr(text, ':');
    char host[64], *end;
    unsigned long port = colon ? strtoul(colon + 1, &end, 10) : 0;

    if (!colon || colon[1] < '0' || colon[1] > '9' || *end || port > 65535)
        return -1;
    snprintf(host, sizeof(host), "%.*s", (int)(colon - text), text);
    if (strcmp(host, "[::1]") == 0)
        return uv_ip6_addr("::1", (int)port, (struct sockaddr_in6 *)a);
    if (strcmp(host, "localhost") == 0)
        snprintf(host, sizeof(host), "127.0.0.1");
    if (strncmp(host, "127.", 4) != 0)
        return -1;
    return uv_ip4_addr(host, (int)port, (struct sockaddr_in *)a);
}

/* Ten thousand calls are ten thousand descriptors. */
static void raise_limits(void)
{
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files); /* fewer calls then */
    }
    (void)signal(SIGPIPE, SIG_IGN);
}

static void follow_parent(void)
{
    pid_t parent = getppid();

    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) /* it died before that */
        _exit(0);
}

static int open_service(struct sim_service *s, const char *file, struct bd_error *err)
{
    json_error_t why;
    json_t *root = NULL;
    int failed;

    if (file) {
        root = json_load_file(file, JSON_REJECT_DUPLICATES, &why);
        if (!root)
            return bd_fail(err, BD_ERR_CONFIG, 0, "sim", "%s:%d: %s", file, why.line,
                           why.text);
    }
    failed = sim_service_open(s, root, err);
    json_decref(root);
    return failed;
}

/* Written aside and renamed, so that a reader sees a whole number or no file. */
static int write_port(const char *file, int port)
{
    char aside[4096];
    FILE *f;
    bool written;

    if (snprintf(aside, sizeof(aside), "%s.new", file) >= (int)sizeof(aside))
        return -1;
    f = fopen(aside, "we");
    if (!f)
        return -1;
    written = fprintf(f, "%d\n", port) > 0;
    if (fclose(f) != 0 || !written)
        return -1;
    return rename(aside, file);
}

static int announce(const struct options *o, const struct sim_server *server)
{
    const char *colon = strrchr(o->listen, ':');
    int port = sim_server_port(server);

    if (o->port_file && write_port(o->port_file, port) < 0) {
        fprintf(stderr, "brandiag-sim: cannot write the port to %s\n", o->port_file);
        return -1;
    }
    printf("listening on http://%.*s:%d\n", (int)(colon - o->listen), o->listen, port);
    return fflush(stdout);
}

static void on_signal(uv_signal_t *s, int number)
{
    (void)number;
    uv_stop(s->loop);
}

static void close_signal(uv_signal_t *s)
{
    (void)uv_signal_stop(s);
    uv_close((uv_handle_t *)s, NULL);
}

static int serve(const struct options *o, struct sim_service *service,
                 const struct sockaddr *address, struct bd_error *err)
{
    uv_loop_t loop;
    uv_signal_t term, interrupt;
    struct sim_server *server = NULL;
    int failed;

    if (uv_loop_init(&loop) < 0)
        return bd_fail(err, BD_ERR_INTERNAL, 0, "sim", "no event loop");
    (void)uv_signal_init(&loop, &term);
    (void)uv_signal_init(&loop, &interrupt);
    (void)uv_signal_start(&term, on_signal, SIGTERM);
    (void)uv_signal_start(&interrupt, on_signal, SIGINT);
    failed = sim_server_open(&server, &loop, address, service, err);
    if (!failed && announce(o, server) < 0)
        failed = bd_fail(err, BD_ERR_CONFIG, 0, "sim", "cannot say which port it is");
    if (!failed)
        (void)uv_run(&loop, UV_RUN_DEFAULT);
    close_signal(&term);
    close_signal(&interrupt);
    sim_server_close(server);
    (void)uv_run(&loop, UV_RUN_DEFAULT); /* until everything is closed */
    (void)uv_loop_close(&loop);
    sim_server_free(server);
    return failed;
}

int main(int argc, char **argv)
{
    struct options o = {.listen = "127.0.0.1:0"};
    struct sim_service service = {.seed = 1, .key = "sim-key"};
    struct sockaddr_storage address = {0};
    struct bd_error err = {0};
    int status = read_options(&o, &service, argc, argv);

    if (status >= 0)
        return status;
    if (read_address(&address, o.listen) < 0)
        return usage(
            "--listen takes a loopback address and a port such as 127.0.0.1:0, not ",
            o.listen);
    if (o.exit_with_parent)
        follow_parent();
    raise_limits();
    if (open_service(&service, o.scenario, &err) < 0 ||
        serve(&o, &service, (struct sockaddr *)&address, &err) < 0) {
        fprintf(stderr, "brandiag-sim: %s\n", err.message);
        status = err.type == BD_ERR_CONFIG ? 2 : 1;
    } else {
        status = 0;
    }
    sim_service_close(&service);
    return status;
}
