/* domain/report/report_html_parts.h - what the sections of the HTML report share. [any]
 */
#ifndef BD_DOMAIN_REPORT_HTML_PARTS_H
#define BD_DOMAIN_REPORT_HTML_PARTS_H

#include "domain/report/report_parts.h"
#include "domain/report/say.h"

enum { BD_HTML_ANSWERS = 400 }; /* cells that stand in the page with their answers */

struct bd_leaf { /* all that a section is made from; lent */
    struct bd_buf *out;
    const struct bd_record *rec;
    const struct bd_figures *f;
    const struct bd_report_notes *notes;
    bool zh;
};

extern const char bd_html_style[]; /* the page's style sheet */

/* A text of words.h, filled and escaped; args NULL = none. */
void bd_leaf_word(struct bd_leaf *l, enum bd_word id, const char *const *args);
/* "<h2 id=...>" with the text, in a section that bd_leaf_end() closes. */
void bd_leaf_section(struct bd_leaf *l, const char *id, enum bd_word title);
void bd_leaf_end(struct bd_leaf *l);
/* A table that scrolls by itself where the page is narrow; its caption is filled. */
void bd_leaf_table(struct bd_leaf *l, enum bd_word caption, const char *const *args,
                   const enum bd_word *head, size_t columns);
void bd_leaf_table_end(struct bd_leaf *l);
/* A name and its value, with a smaller text behind it, in a <dl>. about: fills the name.
 */
void bd_leaf_fact(struct bd_leaf *l, enum bd_word name, const char *about,
                  const char *value, const char *below);
/* The sentences as paragraphs, each with its remedy and links to its cells. Frees said.
 */
void bd_leaf_said(struct bd_leaf *l, struct bd_statements *said);

/* "48% to 75%", "48 to 75"; "" where there is no interval. */
struct bd_short bd_leaf_percents(const struct bd_leaf *l, const struct bd_interval *i);
struct bd_short bd_leaf_range(const struct bd_leaf *l, const struct bd_interval *i);
/* Of that brand's mention rate, drawn or Wilson's. */
struct bd_interval bd_leaf_mention(const struct bd_leaf *l, size_t brand);

void bd_html_verdict(struct bd_leaf *l);
void bd_html_brands(struct bd_leaf *l);
void bd_html_models(struct bd_leaf *l);
void bd_html_findings(struct bd_leaf *l);
void bd_html_competitors(struct bd_leaf *l);
void bd_html_sources(struct bd_leaf *l);
void bd_html_answers(struct bd_leaf *l);

#endif
