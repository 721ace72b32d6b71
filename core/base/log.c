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

static void write_text(struct bd_buf *line, int level, const char *source,
                       const struct bd_buf *message)
{
    char when[32];

    bd_clock_iso(bd_clock_wall_ms(), when, sizeof(when));
    bd_buf_addf(line, "%s %-7s %s: ", when, names[level], source);
    bd_text_clean(line, message->data, message->n, true);
    for (size_t i = 0; i < line->n; i++)
        if (line->data[i] == '\n')
            line->data[i] = ' ';
}

static void write_json(struct bd_buf *line, int level, const char *source,
                       const struct bd_buf *message)
{
    char when[32];
    json_t *o;

    bd_clock_iso(bd_clock_wall_ms(), when, sizeof(when));
    o = json_pack("{s:s, s:s, s:s, s:o}", "time", when, "level", names[level], "source",
                  source, "message", bd_json_string(message->data, message->n));
    if (o)
        bd_json_write(line, o, false);
    json_decref(o);
}

void bd_log(int level, const char *source, const char *fmt, ...)
{
    struct bd_buf line, message;
    va_list ap;

    if (!bd_log_enabled(level))
        return;
    bd_buf_init(&line, 8 * LINE_LIMIT); /* JSON makes up to six bytes of one */
    bd_buf_init(&message, LINE_LIMIT);
    va_start(ap, fmt);
    if (bd_buf_vaddf(&message, fmt, ap) < 0)
        bd_buf_add(&message, "(a message too long for the log)");
    va_end(ap);
    (as_json ? write_json : write_text)(&line, level, source, &message);
    bd_buf_append(&line, "\n", 1);
    if (write(STDERR_FILENO, line.data, line.n) < 0) {
        /* nobody is listening: there is no other place to say so */
    }
    bd_buf_free(&line);
    bd_buf_free(&message);
}
