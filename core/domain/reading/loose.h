/* domain/reading/loose.h - reads JSON the way models write it. [any]
 *
 * One pass, no backing up, at most 64 levels. Taken as meant: commas that trail or are
 * missing, ' “ ” ’ as quotes, full-width signs, keys without quotes, comments, Python's
 * True False None, .4, line breaks and unescaped quotes in strings, and a text that ends
 * too early: open containers are closed, a value that was cut is dropped, and so is an
 * array element that was being read. */
#ifndef BD_DOMAIN_LOOSE_H
#define BD_DOMAIN_LOOSE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct bd_loose {
    json_t *value;  /* NULL: no object begins here. The caller's reference. */
    size_t end;     /* offset behind it; if there is none, where reading gave up */
    bool truncated; /* the text ended inside the object */
};

/* Reads the object that begins at s[at], a brace of either width. */
struct bd_loose bd_loose_read(const char *s, size_t n, size_t at);

#endif
