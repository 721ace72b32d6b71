/* sim/scenario.h - how each provider behaves: the scenario file.
 *
 * docs/simulator.md describes the file. Everything in it is optional; what is not
 * known is refused by name, so that a typing error does not pass as a quiet test. */
#ifndef SIM_SCENARIO_H
#define SIM_SCENARIO_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/fail.h"
#include "sim/fault.h"
#include "sim/provider.h"
#include "sim/random.h"

/* Milliseconds: always the median if p95 is not above it. */
struct sim_spread {
    double median, p95;
};

struct sim_chance {
    struct sim_act act;
    double probability;
};

struct sim_match {
    char *contains; /* looked for in the text of all messages */
    struct sim_script script;
};

enum sim_chunk { SIM_CHUNK_EVENT, SIM_CHUNK_RANDOM, SIM_CHUNK_BYTE };

struct sim_rate {
    double per_minute;       /* 0: no limit; a bucket of that size, refilled evenly */
    int64_t concurrency;     /* 0: no limit */
    char retry_after[40];    /* put into every 429; "" none, "date" a date in 2 s */
    char retry_after_ms[40]; /* likewise, the header of that name */
    double tokens;           /* in the bucket, as of at_ms */
    int64_t at_ms;
    bool started;
};

struct sim_setting {
    struct sim_spread first_ms;
    struct sim_spread total_ms; /* median 0: first_ms and tokens_per_second decide */
    double tokens_per_second;
    double error_ms; /* until an error reply */
    char key[128];
    json_t *models; /* array of strings; NULL: any but "no-such-model" */
    struct sim_rate rate;
    struct sim_chance *faults;
    size_t n_faults;
    struct sim_script script;
    struct sim_match *matches;
    size_t n_matches;
    char answer[24]; /* a kind of the corpus, "corpus" for any */
    char *text;      /* not NULL: the answer, word by word */
    double search;   /* how likely a search is made that was asked for */
    json_t *pages;   /* that it finds: [{"url","title","site"}]; NULL: search.h's */
    enum sim_chunk chunk;
    char location[256]; /* where `redirect` leads */
};

struct sim_scenario {
    bool has_seed;
    uint64_t seed;
    double speed; /* of the clock; 0: not told */
    struct sim_setting of[SIM_PROVIDERS];
};

/* key is what providers accept unless the file names another. root may be NULL: all
 * defaults. *out is the caller's to free. */
int sim_scenario_new(struct sim_scenario **out, const json_t *root, const char *key,
                     struct bd_error *err) BD_MUST_CHECK;
void sim_scenario_free(struct sim_scenario *s);

/* Scripts and rate limits begin anew. */
void sim_scenario_rewind(struct sim_scenario *s);

/* May one more call be made, with `open` others on the way? Takes from the bucket. */
bool sim_rate_allow(struct sim_rate *r, int64_t open, int64_t now_ms);

bool sim_setting_knows(const struct sim_setting *s, const char *model);

/* What happens to this call: script of the first match with entries left, script,
 * chance, ok; in this order. */
struct sim_act sim_setting_act(struct sim_setting *s, const char *prompt,
                               struct sim_random *r);

#endif
