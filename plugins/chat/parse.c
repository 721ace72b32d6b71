/* chat/parse.c - JSON as services really send it.
 *
 * A model may emit half a surrogate pair or a broken byte, and a strict parser then
 * refuses the whole answer. Only when that happened is the text repaired and read a
 * second time; a good text is read once. */
#include <jansson.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "chat/chat.h"

#define FLAGS      (JSON_DECODE_ANY | JSON_ALLOW_NUL)
#define REPAIR_MAX ((size_t)1 << 20) /* bytes; repairing takes up to nine times that */
#define VALUES_MAX 30000 /* of one body or event; fifty sources with their texts: 500 */

/* U+FFFD as bytes and as an escape, without a NUL. */
static const char replacement[3] = {'\xef', '\xbf', '\xbd'};
static const char escaped_replacement[6] = {'\\', 'u', 'f', 'f', 'f', 'd'};

/* Bytes of the well-formed UTF-8 character at s, 0 if there is none. */
static size_t utf8_bytes(const unsigned char *s, size_t n)
{
    size_t k = s[0] < 0x80 ? 1 : s[0] < 0xC2 ? 0 : s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;

    if (k == 0 || k > n || s[0] > 0xF4)
        return 0;
    for (size_t i = 1; i < k; i++)
        if ((s[i] & 0xC0) != 0x80)
            return 0;
    if ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F) ||
        (s[0] == 0xF0 && s[1] < 0x90) || (s[0] == 0xF4 && s[1] > 0x8F))
        return 0;
    return k;
}

/* The code unit of a "\uXXXX" at s, -1 if there is none. */
static long unit_at(const char *s, size_t n)
{
    char hex[5];
    char *end;
    long v;

    if (n < 6 || s[0] != '\\' || s[1] != 'u')
        return -1;
    memcpy(hex, s + 2, 4);
    hex[4] = '\0';
    v = strtol(hex, &end, 16);
    return end == hex + 4 ? v : -1;
}

/* Copies the escape at s to out, a lone surrogate as U+FFFD. Returns bytes read. */
static size_t copy_escape(char *out, const char *s, size_t n)
{
    long unit = unit_at(s, n), next;

    if (unit >= 0xD800 && unit <= 0xDFFF) {
        next = n > 6 ? unit_at(s + 6, n - 6) : -1;
        if (unit <= 0xDBFF && next >= 0xDC00 && next <= 0xDFFF) {
            memcpy(out, s, 12);
            return 12;
        }
        memcpy(out, escaped_replacement, sizeof(escaped_replacement));
        return 6;
    }
    memcpy(out, s, n < 2 ? n : 2);
    return n < 2 ? n : 2;
}

static json_t *parse_repaired(const char *s, size_t n)
{
    char *out = n <= REPAIR_MAX ? malloc(3 * n + 1) : NULL;
    size_t used = 0;
    json_t *o;

    if (!out)
        return NULL;
    for (size_t i = 0, k; i < n; i += k) {
        k = utf8_bytes((const unsigned char *)s + i, n - i);
        if (s[i] == '\\') {
            k = copy_escape(out + used, s + i, n - i);
            used += k;
        } else if (k > 0) {
            memcpy(out + used, s + i, k);
            used += k;
        } else {
            memcpy(out + used, replacement, sizeof(replacement));
            used += sizeof(replacement);
            k = 1;
        }
    }
    o = json_loadb(out, used, FLAGS, NULL);
    free(out);
    return o;
}

/* Counts commas and openings outside strings. */
int chat_is_bloated(const char *s, size_t n)
{
    size_t values = 0;
    int in_string = 0;

    if (n <= VALUES_MAX)
        return 0;
    for (size_t i = 0; i < n && values <= VALUES_MAX; i++) {
        if (s[i] == '\\')
            i += in_string;
        else if (s[i] == '"')
            in_string = !in_string;
        else
            values += !in_string && (s[i] == ',' || s[i] == '{' || s[i] == '[');
    }
    return values > VALUES_MAX;
}

json_t *chat_parse(const char *s, size_t n)
{
    json_error_t why;
    json_t *o;

    if (chat_is_bloated(s, n))
        return NULL;
    o = json_loadb(s, n, FLAGS, &why);
    if (o)
        return o;
    switch (json_error_code(&why)) {
    case json_error_invalid_utf8:
    case json_error_invalid_syntax: /* jansson's word for a lone surrogate */
        return parse_repaired(s, n);
    default:
        return NULL;
    }
}
