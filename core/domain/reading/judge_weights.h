/* domain/reading/judge_weights.h - what judge.c has learnt. */
#ifndef BD_DOMAIN_JUDGE_WEIGHTS_H
#define BD_DOMAIN_JUDGE_WEIGHTS_H

#include <stdint.h>

#include "domain/reading/judge.h"

#define BD_JUDGE_SCALE 0.02 /* of one step of a weight, in units of log odds */

extern const int8_t bd__judge_weights[2][BD_JUDGE_WEIGHTS];

#endif
