/* domain/reading/link.c - see link.h. */
#include "domain/reading/link.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "domain/reading/punycode.h"

struct piece {
    const char *s;
    size_t n;
};

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool starts(const char *s, size_t n, const char *word)
{
    size_t k = strlen(word);

    if (k > n)
        return false;
    for (size_t i = 0; i < k; i++)
        if ((letter(s[i]) ? (char)(s[i] | 0x20) : s[i]) != word[i])
            return false;
    return true;
}

static size_t scheme(const char *s, size_t n)
{
    return starts(s, n, "https://") ? 8 : starts(s, n, "http://") ? 7 : 0;
}

/* Bytes up to the first of those, n if none is there. */
static size_t until(const char *s, size_t n, const char *marks)
{
    size_t i = 0;

    while (i < n && (!s[i] || !strchr(marks, s[i])))
        i++;
    return i;
}

/* The dots of host names: of ASCII, ideographic, and full-width ones. */
static size_t dot(const char *s, size_t n)
{
    if (n > 0 && s[0] == '.')
        return 1;
    return n >= 3 && (memcmp(s, "。", 3) == 0 || memcmp(s, "．", 3) == 0) ? 3 : 0;
}

static bool plain(const char *label)
{
    size_t n = strlen(label);

    for (size_t i = 0; i < n; i++)
        if (!digit(label[i]) && !letter(label[i]) && label[i] != '-' && label[i] != '_')
            return false;
    return n > 0 && label[0] != '-' && label[n - 1] != '-';
}

/* Four numbers, or a name whose last label is one of a country or kind. */
static bool known_form(const char *host, int labels, const char *last)
{
    if (strspn(host, "0123456789.") == strlen(host))
        return labels == 4;
    return labels >= 2 && strlen(last) >= 2 && !digit(last[0]);
}

static bool read_host(const char *s, size_t n, char *host)
{
    size_t used = 0, i = 0;
    char label[64] = "";
    int labels = 0;

    if (n > 2 && s[0] == '[' && s[n - 1] == ']' && n <= 48) {
        snprintf(host, BD_LINK_HOST_BYTES + 1, "%.*s", (int)n, s);
        return strspn(host + 1, "0123456789abcdefABCDEF:.") == n - 2;
    }
    while (i < n) {
        size_t end = i;

        while (end < n && !dot(s + end, n - end))
            end++;
        if (!bd_punycode_label(s + i, end - i, label) || !plain(label) ||
            used + strlen(label) + 1 > BD_LINK_HOST_BYTES)
            return false;
        used += (size_t)snprintf(host + used, BD_LINK_HOST_BYTES + 1 - used, "%s%s",
                                 labels ? "." : "", label);
        labels++;
        i = end + (end < n ? dot(s + end, n - end) : 0); /* a last dot is let go */
    }
    return labels > 0 && known_form(host, labels, label);
}

struct writer {
    char *out;
    size_t n;
    bool full;
};

static void put(struct writer *w, const char *s, size_t n)
{
    if (w->n + n > BD_LINK_BYTES) {
        w->full = true;
        return;
    }
    memcpy(w->out + w->n, s, n);
    w->n += n;
    w->out[w->n] = '\0';
}

static void put_escaped(struct writer *w, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];
        char hex[4];

        if (c > ' ' && c < 0x7F && !strchr("\"<>\\^`{|}", c)) {
            put(w, s + i, 1);
            continue;
        }
        snprintf(hex, sizeof(hex), "%%%02X", c);
        put(w, hex, 3);
    }
}

/* "?a=1&utm_source=x&b=2" -> "?a=1&b=2" */
static void put_query(struct writer *w, const char *s, size_t n)
{
    char mark = '?';

    for (size_t i = 0; i < n;) {
        size_t k = until(s + i, n - i, "&");

        if (k > 0 && !starts(s + i, k, "utm_")) {
            put(w, &mark, 1);
            put_escaped(w, s + i, k);
            mark = '&';
        }
        i += k + 1;
    }
}

/* The host of the n bytes of authority, its port beside it. */
static bool read_authority(const char *s, size_t n, char *host, struct piece *port)
{
    size_t k = until(s, n, ":");

    if (n > 0 && s[0] == '[') {
        k = until(s, n, "]");
        k += k < n;
    }
    *port = (struct piece){s + k, n - k};
    for (size_t i = 1; i < port->n; i++)
        if (!digit(port->s[i]))
            return false;
    if (port->n == 1)
        port->n = 0;
    return port->n <= 6 && (port->n == 0 || port->s[0] == ':') && read_host(s, k, host);
}

bool bd_link_read(struct bd_link *out, const char *s, size_t n)
{
    size_t behind = scheme(s, n), k, path;
    struct writer w = {.out = out->url};
    struct piece port, user = {s + behind, 0};

    k = until(s + behind, n - behind, "/?#\\");
    for (size_t i = 0; i < k; i++) /* "https://a@b/" is at b */
        if (user.s[i] == '@')
            user.n = i + 1;
    if ((behind == 0 && user.n > 0) ||
        !read_authority(user.s + user.n, k - user.n, out->host, &port))
        return false;
    n = behind + k + until(s + behind + k, n - behind - k, "#\\");
    path = until(s + behind + k, n - behind - k, "?");
    put(&w, behind == 7 ? "http://" : "https://", behind == 7 ? 7 : 8);
    put(&w, out->host, strlen(out->host));
    put(&w, port.s, port.n);
    put_escaped(&w, s + behind + k, path);
    k += behind + path;
    if (k < n)
        put_query(&w, s + k + 1, n - k - 1);
    return !w.full;
}

static size_t without_tail(const char *s, size_t n)
{
    size_t open = 0, close = 0;

    for (size_t i = 0; i < n; i++) {
        open += s[i] == '(';
        close += s[i] == ')';
    }
    for (; n > 0; n--) {
        if (s[n - 1] == ')' && close > open)
            close--;
        else if (!strchr(".,;:!?'*_~&", s[n - 1]))
            break;
    }
    return n;
}

size_t bd_link_span(const char *s, size_t n, size_t *last)
{
    size_t i = scheme(s, n), begin, bytes;
    int32_t cp;

    if (i == 0 && starts(s, n, "www."))
        i = 4;
    begin = i;
    /* an international host may be written out; its marks end it as anywhere */
    while (i > 0 && i < n && (unsigned char)s[begin] >= 0x80 && i < begin + 200) {
        bytes = bd_text_next(s + i, n - i, &cp);
        if (cp == '/' || cp <= ' ' || cp == 0x3001 || cp == 0x3002 || cp >= 0xFF00)
            break;
        i += bytes;
    }
    while (i > 0 && i < n && s[i] > ' ' && s[i] < 0x7F && !strchr("\"<>\\^`{|}[]", s[i]))
        i++;
    *last = i > begin ? begin + without_tail(s + begin, i - begin) : 0;
    return *last > begin ? i : 0;
}
