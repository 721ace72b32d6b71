/* domain/report/prose.h - an answer's Markdown as safe HTML, with what was read in it
 * marked. [any] Pure.
 *
 * Only these tags are written: p blockquote ul ol li hr br pre code div table thead tbody
 * tr th td em strong del span mark. HTML in the answer is shown as text, links as their
 * text and address, pictures as their description: nothing in it acts or loads. */
#ifndef BD_DOMAIN_PROSE_H
#define BD_DOMAIN_PROSE_H

#include <stdint.h>

#include "base/buf.h"

enum bd_prose_kind { BD_PROSE_MAIN, BD_PROSE_OTHER, BD_PROSE_FOUND };

struct bd_prose_mark {
    size_t start, end; /* bytes of the answer */
    enum bd_prose_kind kind;
    const char *label; /* whose name it is; lent */
};

/* Sorts marks by place and drops those that overlap an earlier one; the new count. */
size_t bd_prose_sort(struct bd_prose_mark *marks, size_t count);

/* Appends the answer. marks are sorted and apart. -1 when out is full or memory is short;
 * out then holds a part of it. */
int bd_prose_html(struct bd_buf *out, const char *s, size_t n,
                  const struct bd_prose_mark *marks, size_t count);

#endif
