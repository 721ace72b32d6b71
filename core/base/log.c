/* base/log.c - formatting and writing log lines. */
#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"

#define LINE_LIMIT ((size_t)4096)

/* Set anew by a reload while other threads log; each alone may be a moment late. */
static atomic_int least = BD_LOG_INFO;
static atomic_int as_json;
static const char *const names[] = {"debug", "info", "warning", "error"};

void bd_log_setup(int level, int json)
{
    least = level;
    as_json = json;
}

int bd_log_enabled(int level)
{
    return level >= least && level < BD_LOG_OFF;
}

struct line {
    int level;
    const char *source, *diagnosis, *task; /* the last two may be NULL */
    struct bd_buf message;
};

static void write_text(struct bd_buf *out, const struct line *l)
{
    char when[32];

    bd_clock_iso(bd_clock_wall_ms(), when, sizeof(when));
    bd_buf_addf(out, "%s %-7s %s: ", when, names[l->level], l->source);
    if (l->diagnosis)
        bd_buf_addf(out, "%s%s%s: ", l->diagnosis, l->task ? " " : "",
                    l->task ? l->task : "");
    bd_text_clean(out, l->message.data, l->message.n, true);
    for (size_t i = 0; i < out->n; i++)
        if (out->data[i] == '\n')
            out->data[i] = ' ';
}

static void write_json(struct bd_buf *out, const struct line *l)
{
    char when[32];
    json_t *o;

    bd_clock_iso(bd_clock_wall_ms(), when, sizeof(when));
    o = json_pack("{s:s, s:s, s:s, s:s*, s:s*, s:o}", "time", when, "level",
                  names[l->level], "source", l->source, "diagnosis", l->diagnosis, "task",
                  l->task, "message", bd_json_string(l->message.data, l->message.n));
    if (o)
        bd_json_write(out, o, false);
    json_decref(o);
}

static void write_line(struct line *l, const char *fmt, va_list ap)
{
    struct bd_buf out;

    bd_buf_init(&out, 8 * LINE_LIMIT); /* JSON makes up to six bytes of one */
    bd_buf_init(&l->message, LINE_LIMIT);
    if (bd_buf_vaddf(&l->message, fmt, ap) < 0)
        bd_buf_add(&l->message, "(a message too long for the log)");
    (as_json ? write_json : write_text)(&out, l);
    bd_buf_append(&out, "\n", 1);
    if (write(STDERR_FILENO, out.data, out.n) < 0) {
        /* nobody is listening: there is no other place to say so */
    }
    bd_buf_free(&out);
    bd_buf_free(&l->message);
}

void bd_log(int level, const char *source, const char *fmt, ...)
{
    struct line l = {.level = level, .source = source};
    va_list ap;

    if (!bd_log_enabled(level))
        return;
    va_start(ap, fmt);
    write_line(&l, fmt, ap);
    va_end(ap);
}

void bd_log_about(int level, const char *source, const char *diagnosis, const char *task,
                  const char *fmt, ...)
{
    struct line l = {
        .level = level, .source = source, .diagnosis = diagnosis, .task = task};
    va_list ap;

    if (!bd_log_enabled(level))
        return;
    va_start(ap, fmt);
    write_line(&l, fmt, ap);
    va_end(ap);
}
