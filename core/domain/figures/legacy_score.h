/* domain/figures/legacy_score.h - the overall score of the earlier system, for
 * comparison. [any]
 *
 * .25 visibility + .35 rank + .25 share of voice + .15 sentiment, each part by a ladder
 * of steps (GEO section 4). Kept so that old and new reports can be laid side by side;
 * labelled legacy wherever it is shown. A part that cannot be told is left out and the
 * others weigh more; without a known answer there is no score. */
#ifndef BD_DOMAIN_LEGACY_SCORE_H
#define BD_DOMAIN_LEGACY_SCORE_H

#include "domain/figures/figures.h"

#define BD_LEGACY_VISIBILITY 0.25
#define BD_LEGACY_RANK       0.35
#define BD_LEGACY_VOICE      0.25
#define BD_LEGACY_SENTIMENT  0.15

/* Of one answer that mentions the brand: 60, and 20 or 10 more where its first mention
 * stands in the first 30 % or 70 % of the words, and 20 or 10 more where 200 or 100 words
 * are about it. first_part as in struct bd_sighting. */
double bd_legacy_visibility(double first_part, double words);
/* 1, 2, 3, 4 -> 100, 80, 60, 40; 5 and more -> 20; 0 (no explicit rank) -> 0. */
double bd_legacy_rank(int rank);
/* Share of voice: from .4 100, .3 80, .2 60, .1 40, else 20. */
double bd_legacy_voice(double share);
/* -1..1 in fifths: 20, 40, 60, 80, 100. */
double bd_legacy_sentiment(double mean);

/* visibility and rank are the means of the above over the b->mention.n known answers,
 * absent = 0. */
void bd_legacy_score_make(struct bd_brand_figures *b, double visibility, double rank);

#endif
