/* runtime/header.c - header lines. */
#include "runtime/header.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define SOURCE "http"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_token(char c) /* of a header's name, RFC 9110 5.6.2 */
{
    return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c != '\0' && strchr("!#$%&'*+-.^_`|~", c));
}

static bool is_ours(const char *name, size_t n)
{
    static const char *const ours[] = {"host", "content-length", "transfer-encoding",
                                       "connection", "expect"};

    for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
        if (strlen(ours[i]) == n && strncasecmp(ours[i], name, n) == 0)
            return true;
    return false;
}

int bd_header_check(const char *line, size_t n, struct bd_error *err)
{
    size_t name = 0;

    while (name < n && is_token(line[name]))
        name++;
    /* A line that is no header is not shown: it may be a key with a line feed in it. */
    if (name == 0 || name > 64 || name == n || line[name] != ':')
        return bd_fail(err, BD_ERR_INVALID_REQUEST, 0, SOURCE,
                       "a request header is not of the form 'Name: value' (%zu bytes)",
                       n);
    if (is_ours(line, name))
        return bd_fail(
            err, BD_ERR_INVALID_REQUEST, 0, SOURCE,
            "the request header '%.*s' is set by the core and may not be given",
            (int)name, line);
    for (size_t i = name + 1; i < n; i++)
        if (((unsigned char)line[i] < 0x20 && line[i] != '\t') || line[i] == 0x7f)
            return bd_fail(err, BD_ERR_INVALID_REQUEST, 0, SOURCE,
                           "the request header '%.*s' has a control character (0x%02x) "
                           "in its value: look for a line end in the key or option",
                           (int)name, line, (unsigned char)line[i]);
    return 0;
}

const char *bd_header_value(const char *line, size_t n, const char *name, size_t *size)
{
    size_t at = strlen(name);

    if (n <= at || line[at] != ':' || strncasecmp(line, name, at) != 0)
        return NULL;
    for (at++; at < n && (line[at] == ' ' || line[at] == '\t');)
        at++;
    while (n > at && strchr(" \t\r\n", line[n - 1]) && line[n - 1] != '\0')
        n--;
    *size = n - at;
    return line + at;
}

/* Digits with an optional fraction, as thousandths rounded up, or -1. Not strtod(), which
 * reads "1e9", "inf" and, by the locale, "2,5". */
static int64_t thousandths(const char *s, size_t n)
{
    int64_t v = 0, unit = 1000;
    size_t i = 0;
    bool more = false;

    for (; i < n && is_digit(s[i]); i++)
        if (v <= INT32_MAX)
            v = v * 10 + (s[i] - '0');
    if (i == 0)
        return -1;
    v *= 1000;
    if (i < n && s[i] == '.')
        for (i++; i < n && is_digit(s[i]); i++) {
            unit /= 10;
            v += unit * (s[i] - '0');
            more = more || (unit == 0 && s[i] != '0');
        }
    return i == n ? v + more : -1;
}

static int64_t till_date(const char *s, size_t n, int64_t wall_ms)
{
    char text[64];
    time_t t;

    if (n >= sizeof(text))
        return 0;
    snprintf(text, sizeof(text), "%.*s", (int)n, s);
    t = curl_getdate(text, NULL); /* all three forms of RFC 9110 5.6.7 */
    if (t <= 0 || (int64_t)t > wall_ms / 1000 + INT32_MAX)
        return t <= 0 ? 0 : INT32_MAX;
    return (int64_t)t * 1000 - wall_ms;
}

int32_t bd_header_retry_after(const char *value, size_t n, bool in_ms, int64_t wall_ms)
{
    int64_t ms;

    if (n == 0)
        return 0;
    if (is_digit(value[0]))
        ms = in_ms ? (thousandths(value, n) + 999) / 1000 : thousandths(value, n);
    else
        ms = in_ms || value[0] == '-' || value[0] == '+' ? 0
                                                         : till_date(value, n, wall_ms);
    return ms <= 0 ? 0 : ms > INT32_MAX ? INT32_MAX : (int32_t)ms;
}
