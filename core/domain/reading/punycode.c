/* domain/reading/punycode.c - see punycode.h; the parameters are those of RFC 3492,
 * section 5. */
#include "domain/reading/punycode.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/text.h"

enum { BASE = 36, T_MIN = 1, T_MAX = 26, SKEW = 38, DAMP = 700, BIAS = 72, FIRST = 128 };
enum { POINTS = 63, ROOM = 64 };

static unsigned adapt(unsigned delta, unsigned points, bool first)
{
    unsigned k = 0;

    delta = first ? delta / DAMP : delta / 2;
    delta += delta / points;
    for (; delta > (BASE - T_MIN) * T_MAX / 2; k += BASE)
        delta /= BASE - T_MIN;
    return k + (BASE - T_MIN + 1) * delta / (delta + SKEW);
}

static bool put(char *out, size_t *n, unsigned digit)
{
    if (*n + 1 >= ROOM)
        return false;
    out[(*n)++] = (char)(digit < 26 ? 'a' + digit : '0' + (digit - 26));
    return true;
}

static bool put_number(char *out, size_t *n, unsigned delta, unsigned bias)
{
    for (unsigned k = BASE;; k += BASE) {
        unsigned t = k <= bias ? T_MIN : k >= bias + T_MAX ? T_MAX : k - bias;

        if (delta < t)
            return put(out, n, delta);
        if (!put(out, n, t + (delta - t) % (BASE - t)))
            return false;
        delta = (delta - t) / (BASE - t);
    }
}

/* The smallest code point that is not below `least`. */
static unsigned next_point(const int32_t *cp, size_t count, unsigned least)
{
    unsigned next = 0x110000;

    for (size_t i = 0; i < count; i++)
        if ((unsigned)cp[i] >= least && (unsigned)cp[i] < next)
            next = (unsigned)cp[i];
    return next;
}

/* At most 63 points of at most 0x10FFFF: nothing here overflows 32 bits. */
static bool encode(const int32_t *cp, size_t count, char *out, size_t n)
{
    unsigned basic, done, point = FIRST, delta = 0, bias = BIAS;

    for (size_t i = 0; i < count; i++)
        if (cp[i] < FIRST)
            out[n++] = (char)cp[i];
    basic = done = (unsigned)n - 4;
    if (basic > 0)
        out[n++] = '-';
    while (done < count) {
        unsigned next = next_point(cp, count, point);

        delta += (next - point) * (done + 1);
        point = next;
        for (size_t i = 0; i < count; i++) {
            delta += (unsigned)cp[i] < point;
            if ((unsigned)cp[i] != point)
                continue;
            if (!put_number(out, &n, delta, bias))
                return false;
            bias = adapt(delta, done + 1, done == basic);
            delta = 0;
            done++;
        }
        delta++;
        point++;
    }
    out[n] = '\0';
    return true;
}

static size_t points_of(const char *s, size_t n, int32_t *cp, bool *ascii)
{
    size_t count = 0;

    *ascii = true;
    for (size_t i = 0; i < n && count <= POINTS; count++) {
        int32_t point;

        i += bd_text_next(s + i, n - i, &point);
        if (point < 0)
            return 0;
        if (count < POINTS)
            cp[count] = point;
        *ascii &= point < FIRST;
    }
    return count;
}

bool bd_punycode_label(const char *s, size_t n, char out[64])
{
    const utf8proc_option_t how = UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT |
                                  UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;
    utf8proc_uint8_t *folded = NULL;
    int32_t cp[POINTS];
    utf8proc_ssize_t bytes;
    size_t count = 0;
    bool ascii = false, fits = false;

    if (n == 0 || n > (size_t)4 * POINTS)
        return false;
    bytes = utf8proc_map((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)n, &folded, how);
    if (bytes > 0)
        count = points_of((const char *)folded, (size_t)bytes, cp, &ascii);
    if (count > 0 && count <= POINTS && ascii) {
        snprintf(out, ROOM, "%s", (const char *)folded);
        fits = true;
    } else if (count > 0 && count <= POINTS - 5) {
        snprintf(out, ROOM, "xn--");
        fits = encode(cp, count, out, 4);
    }
    free(folded);
    return fits;
}
