/* domain/figures/score.h - the overall score of a brand, from figures that are there.
 * [any]
 *
 * A product choice, not a law of nature: four parts, each 0..1, with these weights. A
 * part that cannot be told is left out and the rest weighs more; a brand that is never
 * mentioned has 0 in every part; without a known answer there is no score at all. */
#ifndef BD_DOMAIN_SCORE_H
#define BD_DOMAIN_SCORE_H

#include "domain/figures/figures.h"

#define BD_SCORE_MENTION   0.40 /* mention rate, mean over models */
#define BD_SCORE_RANK      0.25 /* mean of the ladder over known answers */
#define BD_SCORE_VOICE     0.20 /* share of voice; the fair share counts 0.5 */
#define BD_SCORE_SENTIMENT 0.15 /* sentiment 0..1, times the mention rate */

enum { BD_SCORE_SURE = 5 }; /* a score on fewer answers is provisional */

/* 1, 2, 3, 4 -> 1, .8, .6, .4; 5 and more -> .2; mentioned without a rank -> .3. */
double bd_score_ladder(bool mentioned, int rank);

/* Fills part_*, score, grade and provisional of b from its other figures. ladder is the
 * mean of bd_score_ladder() over b->mention.n answers. */
void bd_score_make(struct bd_brand_figures *b, double ladder, size_t brand_count);

/* Fills grade_low and grade_high from score_interval; where they differ, the score is
 * provisional. */
void bd_score_doubt(struct bd_brand_figures *b);

#endif
