/* domain/reading/offer_settle.c - see offer.h. */
#include <stdlib.h>
#include <string.h>

#include "domain/reading/offer.h"
#include "domain/reading/phrase.h"

enum { FEW = 2 }; /* fewer put forward in form, and prose counts */

static int put(struct bd_observation *o, const struct bd_passage *p, size_t start,
               size_t end, int brand)
{
    struct bd_choice *c = &o->offers[o->offer_count];

    *c = (struct bd_choice){.where = {start, end}, .brand = brand};
    c->name = strndup(p->s + start, end - start);
    if (!c->name)
        return -1;
    o->offer_count++;
    return 0;
}

static bool put_forward(const struct bd_observation *o, int brand)
{
    for (size_t i = 0; i < o->offer_count; i++)
        if (o->offers[i].brand == brand)
            return true;
    return false;
}

/* Brands that the text speaks for, without a list in form; those that it only lists as
 * well if hardly anybody is put forward. */
static int put_the_rest(struct bd_observation *o, const struct bd_passage *p, bool few)
{
    const struct bd_hit *hits = bd_passage_hits(p);
    bool chosen[BD_INQUIRY_BRANDS] = {false};

    if (o->brand_count > BD_INQUIRY_BRANDS)
        return 0;
    bd_phrase_chosen(p, chosen);

    for (size_t i = 0; i < bd_passage_hit_count(p); i++) {
        int brand = hits[i].tag;
        const struct bd_sighting *b = &o->brands[brand];
        size_t start = bd_fold_origin(&p->fold, hits[i].start);

        if (!few && !chosen[brand])
            continue;
        if (b->mentioned != BD_YES || start != b->first_offset || put_forward(o, brand) ||
            (b->type != BD_MENTION_RECOMMENDED && b->type != BD_MENTION_LISTED))
            continue;
        if (put(o, p, start, bd_fold_origin(&p->fold, hits[i].end), brand) < 0)
            return -1;
    }
    return 0;
}

static int by_place(const void *a, const void *b)
{
    const struct bd_choice *x = a, *y = b;

    return (x->where.start > y->where.start) - (x->where.start < y->where.start);
}

int bd_offer_settle(struct bd_observation *o, const struct bd_buf *offers,
                    const struct bd_passage *p)
{
    const struct bd_offer *all = (const struct bd_offer *)(const void *)offers->data;
    size_t n = offers->n / sizeof(*all), sure = 0;

    o->offers = calloc(n + o->brand_count + 1, sizeof(*o->offers));
    if (!o->offers)
        return -1;
    for (size_t i = 0; i < n; i++) {
        int brand = all[i].brand;

        if (brand >= 0 &&
            (o->brands[brand].mentioned != BD_YES ||
             o->brands[brand].type == BD_MENTION_NEGATIVE ||
             (all[i].judged && o->brands[brand].type != BD_MENTION_RECOMMENDED &&
              o->brands[brand].type != BD_MENTION_LISTED)))
            continue;
        sure += !all[i].judged;
        if (put(o, p, bd_fold_origin(&p->fold, all[i].name.start),
                bd_fold_origin(&p->fold, all[i].name.end), brand) < 0)
            return -1;
    }
    if (put_the_rest(o, p, sure < FEW) < 0)
        return -1;
    if (o->offer_count > 1)
        qsort(o->offers, o->offer_count, sizeof(*o->offers), by_place);
    return 0;
}
