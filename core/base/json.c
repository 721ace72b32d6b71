/* base/json.c - see json.h. */
#include "base/json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

#define USUAL_BYTES 4096

json_t *bd_json_parse(const char *s, size_t n, const char *source, struct bd_error *err)
{
    json_error_t why;
    json_t *o = json_loadb(s, n, JSON_DECODE_ANY | JSON_ALLOW_NUL, &why);

    if (!o)
        bd_fail(err, BD_ERR_PROTOCOL, why.position, source,
                "not JSON: %s (byte %d of %zu)", why.text, why.position, n);
    return o;
}

const char *bd_json_text(const json_t *o, const char *key, const char *otherwise)
{
    const char *s = json_string_value(json_object_get(o, key));

    return s ? s : otherwise;
}

int64_t bd_json_int(const json_t *o, const char *key, int64_t otherwise)
{
    const json_t *v = json_object_get(o, key);

    if (json_is_integer(v))
        return json_integer_value(v);
    if (json_is_real(v) && fabs(json_real_value(v)) < 9e15)
        return (int64_t)json_real_value(v);
    return otherwise;
}

double bd_json_real(const json_t *o, const char *key, double otherwise)
{
    const json_t *v = json_object_get(o, key);

    return json_is_number(v) ? json_number_value(v) : otherwise;
}

bool bd_json_bool(const json_t *o, const char *key, bool otherwise)
{
    const json_t *v = json_object_get(o, key);

    return json_is_boolean(v) ? json_is_true(v) : otherwise;
}

json_t *bd_json_string(const char *s, size_t n)
{
    struct bd_buf clean;
    json_t *v = json_stringn(s, n);

    if (v)
        return v;
    bd_buf_init(&clean, 3 * n + 1);
    if (bd_text_clean(&clean, s, n, false) == 0)
        v = json_stringn(clean.data, clean.n);
    bd_buf_free(&clean);
    return v;
}

json_t *bd_json_number(double v)
{
    return isfinite(v) ? json_real(v) : json_null();
}

json_t *bd_json_from_error(const struct bd_error *err)
{
    char when[32];

    if (!err || err->type == BD_ERR_NONE)
        return json_null();
    bd_clock_iso(err->time_ms, when, sizeof(when));
    return json_pack("{s:s, s:i, s:o, s:b, s:s, s:o, s:o, s:I, s:I}", "type",
                     bd_error_name(err->type), "code", (int)err->code, "message",
                     bd_json_string(err->message, strlen(err->message)), "recoverable",
                     (int)err->recoverable, "timestamp", when, "source",
                     bd_json_string(err->source, strlen(err->source)), "context",
                     bd_json_string(err->context, strlen(err->context)), "retry_after_ms",
                     (json_int_t)err->retry_after_ms, "time_ms",
                     (json_int_t)err->time_ms);
}

void bd_json_to_error(const json_t *o, struct bd_error *err)
{
    *err = (struct bd_error){0};
    if (!json_is_object(o))
        return;
    err->type = bd_error_type(bd_json_text(o, "type", "internal"));
    err->code = (int32_t)bd_json_int(o, "code", 0);
    err->recoverable = bd_json_bool(o, "recoverable", false);
    err->retry_after_ms = (int32_t)bd_json_int(o, "retry_after_ms", 0);
    err->time_ms = bd_json_int(o, "time_ms", 0);
    snprintf(err->source, sizeof(err->source), "%s", bd_json_text(o, "source", ""));
    snprintf(err->message, sizeof(err->message), "%s", bd_json_text(o, "message", ""));
    snprintf(err->context, sizeof(err->context), "%s", bd_json_text(o, "context", ""));
    bd_text_trim_partial(err->message);
    bd_text_trim_partial(err->context);
}

int bd_json_write(struct bd_buf *out, const json_t *o, bool indented)
{
    size_t flags = JSON_ENCODE_ANY | JSON_REAL_PRECISION(15) |
                   (indented ? JSON_INDENT(2) : JSON_COMPACT);

    size_t room, n;

    /* Straight into the buffer: jansson writes a few bytes at a time, and a callback for
     * each costs more than writing a large text twice now and then. */
    (void)bd_buf_reserve(out, USUAL_BYTES); /* less may do */
    room = out->cap ? out->cap - 1 - out->n : 0;
    if (room > out->limit - out->n)
        room = out->limit - out->n;
    n = json_dumpb(o, out->data + out->n, room, flags);
    if (n > room && bd_buf_reserve(out, n) == 0)
        (void)json_dumpb(o, out->data + out->n, n, flags);
    else if (n > room)
        out->failed = true;
    if (n > 0 && !out->failed)
        out->n += n;
    else
        n = 0;
    if (out->cap)
        out->data[out->n] = '\0';
    return n > 0 ? 0 : -1;
}
