/* domain/report/say_around.c - what stands around the figures of the tracked brands:
 * questions covered, brands that nobody tracks, sites cited, answers to the same
 * question. See say.h. */
#include <math.h>

#include "domain/report/report_parts.h"
#include "domain/report/say.h"

enum { SHOWN_RIVALS = 5, SHOWN_SITES = 3, LIST_BYTES = 4096 };

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

/* Answers that cite one of its own sites, by search or link; a claim is none. */
static int own_answers(const struct bd_figures *f)
{
    return f->brands[0].cited_rate[BD_ORIGIN_PROVIDER].hits +
           f->brands[0].cited_rate[BD_ORIGIN_TEXT].hits;
}

static void say_sites(struct bd_statements *s, const struct bd_record *rec,
                      const struct bd_figures *f)
{
    struct bd_buf list;

    if (f->site_count == 0)
        return;
    bd_buf_init(&list, LIST_BYTES);
    for (size_t i = 0; i < f->site_count && i < SHOWN_SITES; i++) {
        if (i > 0)
            bd_buf_add(&list, bd_word(BD_WORD_LIST_COMMA, s->zh));
        bd_word_fill(&list, bd_word(BD_WORD_F_MODEL, s->zh),
                     BD_ARGS(f->sites[i].domain, bd_show_count(f->sites[i].answers).s,
                             bd_show_count(f->source_answers).s));
    }
    bd_state(s, BD_TONE_PLAIN, BD_WORD_A_SITES,
             BD_ARGS(list.data, bd_show_count((int64_t)f->site_count).s,
                     rec->inquiry.brands[0].name, bd_show_count(own_answers(f)).s));
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
    say_sites(s, rec, f);
    say_stability(s, f);
}
