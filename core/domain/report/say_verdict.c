/* domain/report/say_verdict.c - the verdict in sentences. See say.h. */
#include <math.h>
#include <stdio.h>

#include "domain/report/report_parts.h"
#include "domain/report/say.h"

enum { FEW = 5, SMALL = 50 }; /* known neutral answers */

/* Where the main brand's mention rate stands among the brands that have one. */
static void add_place(struct bd_buf *out, const struct bd_figures *f, bool zh)
{
    int above = 0, same = 0, known = 0, hits = 0;

    for (size_t i = 0; i < f->brand_count; i++) {
        const struct bd_rate *r = &f->brands[i].mention;

        known += r->n > 0;
        hits += r->hits;
        above += r->n > 0 && r->value > f->brands[0].mention.value;
        same += i > 0 && r->n > 0 && r->value == f->brands[0].mention.value;
    }
    if (known > 1 && hits > 0) /* nobody is first where nobody is mentioned */
        bd_word_fill(out, bd_word(BD_WORD_V_PLACE, zh),
                     BD_ARGS(bd_show_count(known).s, bd_show_count(above + 1).s,
                             same ? bd_word(BD_WORD_V_TIED, zh) : ""));
}

static void say_mentions(struct bd_statements *s, const char *name,
                         const struct bd_figures *f)
{
    const struct bd_brand_figures *b = &f->brands[0];
    struct bd_buf rank, place;

    bd_buf_init(&rank, 1024);
    bd_buf_init(&place, 1024);
    bd_word_fill(&rank, bd_word(b->rank.n ? BD_WORD_V_RANK : BD_WORD_V_NO_RANK, s->zh),
                 BD_ARGS(bd_show_number(b->rank.value, 1).s, bd_show_count(b->rank.n).s));
    add_place(&place, f, s->zh);
    if (b->mention.hits == 0)
        bd_state(s, BD_TONE_STRONG, BD_WORD_V_ABSENT,
                 BD_ARGS(name, bd_show_count(b->mention.n).s, place.data));
    else
        bd_state(
            s, BD_TONE_STRONG, BD_WORD_VERDICT,
            BD_ARGS(name, bd_show_count(b->mention.n).s, bd_show_count(b->mention.hits).s,
                    bd_show_percent(b->mention.value).s,
                    bd_show_count(b->first_mention.hits).s,
                    bd_show_percent(b->first_mention.value).s, rank.data, place.data));
    bd_buf_free(&rank);
    bd_buf_free(&place);
}

static struct bd_interval interval_of(const struct bd_figures *f, size_t b)
{
    const struct bd_rate *r = &f->brands[b].mention;

    return bd_figures_drawn(f) ? f->brands[b].mention_interval
                               : bd_interval_wilson(r->hits, r->n);
}

static struct bd_short show_range(const struct bd_interval *i, bool zh)
{
    struct bd_short out = {"-"};
    struct bd_buf text;

    bd_buf_init(&text, sizeof(out.s) - 1);
    if (bd_word_fill(&text, bd_word(BD_WORD_RANGE, zh),
                     BD_ARGS(bd_show_percent(i->low).s, bd_show_percent(i->high).s)) == 0)
        snprintf(out.s, sizeof(out.s), "%s", text.data);
    bd_buf_free(&text);
    return out;
}

/* The competitor that is mentioned most; 0 if none is. */
static size_t strongest(const struct bd_figures *f)
{
    size_t best = 0;

    for (size_t b = 1; b < f->brand_count; b++)
        if (f->brands[b].mention.hits > 0 &&
            (!best || f->brands[b].mention.value > f->brands[best].mention.value))
            best = b;
    return best;
}

/* Figures that differ, but not by more than their samples allow. */
static void say_overlap(struct bd_statements *s, const struct bd_record *rec,
                        const struct bd_figures *f)
{
    const size_t b = strongest(f);
    const struct bd_rate *own = &f->brands[0].mention, *other = &f->brands[b].mention;
    struct bd_interval mine = interval_of(f, 0), theirs = interval_of(f, b);

    if (!b || own->value == other->value || !bd_interval_overlap(&mine, &theirs) ||
        isnan(mine.low) || isnan(theirs.low))
        return;
    bd_state(s, BD_TONE_CAUTION, BD_WORD_V_OVERLAP,
             BD_ARGS(rec->inquiry.brands[0].name, bd_show_part(own->hits, own->n).s,
                     show_range(&mine, s->zh).s, rec->inquiry.brands[b].name,
                     bd_show_part(other->hits, other->n).s,
                     show_range(&theirs, s->zh).s));
}

static void say_score(struct bd_statements *s, const struct bd_brand_figures *b)
{
    struct bd_buf range;

    bd_buf_init(&range, 1024);
    if (!isnan(b->score_interval.low))
        bd_word_fill(&range, bd_word(BD_WORD_V_INTERVAL, s->zh),
                     BD_ARGS(bd_show_number(b->score_interval.low, 0).s,
                             bd_show_number(b->score_interval.high, 0).s));
    bd_state(s, BD_TONE_PLAIN, b->provisional ? BD_WORD_V_SCORE_SOFT : BD_WORD_V_SCORE,
             BD_ARGS(bd_show_number(b->score, 1).s, bd_show_grade(b).s, range.data));
    bd_buf_free(&range);
}

void bd_say_standing(struct bd_statements *s, const struct bd_record *rec,
                     const struct bd_figures *f)
{
    const struct bd_brand_figures *b = &f->brands[0];
    const char *name = rec->inquiry.brands[0].name;

    if (b->mention.n == 0) {
        bd_state(s, BD_TONE_STRONG,
                 f->neutral_cells == 0                  ? BD_WORD_V_NO_NEUTRAL
                 : f->neutral_cells == f->branded_cells ? BD_WORD_V_BRANDED
                                                        : BD_WORD_V_UNKNOWN,
                 BD_ARGS(name, bd_show_count(f->neutral_cells).s));
        return;
    }
    say_mentions(s, name, f);
    say_score(s, b);
}

void bd_say_doubts(struct bd_statements *s, const struct bd_record *rec,
                   const struct bd_figures *f)
{
    const int n = f->brands[0].mention.n;

    if (n == 0)
        return;
    if (n < SMALL)
        bd_state(s, BD_TONE_CAUTION, n < FEW ? BD_WORD_V_FEW : BD_WORD_V_SMALL,
                 BD_ARGS(bd_show_count(n).s));
    say_overlap(s, rec, f);
}

void bd_say_missing(struct bd_statements *s, const struct bd_record *rec,
                    const struct bd_figures *f)
{
    if (f->answered < f->total)
        bd_state(
            s, BD_TONE_CAUTION, BD_WORD_V_MISSING,
            BD_ARGS(bd_show_count(f->total - f->answered).s, bd_show_count(f->total).s));
    if (rec->interrupted)
        bd_state(s, BD_TONE_CAUTION, BD_WORD_INTERRUPTED, NULL);
}

void bd_say_verdict(struct bd_statements *s, const struct bd_record *rec,
                    const struct bd_figures *f)
{
    bd_say_standing(s, rec, f);
    bd_say_doubts(s, rec, f);
    bd_say_missing(s, rec, f);
}

void bd_say_limits(struct bd_statements *s, const struct bd_record *rec,
                   const struct bd_figures *f)
{
    bd_say_doubts(s, rec, f);
    bd_state(s, BD_TONE_PLAIN, BD_WORD_N_NEUTRAL, NULL);
    bd_say_search(s, rec);
}
