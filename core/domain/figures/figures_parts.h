/* domain/figures/figures_parts.h - what the parts of the figures share. [any]
 *
 * One walk over the cells fills a tally for each model and brand (tally.c); everything
 * that can be added up is made of them. What needs answers side by side (pairs of brands,
 * samples of one question, names that nobody tracks) walks for itself. */
#ifndef BD_DOMAIN_FIGURES_PARTS_H
#define BD_DOMAIN_FIGURES_PARTS_H

#include "domain/figures/figures.h"

struct bd__tally {                          /* of one brand in one model's answers */
    int n, hits, first, top1, top3, ranked; /* visibility */
    int places[BD_RANK_STEPS], types[BD_MENTION_TYPES], excluded[BD_STATUS_COUNT];
    double rank, reciprocal, ladder, visibility, legacy_rank;
    double words, pos_share;
    int placed;                                             /* answers under pos_share */
    int mentions, advised, toned, positive, even, negative; /* portrayal, both probes */
    double sentiment;
    int branded, branded_hits; /* neutral answers that do not count */
};

/* Adds what the cell says of that brand; counts: it is under the figures of visibility.
 */
void bd__tally_cell(struct bd__tally *t, const struct bd_cell *c, size_t brand,
                    bool counts);
void bd__tally_add(struct bd__tally *sum, const struct bd__tally *t);

double bd__divide(double a, int n); /* NaN for n = 0 */
void bd__rate_close(struct bd_rate *r);

/* tallies: [model][brand]. Fills the map of models and brands and how they spread. -1:
 * memory. */
int bd__figures_models(struct bd_figures *f, const struct bd_record *rec,
                       const struct bd__tally *tallies) BD_MUST_CHECK;
/* Does that competitor take the main brand's place in the cell; brand 0: does any? */
enum bd_known bd__intercepts(const struct bd_cell *c, size_t brand, size_t brands);
/* Adds what the cell, which counts, says of pairs of brands. */
void bd__figures_pairs(struct bd_figures *f, const struct bd_cell *c);

/* The brands that each answer names, tracked and found, as numbers. */
struct bd__named {
    size_t id;     /* below brand_count: tracked; else a rival's, in order of names */
    int rank;      /* 0 = none */
    size_t offset; /* of its first visible mention */
};

struct bd__frame {
    struct bd__named *at; /* of cell i: first[i] to first[i + 1], by id, each once */
    size_t *first;
    bool *looked; /* per cell: it counts, answered and was not refused */
};

/* Also fills f's rivals and share_of_all. -1: memory; bd__frame_free() is right. */
int bd__frame_make(struct bd__frame *w, struct bd_figures *f,
                   const struct bd_record *rec) BD_MUST_CHECK;
void bd__frame_free(struct bd__frame *w);

/* Is the cell under the figures of sources: answered, not refused? */
bool bd__cites(const struct bd_cell *c);
int bd__figures_sources(struct bd_figures *f, const struct bd_record *rec) BD_MUST_CHECK;
/* After bd__figures_sources(). */
int bd__figures_flags(struct bd_figures *f, const struct bd_record *rec) BD_MUST_CHECK;
int bd__figures_stability(struct bd_figures *f, const struct bd_record *rec,
                          const struct bd__frame *w) BD_MUST_CHECK;

#endif
