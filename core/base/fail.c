/* base/fail.c - making and passing errors. */
#include "base/fail.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

static const struct {
    const char *name;
    int again;
} kinds[BD_ERR_COUNT] = {
#define X(id, name, again) [BD_ERR_##id] = {name, again},
    BD_ERROR_MAP(X)
#undef X
};

int bd_vfail(struct bd_error *err, enum bd_error_type type, int code, const char *source,
             const char *fmt, va_list ap)
{
    if (!err)
        return -1;
    if ((unsigned)type >= BD_ERR_COUNT) /* a plugin may hand us any number */
        type = BD_ERR_INTERNAL;
    *err = (struct bd_error){
        .type = type,
        .code = code,
        .recoverable = kinds[type].again,
        .time_ms = bd_clock_wall_ms(),
    };
    snprintf(err->source, sizeof(err->source), "%s", source);
    bd_text_trim_partial(err->source);
    vsnprintf(err->message, sizeof(err->message), fmt, ap);
    bd_text_trim_partial(err->message);
    return -1;
}

int bd_fail(struct bd_error *err, enum bd_error_type type, int code, const char *source,
            const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    bd_vfail(err, type, code, source, fmt, ap);
    va_end(ap);
    return -1;
}

int bd_fail_errno(struct bd_error *err, enum bd_error_type type, const char *source,
                  const char *what)
{
    int code = errno;
    char text[96] = "unknown error";

    if (strerror_r(code, text, sizeof(text)) != 0)
        snprintf(text, sizeof(text), "error %d", code);
    return bd_fail(err, type, code, source, "%s: %s", what, text);
}

int bd_fail_in(struct bd_error *err, const char *fmt, ...)
{
    char step[sizeof(err->context)], all[2 * sizeof(err->context) + 2];
    va_list ap;

    if (!err)
        return -1;
    va_start(ap, fmt);
    vsnprintf(step, sizeof(step), fmt, ap);
    va_end(ap);
    bd_text_trim_partial(step);
    snprintf(all, sizeof(all), "%s%s%s", step, err->context[0] ? ": " : "", err->context);
    if (strlen(all) < sizeof(err->context))
        memcpy(err->context, all, strlen(all) + 1);
    return -1;
}

void bd_error_print(const struct bd_error *err, char *out, size_t size)
{
    snprintf(out, size, "%s%s%s (%s %d, %s)", err->context, err->context[0] ? ": " : "",
             err->message, bd_error_name(err->type), (int)err->code, err->source);
}

const char *bd_error_name(int32_t type)
{
    return type >= 0 && type < BD_ERR_COUNT ? kinds[type].name : "unknown";
}

int32_t bd_error_type(const char *name)
{
    for (int32_t t = 0; t < BD_ERR_COUNT; t++)
        if (strcmp(kinds[t].name, name) == 0)
            return t;
    return BD_ERR_INTERNAL;
}
