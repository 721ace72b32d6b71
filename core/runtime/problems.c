/* runtime/problems.c - the list of faults of ini.h. */
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "runtime/ini.h"

#define LINES_MAX      ((size_t)256 * 1024) /* counted beyond, but no longer kept */
#define LINE_MAX_BYTES ((size_t)4096)

void bd_problems_init(struct bd_problems *p)
{
    bd_buf_init(&p->lines, LINES_MAX);
    p->count = 0;
}

void bd_problems_free(struct bd_problems *p)
{
    bd_buf_free(&p->lines);
    p->count = 0;
}

/* What is quoted from a file may hold anything; a problem stays one line. */
static void add_clean(struct bd_problems *p, struct bd_buf *raw)
{
    struct bd_buf line;

    bd_buf_init(&line, 4 * LINE_MAX_BYTES);
    if (bd_text_clean(&line, raw->data, raw->n, true) == 0) {
        for (size_t i = 0; i < line.n; i++)
            if (line.data[i] == '\n' || line.data[i] == '\t')
                line.data[i] = ' ';
        if (bd_buf_add(&line, "\n") == 0)
            (void)bd_buf_append(&p->lines, line.data, line.n); /* the count tells */
    }
    bd_buf_free(&line);
}

void bd_problems_add(struct bd_problems *p, const char *where, const char *fmt, ...)
{
    struct bd_buf raw;
    va_list ap;

    p->count++;
    bd_buf_init(&raw, LINE_MAX_BYTES);
    va_start(ap, fmt);
    if (where && where[0])
        (void)bd_buf_addf(&raw, "%s: ", where);
    (void)bd_buf_vaddf(&raw, fmt, ap);
    va_end(ap);
    add_clean(p, &raw);
    bd_buf_free(&raw);
}
