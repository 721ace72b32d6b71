/* domain/statement.h - whole sentences about a diagnosis, before any page shows them.
 *
 * The terminal folds them, HTML and Markdown make paragraphs of them, JSON lists them:
 * all say the same. A sentence may name the cells that prove it. [owner] */
#ifndef BD_DOMAIN_STATEMENT_H
#define BD_DOMAIN_STATEMENT_H

#include "domain/words.h"

enum bd_tone {
    BD_TONE_PLAIN,
    BD_TONE_STRONG,
    BD_TONE_QUIET,
    BD_TONE_CAUTION,
    BD_TONE_BAD
};

struct bd_statement {
    enum bd_tone tone;
    char *text;
    char *remedy;      /* what to do about it; NULL = nothing */
    size_t *cells;     /* indices of cells that prove it, in order */
    size_t cell_count; /* 0 = it rests on no single answers */
};

struct bd_statements {
    bool zh;
    struct bd_statement *at;
    size_t count, room;
    bool failed; /* memory was short: something is missing */
};

void bd_statements_init(struct bd_statements *s, bool zh);
void bd_statements_free(struct bd_statements *s);

/* Adds the text of words.h, filled; args as for bd_word_fill(), NULL = none. */
void bd_state(struct bd_statements *s, enum bd_tone tone, enum bd_word id,
              const char *const *args);
/* The same with a text that is ready; copied. */
void bd_state_text(struct bd_statements *s, enum bd_tone tone, const char *text);
/* Of the last one: its remedy, copied, and a cell that proves it. */
void bd_state_remedy(struct bd_statements *s, const char *text);
void bd_state_cell(struct bd_statements *s, size_t cell);

#endif
