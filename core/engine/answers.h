/* engine/answers.h - an answer that is kept: by which key, and what stands in its row.
 *
 * What shapes an answer is written down as JSON, the ask: adapter and its version, its
 * options, address, model, system message, prompt, limit of tokens, whether to search the
 * web, and the number of the sample, for samples are asked several times on purpose. How
 * a call is made (keys, time-outs, rates, prices) is no part of it.
 *
 * The key is a digest of the ask; the row holds the ask itself, and a row counts only if
 * the ask in it is the same. So two asks that meet in one digest cost a call, and never
 * put one's answer under the other. [any] */
#ifndef BD_ENGINE_ANSWERS_H
#define BD_ENGINE_ANSWERS_H

#include "base/fail.h"
#include "base/json.h"
#include "domain/cell.h"

struct bd_provider_slot;

#define BD_ANSWER_KEY_BYTES 17 /* 64 bits in hex, and the NUL */

struct bd_answer_case {
    const struct bd_provider_slot *slot;
    const char *model, *system, *prompt; /* system NULL: none */
    int sample;
    bool search; /* with web search */
};

/* The ask, to be freed with json_decref(). NULL when memory is short. */
json_t *bd_answer_ask(const struct bd_answer_case *c);
/* FNV-1a of the ask's text. -1 when memory is short. */
int bd_answer_key(char out[BD_ANSWER_KEY_BYTES], const json_t *ask) BD_MUST_CHECK;

/* May the cell's answer stand for another call? Whole ones only, and at first hand. */
bool bd_answer_whole(const struct bd_cell *c);
/* The row's data, to be freed; NULL when memory is short. came_ms: Unix milliseconds. */
char *bd_answer_row(const json_t *ask, const struct bd_cell *c, int64_t came_ms);

struct bd_answer_limits {
    int64_t now_ms; /* Unix milliseconds */
    int64_t ttl_ms; /* a row that is so old, or of the future, is none */
};
/* Fills what the provider said into the cell, which has its place and nothing else: ok,
 * cached, finished_ms as it was then; the text is yet to be read. -1, and the cell is as
 * it was: the row is over, damaged, or of another ask. */
int bd_answer_recall(struct bd_cell *c, const char *row, const json_t *ask,
                     const struct bd_answer_limits *limits) BD_MUST_CHECK;

#endif
