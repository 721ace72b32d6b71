/* domain/report/page.h - lines of text on a terminal. [owner]
 *
 * All text goes through here: it is cleaned of what could act on a terminal, folded to
 * the page's width, and coloured by whole lines, so a colour never breaks an alignment.
 */
#ifndef BD_DOMAIN_PAGE_H
#define BD_DOMAIN_PAGE_H

#include "base/buf.h"
#include "domain/statement.h"

enum bd_ink { BD_PLAIN, BD_BOLD, BD_DIM, BD_RED, BD_YELLOW };

struct bd_page {
    struct bd_buf *out; /* its `failed` is looked at in the end */
    size_t columns;
    bool colour, zh;
};

void bd_page_blank(struct bd_page *p);
/* A blank line, then the heading. */
void bd_page_heading(struct bd_page *p, enum bd_word id);
/* One line; cut with an ellipsis if it is too long. */
void bd_page_line(struct bd_page *p, enum bd_ink ink, const char *s);
/* As many lines as it needs, at most `lines` (0 = any); the first is indented by
 * `indent`, the others by `hang` columns. */
struct bd_fold {
    size_t indent, hang, lines;
    enum bd_ink ink;
};
void bd_page_text(struct bd_page *p, struct bd_fold fold, const char *s);
/* A text of words.h, filled and folded with an indent of 2. */
void bd_page_say(struct bd_page *p, enum bd_ink ink, enum bd_word id,
                 const char *const *args);

/* Each folded with an indent of 2, its remedy below it. */
void bd_page_statements(struct bd_page *p, const struct bd_statements *s);

/* Appends s on one line: cleaned, every run of blanks and line ends as one space. With
 * plain, marks of Markdown (* # ` > |) are left out. */
int bd_page_flatten(struct bd_buf *out, const char *s, size_t n, bool plain);

#endif
