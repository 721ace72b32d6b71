/* domain/say_around.c - what stands around the figures of the tracked brands: questions
 * covered, brands that nobody tracks, answers to the same question. See say.h. */
#include <math.h>

#include "domain/report_parts.h"
#include "domain/say.h"

enum { SHOWN_RIVALS = 5, LIST_BYTES = 4096 };

static void say_coverage(struct bd_statements *s, const struct bd_record *rec,
                         const struct bd_figures *f)
{
    const struct bd_rate *r = &f->brands[0].coverage;

    if (r->n > 1)
        bd_state(s, BD_TONE_PLAIN, BD_WORD_A_COVERAGE,
                 BD_ARGS(rec->inquiry.brands[0].name, bd_show_count(r->hits).s,
                         bd_show_count(r->n).s));
}

static void say_rivals(struct bd_statements *s, const struct bd_record *rec,
                       const struct bd_figures *f)
{
    const struct bd_rate *all = &f->brands[0].share_of_all;
    struct bd_buf list;

    if (f->rival_count == 0)
        return;
    bd_buf_init(&list, LIST_BYTES);
    for (size_t i = 0; i < f->rival_count && i < SHOWN_RIVALS; i++) {
        if (i > 0)
            bd_buf_add(&list, bd_word(BD_WORD_LIST_COMMA, s->zh));
        bd_word_fill(&list, bd_word(BD_WORD_F_MODEL, s->zh),
                     BD_ARGS(f->rivals[i].name, bd_show_count(f->rivals[i].answers).s,
                             bd_show_count(f->rival_answers).s));
    }
    bd_state(s, BD_TONE_PLAIN,
             f->rival_count > SHOWN_RIVALS ? BD_WORD_A_RIVALS_MORE : BD_WORD_A_RIVALS,
             BD_ARGS(list.data, bd_show_count((int64_t)f->rival_count).s,
                     rec->inquiry.brands[0].name, bd_show_percent(all->value).s,
                     bd_show_part(all->hits, all->n).s));
    bd_buf_free(&list);
}

static void say_stability(struct bd_statements *s, const struct bd_figures *f)
{
    const struct bd_stability *x = &f->stability;

    if (x->groups > 0)
        bd_state(s, BD_TONE_PLAIN, BD_WORD_A_STABLE,
                 BD_ARGS(bd_show_percent(x->jaccard).s, bd_show_count(x->groups).s));
}

void bd_say_around(struct bd_statements *s, const struct bd_record *rec,
                   const struct bd_figures *f)
{
    say_coverage(s, rec, f);
    say_rivals(s, rec, f);
    say_stability(s, f);
}
