/* domain/report/say_search.c - where answers come from, and whether the web was searched
 * for them. See say.h. */
#include "domain/report/report_parts.h"
#include "domain/report/say.h"

static enum bd_word api_word(const struct bd_record *rec, struct bd_searches n)
{
    if (!rec->inquiry.search)
        return n.searched ? BD_WORD_N_API_UNASKED : BD_WORD_N_API;
    if (n.answers == 0)
        return BD_WORD_N_API_SEARCH;
    return n.searched == n.answers ? BD_WORD_N_API_ALL : BD_WORD_N_API_SOME;
}

/* "doubao 3 of 3, zhipu 1 of 4": models with answers that did not search. */
static void say_unsearched(struct bd_statements *s, const struct bd_record *rec)
{
    struct bd_buf list;

    bd_buf_init(&list, 1 << 14);
    for (int m = 0; m < (int)rec->inquiry.model_count; m++) {
        struct bd_searches n = bd_report_searches(rec, m);
        struct bd_buf name;

        if (n.searched == n.answers)
            continue;
        bd_buf_init(&name, 1024);
        bd_show_model(&name, rec, m, false);
        if (list.n)
            bd_buf_add(&list, bd_word(BD_WORD_LIST_COMMA, s->zh));
        bd_word_fill(&list, bd_word(BD_WORD_N_UNSEARCHED_OF, s->zh),
                     BD_ARGS(name.data, bd_show_count(n.answers - n.searched).s,
                             bd_show_count(n.answers).s));
        bd_buf_free(&name);
    }
    if (list.n)
        bd_state(s, BD_TONE_CAUTION, BD_WORD_N_UNSEARCHED, BD_ARGS(list.data));
    bd_buf_free(&list);
}

void bd_say_search(struct bd_statements *s, const struct bd_record *rec)
{
    struct bd_searches n = bd_report_searches(rec, -1);

    bd_state(s, BD_TONE_PLAIN, api_word(rec, n),
             BD_ARGS(bd_show_count(n.searched).s, bd_show_count(n.answers).s));
    if (rec->inquiry.search)
        say_unsearched(s, rec);
}
