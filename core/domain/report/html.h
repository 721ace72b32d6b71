/* domain/report/html.h - foreign text into HTML. [any] Pure.
 *
 * Answers, names and messages are untrusted: they pass through here, as text between tags
 * and as attributes in double quotes alike. */
#ifndef BD_DOMAIN_HTML_H
#define BD_DOMAIN_HTML_H

#include "base/buf.h"

/* Appends s escaped; control characters, escape sequences and direction overrides are
 * left out, invalid bytes become U+FFFD. -1 when out is full. */
int bd_html_text(struct bd_buf *out, const char *s, size_t n);
int bd_html_add(struct bd_buf *out, const char *s); /* the same, NUL-terminated */

#endif
