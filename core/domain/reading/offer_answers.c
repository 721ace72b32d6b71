/* domain/reading/offer_answers.c - see offer_parts.h: lists of needs whose texts say whom
 * to choose: "Tight budget: A", "To start today -> B". */
#include <string.h>

#include "base/text.h"
#include "domain/reading/affix.h"
#include "domain/reading/offer_parts.h"
#include "domain/reading/proper.h"

enum {
    MOST_NEEDS = 12,
    MOST_NEW = 40,
    OFFERS = 400,
    CELLS = 400
}; /* asked of a list; read of an answer; compared with; looked at */

/* Where the answer to a need begins: behind the first colon or arrow of the line. */
static size_t answer_at(const struct bd__offer_work *w, int i)
{
    static const char *const signs[] = {":", "→", "->", "=>"};
    const struct bd_item *it = bd__offer_item(w, i);
    const char *s = w->p->fold.bytes.data;
    size_t at = it->head.start, k = 0;

    while (at < it->line_end &&
           !(k = bd_affix_begins(s + at, it->line_end - at, BD_WORDS(signs))))
        at++;
    for (at += k; at < it->line_end; at += k)
        if (!(k = bd_affix_begins(s + at, it->line_end - at, BD_WORDS(signs))) &&
            !(k = strchr("* ", s[at]) != NULL))
            break;
    return at;
}

/* Does an offer that stands before `before` begin as the text in [at, end) does? */
static bool begins_as_offer(const struct bd__offer_work *w, size_t at, size_t end,
                            size_t before)
{
    const struct bd_offer *o = (const struct bd_offer *)(const void *)w->out->list.data;
    const char *s = w->p->fold.bytes.data;

    for (size_t k = 0; k < w->out->list.n / sizeof(*o) && k < OFFERS; k++) {
        size_t n = o[k].name.end - o[k].name.start, same = 0;

        if (o[k].name.start >= before)
            continue;
        while (same < n && at + same < end && s[at + same] == s[o[k].name.start + same])
            same++;
        if (same == n || (same > 4 && bd_text_points(s + at, same) > 2))
            return true;
    }
    return false;
}

/* Does the answer of the item begin as one of the offers does? */
static bool answered(const struct bd__offer_work *w, int i)
{
    const struct bd_item *it = bd__offer_item(w, i);

    return begins_as_offer(w, answer_at(w, i), it->line_end, it->head.start);
}

bool bd__offers_answered(struct bd__offer_work *w, int i)
{
    struct bd__offer_tally *t = &w->runs[w->nodes[i].run];
    int found = 0, looked = 0;

    if (t->answers == 0) {
        for (int k = w->nodes[i].run;
             k < bd__offer_count(w) && looked < MOST_NEEDS && looked < t->size; k++)
            if (w->nodes[k].run == w->nodes[i].run) {
                found += bd__offer_item(w, k)->head.count == 0 && answered(w, k);
                looked++;
            }
        t->answers = found > 1 && 2 * found >= looked ? 2 : 1;
    }
    return t->answers == 2;
}

/* Two or three characters, which few words for things have. */
static bool short_name(const char *s, size_t n)
{
    return (unsigned char)s[0] >= 0x80 && n <= 9;
}

/* Another one, no shorter form of somebody offered, and no model of one ("Find N3"). */
static bool is_new(const struct bd__offer_work *w, const struct bd_span_u32 *name,
                   size_t before, bool beside_known)
{
    static const char *const series[] = {"系列", "款", " series"};
    const char *s = w->p->fold.bytes.data;

    for (size_t i = name->start; i < name->end; i++)
        if (s[i] >= '0' && s[i] <= '9')
            return false;
    return bd_names_plausible(w->p, name) &&
           !bd_affix_ends(s + name->start, name->end - name->start, BD_WORDS(series)) &&
           ((beside_known && short_name(s + name->start, name->end - name->start)) ||
            bd_proper_name(w->p, name->start, name->end)) &&
           !bd__offers_tracked_at(w->p, name->start, name->end) &&
           !begins_as_offer(w, name->start, name->end, before) &&
           !bd__offers_in_a_head(w->out, w->p, name);
}

static int offer_new(struct bd__offer_work *w, int i)
{
    const struct bd_item *it = bd__offer_item(w, i);
    static const char *const verbs[] = {
        "consider ", "try ", "look at ", "have a look at ", "the ", "a ", "an "};
    const char *s = w->p->fold.bytes.data;
    size_t at = answer_at(w, i), n;
    struct bd_series row, fresh = {0};
    bool known = false;

    while ((n = bd_affix_begins(s + at, it->line_end - at, BD_WORDS(verbs))))
        at += n;
    row = bd_series_read(w->p, at, it->line_end);

    for (int k = 0; k < row.count; k++)
        known |= begins_as_offer(w, row.at[k].start, row.at[k].end, it->head.start);
    for (int k = 0; k < row.count; k++)
        if (is_new(w, &row.at[k], it->head.start, known) &&
            (known || (row.count == 1 && row.clean)))
            fresh.at[fresh.count++] = row.at[k];
    bd__offers_all(w->out, w->p, &fresh);
    return fresh.count;
}

/* "For whom | A, B" in a table: who stands beside one that was offered. */
static int offer_beside(struct bd__offer_work *w, const struct bd_line *cell)
{
    size_t at = bd_fold_index(&w->p->fold, cell->start),
           end = bd_fold_index(&w->p->fold, cell->end);
    struct bd_series row = bd_series_read(w->p, at, end), fresh = {0};
    bool known = false;

    if (row.count < 2 || row.end < end)
        return 0;
    for (int k = 0; k < row.count; k++)
        known |= begins_as_offer(w, row.at[k].start, row.at[k].end, at);
    for (int k = 0; k < row.count && known; k++)
        if (is_new(w, &row.at[k], at, true))
            fresh.at[fresh.count++] = row.at[k];
    bd__offers_all(w->out, w->p, &fresh);
    return fresh.count;
}

void bd__offers_answers(struct bd__offer_work *w)
{
    const struct bd_line *l = (const struct bd_line *)(void *)w->p->outline.lines.data;
    size_t lines = w->p->outline.lines.n / sizeof(*l);
    int fresh = 0, cells = 0;

    for (size_t i = 0; i < lines && fresh < MOST_NEW && cells < CELLS; i++)
        if (l[i].kind == BD_LINE_CELL && l[i].row > 0 && l[i].column > 0) {
            fresh += offer_beside(w, &l[i]);
            cells++;
        }

    for (int i = 0; i < bd__offer_count(w) && fresh < MOST_NEW; i++)
        if (w->nodes[i].role != BD__OFFER_NAMES &&
            bd__offer_item(w, i)->head.count == 0 && !bd__offer_heading(w, i) &&
            bd__offers_answered(w, i))
            fresh += offer_new(w, i);
}
