/* domain/reading/ranking.h - the order that an answer's lists and tables give to brands.
 * [any]
 *
 * Items that name a brand in their head carry rank; what stands under such an item is
 * its detail. A list without one is advice or criteria and counts for nothing, unless it
 * has the shape of the lists that have: then its brands are ones that nobody tracks, and
 * they take their places. Bullets and headings order nothing, unless they or what they
 * stand under have numbers. The rank goes on from list to list; the place within the own
 * list is kept beside it. A table counts only where no list does, or with a column of
 * places where no list has numbers. */
#ifndef BD_DOMAIN_RANKING_H
#define BD_DOMAIN_RANKING_H

#include "domain/reading/naming.h"
#include "domain/reading/observation.h"
#include "domain/reading/passage.h"

struct bd_place {
    int brand, rank, section_rank; /* 0: bullets, without a number above them */
    size_t hit;                    /* the mention in the head */
    size_t behind;                 /* end of the item with its details, in the fold */
};

/* A name in a head that counts, of a brand that nobody tracks. */
struct bd_found {
    struct bd_span_u32 name; /* in the fold */
    int rank, section_rank;  /* 0 likewise */
};

struct bd_ranking {
    struct bd_buf found;  /* struct bd_found, in order of the text, names may repeat */
    struct bd_buf places; /* struct bd_place, in order of the text, brands may repeat */
    enum bd_list_kind kind;
    enum bd_rank_source source;
    bool column;     /* a table's column gives a tracked brand's place */
    bool numbered;   /* a ranked item of a list has a number of its own */
    int items;       /* brand items, tracked or not */
    size_t list_end; /* end of the last one, in the fold */
};

struct bd_items;

/* in: the items of p; which of their groups count is set in them. -1 when memory is
 * short. bd_ranking_free() is always right after it. */
int bd_ranking_make(struct bd_ranking *r, const struct bd_passage *p,
                    const struct bd_items *in) BD_MUST_CHECK;
void bd_ranking_free(struct bd_ranking *r);

/* Adds the untracked names in the folded bytes [start, end), a head behind its mark. */
int bd__ranking_names(struct bd_ranking *r, const struct bd_passage *p, size_t start,
                      size_t end, int rank, int section_rank) BD_MUST_CHECK;

/* Of tables alone (table.c); fills r if it finds one that ranks. */
int bd__ranking_table(struct bd_ranking *r, const struct bd_passage *p) BD_MUST_CHECK;

#endif
