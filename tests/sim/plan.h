/* sim/plan.h - what will go over the wire for one request, and when.
 *
 * A plan is bytes, the times at which they are due, and an ending. It is made whole
 * when the request has come, by rules that know no socket; the server only plays it. */
#ifndef SIM_PLAN_H
#define SIM_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "sim/corpus.h"
#include "sim/random.h"
#include "sim/scenario.h"

enum sim_ending {
    SIM_END_KEEP,   /* the next request may come on this connection */
    SIM_END_CLOSE,  /* FIN */
    SIM_END_RESET,  /* RST */
    SIM_END_HANG,   /* nothing more; the client must go */
    SIM_END_DEAF,   /* nothing more, and nothing is read */
    SIM_END_BEAT,   /* the bytes from `beat` on again and again, every beat_ms */
    SIM_END_FLOOD,  /* the same without a pause */
    SIM_END_SWELL,  /* the same `beats` times, then what stands behind, then FIN */
    SIM_END_HANGUP, /* FIN as soon as the next request begins to come */
};

struct sim_due {
    uint32_t end;   /* bytes up to here ... */
    uint32_t at_ms; /* ... are due then, counted from the request's arrival */
};

struct sim_plan {
    struct bd_buf bytes;
    struct sim_due *due;
    size_t n, cap;
    enum sim_ending ending;
    size_t beat, beat_end; /* the repeated bytes: from, to */
    uint32_t beat_ms, beats;
    bool one_write_each; /* pieces that are due together still go in separate writes */
    int status;
};

/* The request's side, as far as the answer depends on it. */
struct sim_request {
    const struct sim_ask *ask;
    const struct sim_names
        *names; /* that the prompt names; NULL where none is answered */
    struct sim_setting *setting;
    struct sim_random random; /* keyed by seed, provider, prompt and its count */
    int64_t wall_ms;
    bool close; /* the client wants the connection closed */
};

void sim_plan_init(struct sim_plan *p);
void sim_plan_free(struct sim_plan *p);

/* A plan that behaves as act says. */
void sim_plan_answer(struct sim_plan *p, struct sim_request *q,
                     const struct sim_act *act);
/* The provider's error of that row. no may be NULL. retry_after goes into 429s. */
void sim_plan_trouble(struct sim_plan *p, struct sim_request *q,
                      const struct sim_trouble *t, const struct sim_objection *no);
/* A plain reply at once, for the simulator's own pages and protocol errors. */
void sim_plan_text(struct sim_plan *p, int status, const char *type, const char *body,
                   size_t n, bool close);

#endif
