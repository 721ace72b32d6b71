/* domain/statement.c - see statement.h. */
#include "domain/statement.h"

#include <stdlib.h>
#include <string.h>

#define SENTENCE_BYTES ((size_t)1 << 18)

void bd_statements_init(struct bd_statements *s, bool zh)
{
    *s = (struct bd_statements){.zh = zh};
}

void bd_statements_free(struct bd_statements *s)
{
    for (size_t i = 0; i < s->count; i++) {
        free(s->at[i].text);
        free(s->at[i].remedy);
        free(s->at[i].cells);
    }
    free(s->at);
    bd_statements_init(s, s->zh);
}

static struct bd_statement *next(struct bd_statements *s)
{
    size_t room = s->room ? 2 * s->room : 16;
    struct bd_statement *more;

    if (s->count == s->room) {
        more = realloc(s->at, room * sizeof(*more));
        if (!more)
            return NULL;
        s->at = more;
        s->room = room;
    }
    s->at[s->count] = (struct bd_statement){0};
    return &s->at[s->count];
}

void bd_state_text(struct bd_statements *s, enum bd_tone tone, const char *text)
{
    struct bd_statement *new = next(s);

    if (new)
        new->text = strdup(text);
    if (!new || !new->text) {
        s->failed = true;
        return;
    }
    new->tone = tone;
    s->count++;
}

void bd_state(struct bd_statements *s, enum bd_tone tone, enum bd_word id,
              const char *const *args)
{
    struct bd_buf text;

    bd_buf_init(&text, SENTENCE_BYTES);
    if (bd_word_fill(&text, bd_word(id, s->zh), args ? args : BD_ARGS("")) < 0)
        s->failed = true;
    bd_state_text(s, tone, text.data);
    bd_buf_free(&text);
}

void bd_state_remedy(struct bd_statements *s, const char *text)
{
    struct bd_statement *last = s->count ? &s->at[s->count - 1] : NULL;

    if (!last)
        return;
    free(last->remedy);
    last->remedy = strdup(text);
    s->failed |= !last->remedy;
}

/* Grows at powers of two: a sentence may rest on thousands. */
void bd_state_cell(struct bd_statements *s, size_t cell)
{
    struct bd_statement *last = s->count ? &s->at[s->count - 1] : NULL;
    size_t n = last ? last->cell_count : 0;
    size_t *more;

    if (!last)
        return;
    if ((n & (n - 1)) == 0) {
        more = realloc(last->cells, (n ? 2 * n : 1) * sizeof(*more));
        if (!more) {
            s->failed = true;
            return;
        }
        last->cells = more;
    }
    last->cells[last->cell_count++] = cell;
}
