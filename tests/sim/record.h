/* sim/record.h - what has come in: counters, and a log of the last requests. [owner] */
#ifndef SIM_RECORD_H
#define SIM_RECORD_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/corpus.h"
#include "sim/provider.h"

#define SIM_LOG_MAX 16384 /* the oldest is forgotten first */

struct sim_record;

/* NULL when memory is short. */
struct sim_record *sim_record_new(int64_t now_ms);
void sim_record_free(struct sim_record *r);
void sim_record_reset(struct sim_record *r, int64_t now_ms);

/* A request has come in full. Returns its number. words are what the log shows: the
 * fault ("ok"), or the objection. status 0: none is sent. */
struct sim_entry {
    const struct sim_ask *ask;
    const struct sim_names *names;
    const char *fault;
    int status;
};

uint64_t sim_record_begin(struct sim_record *r, const struct sim_entry *e,
                          int64_t now_ms);
/* It is over: answered to the last byte, or the client went away before. */
void sim_record_end(struct sim_record *r, int provider, uint64_t number, bool answered,
                    int64_t now_ms);

int64_t sim_record_open(const struct sim_record *r, int provider);

/* How many times that prompt was put to that provider before; counts this one. */
uint32_t sim_record_count(struct sim_record *r, uint64_t prompt_hash);

/* New objects, or NULL when memory is short. */
json_t *sim_record_stats(const struct sim_record *r);
json_t *sim_record_log(const struct sim_record *r, size_t last);

#endif
