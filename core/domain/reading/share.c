/* domain/reading/share.c - see share.h. */
#include "domain/reading/share.h"

#include <math.h>
#include <stdlib.h>

#include "domain/reading/wordcount.h"

struct sum { /* by tag */
    double words, weight;
};

static void add_up(struct sum *sums, const struct bd_attribution *a)
{
    const struct bd_part *part = bd_attribution_parts(a);
    size_t n = bd_attribution_part_count(a);

    for (size_t i = 0; i < n; i++) {
        const int32_t *owner = bd_attribution_owners(a, &part[i]);
        double weight = n > 1 ? exp(-(double)i / (double)(n - 1)) : 1;

        for (uint32_t k = 0; k < part[i].count; k++) {
            sums[owner[k]].words += (double)part[i].words / part[i].count;
            sums[owner[k]].weight += weight / part[i].count;
        }
    }
}

/* Words of the answer before that byte of the original. */
static size_t words_before(const struct bd_passage *p, const struct bd_attribution *a,
                           size_t origin)
{
    const struct bd_part *part = bd_attribution_parts(a);
    size_t at = bd_fold_index(&p->fold, origin), words = 0;

    for (size_t i = 0; i < bd_attribution_part_count(a) && part[i].start < at; i++)
        words += part[i].end <= at ? part[i].words
                                   : bd_wordcount(p->fold.bytes.data + part[i].start,
                                                  at - part[i].start, NULL);
    return words;
}

static size_t all_words(const struct bd_attribution *a)
{
    const struct bd_part *part = bd_attribution_parts(a);
    size_t words = 0;

    for (size_t i = 0; i < bd_attribution_part_count(a); i++)
        words += part[i].words;
    return words;
}

int bd_share_read(struct bd_observation *o, const struct bd_passage *p,
                  const struct bd_attribution *a)
{
    struct sum *sums = calloc(o->brand_count + o->found_count + 1, sizeof(*sums));
    double all = 0;

    if (!sums)
        return -1;
    add_up(sums, a);
    for (size_t i = 0; i < o->brand_count + o->found_count; i++)
        all += sums[i].weight;
    o->words = (int)all_words(a);
    for (size_t i = 0; i < o->brand_count; i++) {
        struct bd_sighting *b = &o->brands[i];

        if (b->mentioned == BD_UNKNOWN)
            continue;
        b->words = sums[i].words;
        b->pos_share = all > 0 ? sums[i].weight / all : NAN;
        if (b->mentioned == BD_YES)
            b->first_part =
                o->words ? (double)words_before(p, a, b->first_offset) / o->words : 0;
    }
    for (size_t i = 0; i < o->found_count; i++) {
        o->found[i].words = sums[o->brand_count + i].words;
        o->found[i].pos_share = all > 0 ? sums[o->brand_count + i].weight / all : NAN;
    }
    free(sums);
    return 0;
}
