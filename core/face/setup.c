/* face/setup.c - see setup.h. */
#include "face/setup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef BD_PLUGIN_DIR
#error "BD_PLUGIN_DIR is the installed place of the plugins"
#endif

int bd_setup_take(struct bd_setup *s, const char *command, const char *name,
                  const char *value)
{
    if (strcmp(name, "config") == 0) {
        s->config = value;
        return 1;
    }
    if (strcmp(name, "set") != 0)
        return 0;
    if (s->set_count == BD_SETUP_SETS) {
        bd_args_usage(command,
                      "more than %d --set options: write a file and use --config",
                      BD_SETUP_SETS);
        return -1;
    }
    s->sets[s->set_count++] = value;
    return 1;
}

const char *bd_setup_beside(const char *name, char *out, size_t size)
{
    char self[2048];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

    if (n <= 0)
        return NULL;
    self[n] = '\0';
    for (int up = 0; up < 2; up++) { /* the program's name, then "bin" */
        char *slash = strrchr(self, '/');

        if (slash)
            *slash = '\0';
    }
    if ((size_t)snprintf(out, size, "%s/%s", self, name) >= size)
        return NULL;
    return out;
}

static const char *plugin_dir(void)
{
    static char beside[2200];

    if (bd_setup_beside("plugins", beside, sizeof(beside)) && access(beside, R_OK) == 0)
        return beside;
    if (bd_setup_beside("lib/brandiag/plugins", beside, sizeof(beside)) &&
        access(beside, R_OK) == 0)
        return beside;
    return BD_PLUGIN_DIR;
}

static bool is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

static const char *find_config(const char *given)
{
    static char home[1024];
    const char *h = getenv("HOME"); /* NOLINT(concurrency-mt-unsafe): before threads */

    if (given)
        return given;
    given = getenv("BRANDIAG_CONFIG"); /* NOLINT(concurrency-mt-unsafe) */
    if (given && *given)
        return given;
    if (is_there("brandiag.ini"))
        return "brandiag.ini";
    if (h &&
        (size_t)snprintf(home, sizeof(home), "%s/.config/brandiag/brandiag.ini", h) <
            sizeof(home) &&
        is_there(home))
        return home;
    return is_there("/etc/brandiag/brandiag.ini") ? "/etc/brandiag/brandiag.ini" : NULL;
}

int bd_setup_plan(const struct bd_setup *s, struct bd_engine_plan *plan)
{
    *plan = (struct bd_engine_plan){
        .ini_path = find_config(s->config),
        .sets = s->sets,
        .set_count = s->set_count,
        .plugin_dir = plugin_dir(),
    };
    if (plan->ini_path && !is_there(plan->ini_path)) {
        fprintf(stderr, "brandiag: the configuration '%s' is not there\n",
                plan->ini_path);
        return -1;
    }
    return 0;
}

void bd_setup_complain(const struct bd_error *err)
{
    char line[1024];

    if (err->type == BD_ERR_CONFIG || err->type == BD_ERR_INVALID_REQUEST)
        snprintf(line, sizeof(line), "%s%s%s", err->context, err->context[0] ? ": " : "",
                 err->message);
    else
        bd_error_print(err, line, sizeof(line));
    fprintf(stderr, "brandiag: %s\n", line);
}

void bd_setup_hint(const struct bd_setup *s)
{
    if (!find_config(s->config))
        fprintf(stderr,
                "brandiag: no configuration file was found; `brandiag run --help` says "
                "where it is looked for\n");
}

static void complain_all(const struct bd_buf *problems, const struct bd_error *err,
                         const struct bd_setup *s)
{
    if (!problems->n) {
        bd_setup_complain(err);
        return;
    }
    fwrite(problems->data, 1, problems->n, stderr);
    fprintf(stderr, "brandiag: %s; nothing was started\n", err->message);
    bd_setup_hint(s);
}

struct bd_engine *bd_setup_engine(const struct bd_setup *s, enum bd_engine_use use)
{
    struct bd_engine_plan plan;

    return bd_setup_plan(s, &plan) < 0 ? NULL : bd_setup_start(&plan, use, s);
}

int bd_setup_stored(const struct bd_setup *s, const char *id,
                    int (*fn)(void *arg, struct bd_engine *e, struct bd_record *rec),
                    void *arg)
{
    struct bd_engine *e = bd_setup_engine(s, BD_ENGINE_LOOKS);
    struct bd_record rec;
    struct bd_error err;
    int rc = 1;

    if (!e)
        return 2;
    if (bd_engine_load(e, id, &rec, &err) < 0) {
        bd_setup_complain(&err);
    } else {
        rc = fn(arg, e, &rec);
        bd_record_free(&rec);
    }
    bd_engine_stop(e);
    return rc;
}

struct bd_engine *bd_setup_start(struct bd_engine_plan *plan, enum bd_engine_use use,
                                 const struct bd_setup *s)
{
    struct bd_engine *e = NULL;
    struct bd_buf problems;
    struct bd_error err;

    plan->use = use;
    bd_buf_init(&problems, 1 << 20);
    if (bd_engine_start(&e, plan, &problems, &err) < 0) {
        complain_all(&problems, &err, s);
        e = NULL;
    }
    bd_buf_free(&problems);
    return e;
}

static int write_all(int fd, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t k = write(fd, p, n);

        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0)
            return -1;
        p += k;
        n -= (size_t)k;
    }
    return 0;
}

static int fail_write(const char *path, const char *temporary)
{
    fprintf(stderr, "brandiag: cannot write '%s': %m\n", path);
    if (temporary)
        (void)unlink(temporary); /* best effort */
    return -1;
}

/* A pipe, a device: there is nothing to replace, and it must not be renamed over. */
static int write_special(const char *path, const char *p, size_t n)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    int rc = fd < 0 ? -1 : write_all(fd, p, n);

    if (fd >= 0 && close(fd) < 0)
        rc = -1;
    return rc < 0 ? fail_write(path, NULL) : 0;
}

int bd_setup_write(const char *path, const char *p, size_t n)
{
    char temporary[4096];
    struct stat st;
    int fd;

    if (!path || strcmp(path, "-") == 0)
        return write_all(STDOUT_FILENO, p, n) < 0 ? fail_write("stdout", NULL) : 0;
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
        return write_special(path, p, n);
    if ((size_t)snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path) >=
        sizeof(temporary)) {
        errno = ENAMETOOLONG;
        return fail_write(path, NULL);
    }
    fd = mkstemp(temporary);
    if (fd < 0)
        return fail_write(path, NULL);
    if (write_all(fd, p, n) < 0 || fchmod(fd, 0644) < 0) {
        close(fd);
        return fail_write(path, temporary);
    }
    if (close(fd) < 0 || rename(temporary, path) < 0)
        return fail_write(path, temporary);
    return 0;
}
