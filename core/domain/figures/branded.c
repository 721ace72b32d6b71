/* domain/figures/branded.c - see branded.h. */
#include "domain/figures/branded.h"

#include <stdlib.h>
#include <string.h>

#include "domain/reading/alias.h"
#include "domain/reading/fold.h"
#include "domain/words.h"

enum { HITS_BYTES = 1 << 20 }; /* far more than a question can hold */

/* 1, 0, or -1. */
static int names_one(const struct bd_alias *names, const char *question)
{
    struct bd_fold f;
    struct bd_buf hits;
    int found = -1;

    bd_buf_init(&hits, HITS_BYTES);
    if (bd_fold_init(&f, question, strlen(question)) == 0 &&
        bd_alias_find(names, &f, question, true, &hits) == 0)
        found = hits.n > 0;
    bd_buf_free(&hits);
    bd_fold_free(&f);
    return found;
}

int bd_branded_find(bool *branded, const struct bd_inquiry *r)
{
    struct bd_alias *names = NULL;
    int count = 0;

    if (bd_alias_new(&names, r) < 0)
        return -1;
    for (size_t q = 0; q < r->question_count && count >= 0; q++) {
        int found = names_one(names, r->questions[q]);

        branded[q] = found > 0;
        count = found < 0 ? -1 : count + found;
    }
    bd_alias_free(names);
    return count;
}

void bd_branded_list(struct bd_buf *out, const bool *branded, size_t questions, bool zh)
{
    const char *comma = "";

    for (size_t q = 0; q < questions; q++) {
        if (!branded[q])
            continue;
        bd_buf_addf(out, "%s%zu", comma, q + 1);
        comma = bd_word(BD_WORD_LIST_COMMA, zh);
    }
}

void bd_branded_warn(struct bd_buf *out, const struct bd_inquiry *r, bool zh)
{
    bool *branded = calloc(r->question_count + 1, sizeof(*branded));
    struct bd_buf list;

    bd_buf_init(&list, 1 << 14);
    if (branded && (r->probes & BD_PROBE_NEUTRAL) && bd_branded_find(branded, r) > 0) {
        bd_branded_list(&list, branded, r->question_count, zh);
        bd_word_fill(out, bd_word(BD_WORD_BRANDED_WARN, zh), BD_ARGS(list.data));
    }
    bd_buf_free(&list);
    free(branded);
}
