/* domain/reading/scan.h - the signs, strings and words of JSON as models write it.
 * [owner] */
#ifndef BD_DOMAIN_SCAN_H
#define BD_DOMAIN_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum { BD_SCAN_END = -1, BD_SCAN_OTHER = 0x80 };

struct bd_scan {
    const char *s;
    size_t n, at;
    struct bd_buf word; /* the string or bare word just read */
};

/* The sign at `at`, width and typography folded to ASCII; BD_SCAN_OTHER for any other
 * character, BD_SCAN_END at the end. Takes nothing; *bytes is its length. */
int bd_scan_peek(const struct bd_scan *p, size_t at, size_t *bytes);
/* Takes blanks and comments; the sign behind them, not taken. */
int bd_scan_next(struct bd_scan *p, size_t *bytes);
/* At a quote: takes the string into word. False if the text ended in it, or if it is
 * longer than max. */
bool bd_scan_string(struct bd_scan *p, int quote, size_t max);
/* Takes what is no sign of JSON into word. */
void bd_scan_bare(struct bd_scan *p, size_t max);

/* "-1", ".4", "10": true and *v. No locale, no hex, no exponent. */
bool bd_scan_number(const char *s, size_t n, double *v);

#endif
