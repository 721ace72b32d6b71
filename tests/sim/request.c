/* sim/request.c - see request.h. */
#include "sim/request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Copies n bytes if they fit with a NUL. */
static bool copy(char *out, size_t size, const char *s, size_t n)
{
    if (n >= size)
        return false;
    memcpy(out, s, n);
    out[n] = '\0';
    return true;
}

/* "POST /path HTTP/1.1" */
static bool read_line(struct sim_http *h, const char *s, size_t n)
{
    const char *end = s + n, *path = memchr(s, ' ', n), *version;

    if (!path)
        return false;
    version = memchr(path + 1, ' ', (size_t)(end - path - 1));
    if (!version || end - version != 9 || memcmp(version + 1, "HTTP/1.", 7) != 0)
        return false;
    h->close = version[8] == '0';
    return copy(h->method, sizeof(h->method), s, (size_t)(path - s)) &&
           copy(h->path, sizeof(h->path), path + 1, (size_t)(version - path - 1));
}

static bool is_header(const char *s, size_t n, const char *name)
{
    return n == strlen(name) && strncasecmp(s, name, n) == 0;
}

static int read_length(struct sim_http *h, const char *value)
{
    char *end;
    unsigned long long length = strtoull(value, &end, 10);

    if (*value < '0' || *value > '9' || (*end && *end != ' '))
        return 400;
    if (length > SIM_BODY_MAX)
        return 413;
    h->body = (size_t)length;
    return SIM_HEAD;
}

static int read_header(struct sim_http *h, const char *s, size_t n, bool *chunked)
{
    const char *colon = memchr(s, ':', n);
    char value[512];
    size_t name, skip;

    if (!colon)
        return 400;
    name = (size_t)(colon - s);
    skip = name + 1;
    while (skip < n && (s[skip] == ' ' || s[skip] == '\t'))
        skip++;
    if (!copy(value, sizeof(value), s + skip, n - skip))
        return SIM_HEAD; /* a long header is none of ours */
    if (is_header(s, name, "content-length"))
        return read_length(h, value);
    if (is_header(s, name, "transfer-encoding"))
        *chunked = true;
    else if (is_header(s, name, "connection") && strcasecmp(value, "close") == 0)
        h->close = true;
    else if (is_header(s, name, "expect") && strcasecmp(value, "100-continue") == 0)
        h->expects = true;
    else if (is_header(s, name, "authorization") && strncasecmp(value, "bearer ", 7) == 0)
        snprintf(h->bearer, sizeof(h->bearer), "%.159s", value + 7);
    else if (is_header(s, name, "x-api-key"))
        snprintf(h->api_key, sizeof(h->api_key), "%.159s", value);
    else if (is_header(s, name, "x-dashscope-sse"))
        h->sse = strcasecmp(value, "enable") == 0;
    else if (is_header(s, name, "anthropic-version"))
        h->versioned = true;
    return SIM_HEAD;
}

static int read_head(struct sim_http *h, const char *s, const char *end)
{
    const char *eol = strstr(s, "\r\n");
    bool chunked = false;

    if (!eol || !read_line(h, s, (size_t)(eol - s)))
        return 400;
    for (s = eol + 2; s < end; s = eol + 2) {
        int status;

        eol = strstr(s, "\r\n");
        status = read_header(h, s, (size_t)(eol - s), &chunked);
        if (status != SIM_HEAD)
            return status;
    }
    return chunked ? 411 : SIM_HEAD;
}

int sim_http_read(struct sim_http *h, const struct bd_buf *in)
{
    const char *end = strstr(in->data, "\r\n\r\n");

    if (!end)
        return in->n > SIM_HEAD_MAX            ? 431
               : memchr(in->data, '\0', in->n) ? 400
                                               : SIM_MORE;
    if ((size_t)(end - in->data) > SIM_HEAD_MAX)
        return 431;
    *h = (struct sim_http){.head = (size_t)(end - in->data) + 4};
    return read_head(h, in->data, end + 2);
}
