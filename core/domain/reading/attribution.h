/* domain/reading/attribution.h - which sentence of an answer is about whom. [any]
 *
 * A sentence is about the brands that it names. A list item or heading that names brands
 * in its head is about them, and so is what stands under it: its bullets, its further
 * sentences. Where it names one brand, all under it is about that brand, whomever else a
 * sentence names; where it names several, only what names nobody. An item below that
 * names others is about those.
 *
 * Brands that are not visible (disclaimed) have no part. What is no sentence (a lone
 * number, a ruler) is left out. Tags are indices into the request's brands, and from
 * brand_count on into what was found beside them. */
#ifndef BD_DOMAIN_ATTRIBUTION_H
#define BD_DOMAIN_ATTRIBUTION_H

#include "domain/reading/observation.h"
#include "domain/reading/passage.h"

struct bd_part {         /* a sentence, bytes [start, end) of the fold */
    uint32_t start, end; /* */
    uint32_t words;
    uint32_t first, count; /* whom it is about: owners[first .. first + count) */
};

struct bd_attribution {
    struct bd_buf names;  /* struct bd_hit: visible mentions of all brands, in order */
    struct bd_buf parts;  /* struct bd_part, in order */
    struct bd_buf owners; /* int32_t: tags */
};

struct bd_items;

/* in: the items of p; o: with brands and found read, absence settled. -1 when memory is
 * short. bd_attribution_free() is always right after it. */
int bd_attribution_make(struct bd_attribution *a, const struct bd_passage *p,
                        const struct bd_items *in,
                        const struct bd_observation *o) BD_MUST_CHECK;
void bd_attribution_free(struct bd_attribution *a);

static inline const struct bd_part *bd_attribution_parts(const struct bd_attribution *a)
{
    return (const struct bd_part *)(const void *)a->parts.data;
}

static inline size_t bd_attribution_part_count(const struct bd_attribution *a)
{
    return a->parts.n / sizeof(struct bd_part);
}

static inline const int32_t *bd_attribution_owners(const struct bd_attribution *a,
                                                   const struct bd_part *part)
{
    return (const int32_t *)(const void *)a->owners.data + part->first;
}

#endif
