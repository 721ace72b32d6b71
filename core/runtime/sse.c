/* runtime/sse.c - see sse.h.
 *
 * Whole lines are read where they lie; only the beginning of an unfinished one is
 * copied. Whether the data is complete JSON is known by counting brackets as it
 * arrives, never by parsing it again. */
#include "runtime/sse.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#define SOURCE "sse"

void bd_sse_init(struct bd_sse *s, size_t limit, bd_sse_fn *fn, void *arg)
{
    *s = (struct bd_sse){.fn = fn, .arg = arg};
    bd_buf_init(&s->line, limit);
    bd_buf_init(&s->data, limit);
}

void bd_sse_free(struct bd_sse *s)
{
    bd_buf_free(&s->line);
    bd_buf_free(&s->data);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static void follow_string(struct bd_sse *s, char c)
{
    if (s->json.escaped)
        s->json.escaped = false;
    else if (c == '\\')
        s->json.escaped = true;
    else
        s->json.in_string = c != '"';
}

static void follow_value(struct bd_sse *s, char c)
{
    bool opens = c == '{' || c == '[';

    if (s->json.complete || (s->json.depth == 0 && !opens))
        s->json.broken = true;
    else if (opens)
        s->json.depth++;
    else if (c == '"')
        s->json.in_string = true;
    else if (c == '}' || c == ']')
        s->json.complete = --s->json.depth == 0;
}

/* Follows the nesting, not the grammar: what is complete may still be no JSON, and then
 * the adapter says so. */
static void follow_json(struct bd_sse *s, const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (s->json.in_string)
            follow_string(s, p[i]);
        else if (!is_blank(p[i]))
            follow_value(s, p[i]);
    }
}

static void forget_event(struct bd_sse *s)
{
    bd_buf_reset(&s->data);
    s->name[0] = '\0';
    s->status = 0;
    memset(&s->json, 0, sizeof(s->json));
}

static void dispatch(struct bd_sse *s)
{
    struct bd_event event = {
        .struct_size = sizeof(event), .status = s->status, .name = s->name};
    size_t begin = 0, end = s->data.n;

    while (end > 0 && is_blank(s->data.data[end - 1]))
        end--;
    while (begin < end && is_blank(s->data.data[begin]))
        begin++;
    if (begin < end) {
        s->data.data[end] = '\0';
        event.data = s->data.data + begin;
        event.data_bytes = end - begin;
        s->events++;
        s->stopped = s->fn(s->arg, &event) != 0;
    }
    forget_event(s);
}

/* Where one newline separates events, the next event's first field ends this one. */
static void end_complete_event(struct bd_sse *s)
{
    if (s->json.complete && !s->json.broken)
        dispatch(s);
}

/* The number at p; 0 if there is none or it is no HTTP status. */
static int32_t status_of(const char *p, size_t n)
{
    int32_t v = 0;

    for (size_t i = 0; i < n && p[i] >= '0' && p[i] <= '9' && v < 1000; i++)
        v = v * 10 + (p[i] - '0');
    return v >= 100 && v < 600 ? v : 0;
}

static bool begins(const char *p, size_t n, const char *with)
{
    size_t k = strlen(with);

    return n >= k && memcmp(p, with, k) == 0;
}

static int add_data(struct bd_sse *s, const char *p, size_t n)
{
    end_complete_event(s);
    if (s->stopped)
        return 0;
    if (s->data.n > 0)
        bd_buf_append(&s->data, "\n", 1);
    bd_buf_append(&s->data, p, n);
    follow_json(s, p, n);
    return s->data.failed ? -1 : 0;
}

static int read_field(struct bd_sse *s, const char *line, size_t n)
{
    const char *colon = memchr(line, ':', n);
    size_t name_bytes = colon ? (size_t)(colon - line) : n;
    const char *value = colon ? colon + 1 : line + n;
    size_t bytes = (size_t)(line + n - value);

    if (bytes > 0 && *value == ' ') {
        value++;
        bytes--;
    }
    if (name_bytes == 4 && memcmp(line, "data", 4) == 0)
        return add_data(s, value, bytes);
    if (name_bytes == 5 && memcmp(line, "event", 5) == 0) {
        end_complete_event(s);
        snprintf(s->name, sizeof(s->name), "%.*s", bytes > INT_MAX ? INT_MAX : (int)bytes,
                 value);
    } else if (name_bytes == 6 && memcmp(line, "status", 6) == 0) {
        end_complete_event(s);
        s->status = status_of(value, bytes);
    }
    return 0; /* id, retry and what we do not know */
}

static int read_line(struct bd_sse *s, const char *line, size_t n)
{
    static const char mark[] = "HTTP_STATUS/"; /* DashScope; a comment by the standard */
    size_t colon;

    if (!s->begun && begins(line, n, "\xef\xbb\xbf")) { /* byte order mark */
        line += 3;
        n -= 3;
    }
    s->begun = true;
    if (n == 0) {
        dispatch(s);
        return 0;
    }
    colon = line[0] == ':';
    if (begins(line + colon, n - colon, mark)) {
        end_complete_event(s);
        colon += sizeof(mark) - 1;
        s->status = status_of(line + colon, n - colon);
        return 0;
    }
    if (colon) {
        s->comments++;
        return 0;
    }
    return read_field(s, line, n);
}

/* A line is whole: as it lies in the input, or behind what was kept of it. */
static int end_line(struct bd_sse *s, const char *p, size_t n)
{
    int rc;

    if (s->line.n == 0)
        return n > s->line.limit ? -1 : read_line(s, p, n);
    if (bd_buf_append(&s->line, p, n) < 0)
        return -1;
    rc = read_line(s, s->line.data, s->line.n);
    bd_buf_reset(&s->line);
    return rc;
}

static int too_large(struct bd_sse *s, struct bd_error *err)
{
    s->stopped = true;
    return bd_fail(err, BD_ERR_TOO_LARGE, 0, SOURCE,
                   "one event of the stream is larger than %zu bytes", s->line.limit);
}

int bd_sse_feed(struct bd_sse *s, const char *p, size_t n, struct bd_error *err)
{
    size_t begin = 0;

    for (size_t i = 0; i < n && !s->stopped; i++) {
        if (s->after_cr && p[i] == '\n') {
            s->after_cr = false;
            begin = i + 1;
            continue;
        }
        s->after_cr = false;
        if (p[i] != '\n' && p[i] != '\r')
            continue;
        s->after_cr = p[i] == '\r';
        if (end_line(s, p + begin, i - begin) < 0)
            return too_large(s, err);
        begin = i + 1;
    }
    if (!s->stopped && begin < n && bd_buf_append(&s->line, p + begin, n - begin) < 0)
        return too_large(s, err);
    return 0;
}

int bd_sse_end(struct bd_sse *s, struct bd_error *err)
{
    if (!s->stopped && s->line.n > 0 && end_line(s, "", 0) < 0)
        return too_large(s, err);
    if (!s->stopped)
        end_complete_event(s);
    forget_event(s);
    return 0;
}
