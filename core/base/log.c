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

struct entry {
    int level;
    const char *source;
    struct bd_log_about about;
    struct bd_buf message;
};

static void write_text(struct bd_buf *line, const struct entry *e)
{
    const struct bd_buf *message = &e->message;
    char when[32];

    bd_clock_iso(bd_clock_wall_ms(), when, sizeof(when));
    bd_buf_addf(line, "%s %-7s %s: ", when, names[e->level], e->source);
    if (e->about.diagnosis)
        bd_buf_addf(line, "[%s%s%s] ", e->about.diagnosis, e->about.task ? " " : "",
                    e->about.task ? e->about.task : "");
    bd_text_clean(line, message->data, message->n, true);
    for (size_t i = 0; i < line->n; i++)
        if (line->data[i] == '\n')
            line->data[i] = ' ';
}

static void write_json(struct bd_buf *line, const struct entry *e)
{
    const struct bd_log_about *about = &e->about;
    char when[32];
    json_t *o;

    bd_clock_iso(bd_clock_wall_ms(), when, sizeof(when));
    o = json_pack("{s:s, s:s, s:s}", "time", when, "level", names[e->level], "source",
                  e->source);
    if (o && about->diagnosis)
        json_object_set_new(o, "diagnosis", json_string(about->diagnosis));
    if (o && about->task)
        json_object_set_new(o, "task", json_string(about->task));
    if (o) {
        json_object_set_new(o, "message", bd_json_string(e->message.data, e->message.n));
        bd_json_write(line, o, false);
    }
    json_decref(o);
}

static void write_entry(struct entry *e, const char *fmt, va_list ap) BD_PRINTF(2, 0);
static void write_entry(struct entry *e, const char *fmt, va_list ap)
{
    struct bd_buf line;

    bd_buf_init(&line, 8 * LINE_LIMIT); /* JSON makes up to six bytes of one */
    bd_buf_init(&e->message, LINE_LIMIT);
    if (bd_buf_vaddf(&e->message, fmt, ap) < 0)
        bd_buf_add(&e->message, "(a message too long for the log)");
    (as_json ? write_json : write_text)(&line, e);
    bd_buf_append(&line, "\n", 1);
    if (write(STDERR_FILENO, line.data, line.n) < 0) {
        /* nobody is listening: there is no other place to say so */
    }
    bd_buf_free(&line);
    bd_buf_free(&e->message);
}

void bd_log(int level, const char *source, const char *fmt, ...)
{
    struct entry e = {.level = level, .source = source};
    va_list ap;

    if (!bd_log_enabled(level))
        return;
    va_start(ap, fmt);
    write_entry(&e, fmt, ap);
    va_end(ap);
}

void bd_log_about(int level, const char *source, const struct bd_log_about *about,
                  const char *fmt, ...)
{
    struct entry e = {.level = level, .source = source, .about = *about};
    va_list ap;

    if (!bd_log_enabled(level))
        return;
    va_start(ap, fmt);
    write_entry(&e, fmt, ap);
    va_end(ap);
}
