/* face/guard_json.c - a request's body, before and after jansson has read it.
 *
 * jansson has limits of its own for nesting only, 2048; what a body of 1 MiB may come to
 * in memory is bounded here, before it comes to that. */
#include <stdbool.h>
#include <string.h>

#include "base/text.h"
#include "face/guard.h"

#define SOURCE "server"

struct scan {
    size_t depth, values;
};

/* The last quote of the string whose first is at i. */
static size_t skip_string(const char *s, size_t n, size_t i)
{
    for (i++; i < n && s[i] != '"'; i++)
        if (s[i] == '\\')
            i++;
    return i;
}

/* Whatever the bytes are: what is no JSON is found by jansson. */
static void scan(struct scan *out, const char *s, size_t n)
{
    size_t depth = 0;

    *out = (struct scan){.values = 1};
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '"') {
            i = skip_string(s, n, i);
        } else if (s[i] == '[' || s[i] == '{') {
            depth++;
            out->values++;
        } else if (s[i] == ']' || s[i] == '}') {
            depth -= depth > 0;
        } else if (s[i] == ',') {
            out->values++;
        }
        if (depth > out->depth)
            out->depth = depth;
    }
}

static int refuse(struct bd_error *err, int status, const char *why)
{
    return bd_fail(err, status == 413 ? BD_ERR_TOO_LARGE : BD_ERR_INVALID_REQUEST, status,
                   SOURCE, "the request's body %s", why);
}

static int check(const char *body, size_t n, struct bd_error *err)
{
    struct scan found;

    if (n > BD_GUARD_BODY_BYTES)
        return refuse(err, 413, "is larger than 1 MiB");
    if (n == 0)
        return refuse(err, 400, "is empty; it must be JSON");
    if (memchr(body, '\0', n))
        return refuse(err, 400, "holds a NUL byte");
    if (!bd_text_valid(body, n))
        return refuse(err, 400, "is not UTF-8");
    scan(&found, body, n);
    if (found.depth > BD_GUARD_DEPTH)
        return refuse(err, 400, "is nested deeper than 64 levels");
    if (found.values > BD_GUARD_VALUES)
        return refuse(err, 413, "holds more than 100,000 values");
    return 0;
}

int bd_guard_json(const char *body, size_t n, json_t **out, struct bd_error *err)
{
    json_error_t why;
    const char *quoted;
    json_t *o;

    if (check(body, n, err) < 0)
        return -1;
    o = json_loadb(body, n, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &why);
    if (!o) {
        quoted = strstr(why.text, " near "); /* a piece of the body: not repeated */
        return bd_fail(err, BD_ERR_INVALID_REQUEST, 400, SOURCE,
                       "the request's body is not JSON: %.*s (line %d, column %d)",
                       (int)(quoted ? (size_t)(quoted - why.text) : strlen(why.text)),
                       why.text, why.line, why.column);
    }
    *out = o;
    return 0;
}
