/* domain/reading/share.h - how much of an answer is about each brand. [any] Pure.
 *
 * Words: those of the sentences about a brand (attribution.h), each sentence's divided
 * evenly among those it is about; so the words of all brands add up to those that are
 * about anybody (GEO metric 4; "word count" of Aggarwal et al., KDD'24, arXiv
 * 2311.09735, as their code has it).
 *
 * Position-adjusted share (metric 5, same source): sentence i of n, counted from 0,
 * weighs e^(-i/(n-1)), 1 where n is 1, is divided in the same way, and what each brand
 * has is divided by what all have, those that nobody tracks included. */
#ifndef BD_DOMAIN_SHARE_H
#define BD_DOMAIN_SHARE_H

#include "domain/reading/attribution.h"

/* Fills words, pos_share and first_part of all brands, tracked and found, and o->words.
 * -1 when memory is short. */
int bd_share_read(struct bd_observation *o, const struct bd_passage *p,
                  const struct bd_attribution *a) BD_MUST_CHECK;

#endif
