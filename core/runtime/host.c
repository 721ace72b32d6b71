/* runtime/host.c - what an instance of a plugin gets from us; see host.h. */
#include "runtime/host.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/log.h"
#include "base/sources.h"
#include "base/text.h"

static int host_fail(void *ctx, struct bd_error *err, int32_t type, int32_t code,
                     const char *fmt, ...) BD_PRINTF(5, 6);
static void host_log(void *ctx, int32_t level, const char *fmt, ...) BD_PRINTF(3, 4);

static int host_fail(void *ctx, struct bd_error *err, int32_t type, int32_t code,
                     const char *fmt, ...)
{
    const struct bd__host *h = ctx;
    va_list ap;

    va_start(ap, fmt);
    bd_vfail(err, (enum bd_error_type)type, code, h->name, fmt, ap);
    va_end(ap);
    return -1;
}

static int host_append(void *ctx, struct bd_buf *out, const void *p, size_t n)
{
    (void)ctx;
    return bd_buf_append(out, p, n);
}

static int host_source(void *ctx, struct bd_sources *to, const struct bd_web_page *page)
{
    (void)ctx;
    return bd_sources_add(to, page);
}

/* A plugin that asks for what it did not declare gets nothing, and no crash. */
static bool may_read(const struct bd__host *h, const char *name)
{
    const struct bd_option *o = bd_values_option(h->values, name);

    return o && !(o->flags & BD_OPTION_SECRET);
}

static const char *host_text(void *ctx, const char *name)
{
    const struct bd__host *h = ctx;

    return may_read(h, name) ? bd_values_text(h->values, name) : NULL;
}

static int64_t host_number(void *ctx, const char *name)
{
    const struct bd__host *h = ctx;

    return may_read(h, name) ? bd_values_number(h->values, name) : 0;
}

static double host_real(void *ctx, const char *name)
{
    const struct bd__host *h = ctx;

    return may_read(h, name) ? bd_values_real(h->values, name) : 0;
}

static void host_log(void *ctx, int32_t level, const char *fmt, ...)
{
    const struct bd__host *h = ctx;
    char line[1024];
    va_list ap;

    if (level < BD_LOG_DEBUG || level > BD_LOG_ERROR)
        level = BD_LOG_ERROR;
    if (!bd_log_enabled(level))
        return;
    va_start(ap, fmt);
    vsnprintf(line, sizeof(line), fmt, ap);
    va_end(ap);
    bd_text_trim_partial(line);
    bd_log(level, h->name, "%s", line);
}

void bd__host_init(struct bd__host *h, const char *name, const struct bd_values *values)
{
    *h = (struct bd__host){
        .table =
            {
                .struct_size = sizeof(h->table),
                .abi_minor = BD_ABI_MINOR,
                .ctx = h,
                .fail = host_fail,
                .append = host_append,
                .text = host_text,
                .number = host_number,
                .real = host_real,
                .log = host_log,
                .source = host_source,
            },
        .name = name,
        .values = values,
    };
}
