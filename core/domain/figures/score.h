/* domain/figures/score.h - the overall score of a brand, from figures that are there.
 * [any]
 *
 * A product choice, not a law of nature: four parts, each 0..1, with weights. A
 * part that cannot be told is left out and the rest weighs more; a brand that is never
 * mentioned has 0 in every part; without a known answer there is no score at all. */
#ifndef BD_DOMAIN_SCORE_H
#define BD_DOMAIN_SCORE_H

#include "domain/figures/figures.h"

enum bd_score_part {
    BD_SCORE_MENTION,  /* mention rate, mean over models */
    BD_SCORE_RANK,     /* mean of the ladder over known answers */
    BD_SCORE_VOICE,    /* share of voice; the fair share counts 0.5 */
    BD_SCORE_SENTIMENT /* sentiment 0..1, times the mention rate */
};

/* Of 1: .40, .25, .20, .15, or as the weights of the request say. */
double bd_score_weight(const struct bd_score_weights *w, enum bd_score_part part);

enum { BD_SCORE_SURE = 5 }; /* a score on fewer answers is provisional */

/* 1, 2, 3, 4 -> 1, .8, .6, .4; 5 and more -> .2; mentioned without a rank -> .3. */
double bd_score_ladder(bool mentioned, int rank);

/* Fills part_*, score, grade and provisional of b from its other figures. ladder is the
 * mean of bd_score_ladder() over b->mention.n answers. */
void bd_score_make(struct bd_brand_figures *b, double ladder, size_t brand_count,
                   const struct bd_score_weights *w);

/* Fills grade_low and grade_high from score_interval; where they differ, the score is
 * provisional. */
void bd_score_doubt(struct bd_brand_figures *b);

#endif
