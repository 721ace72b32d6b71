/* sim/service.h - from a request to a plan: whose is it, is the key right, is the body,
 * is the rate, and what does the scenario want. No socket. [owner] */
#ifndef SIM_SERVICE_H
#define SIM_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fail.h"
#include "sim/plan.h"
#include "sim/record.h"
#include "sim/request.h"
#include "sim/scenario.h"

struct sim_service {
    struct sim_scenario *scenario; /* replaced by POST /sim/scenario */
    struct sim_record *record;
    uint64_t seed;
    bool seed_is_fixed; /* given on the command line: scenarios do not change it */
    double speed;       /* simulated time passes so many times faster */
    bool speed_is_fixed;
    char key[128];
    bool quiet;
};

/* A call on its way, for the counters. */
struct sim_ticket {
    bool counted;
    int provider;
    uint64_t number;
};

/* root: the scenario, may be NULL. */
int sim_service_open(struct sim_service *s, const json_t *root,
                     struct bd_error *err) BD_MUST_CHECK;
void sim_service_close(struct sim_service *s);

/* Makes the plan for a request. body has h->body bytes and a NUL. */
void sim_service_answer(struct sim_service *s, const struct sim_http *h, const char *body,
                        struct sim_plan *out, struct sim_ticket *ticket);
/* Does that provider's script say that not even the body is read? Then the entry is
 * used up, and ticket is set. */
bool sim_service_is_deaf(struct sim_service *s, const struct sim_http *h,
                         struct sim_ticket *ticket);
void sim_service_end(struct sim_service *s, struct sim_ticket *ticket, bool answered);

/* /sim/...: counters, log, reset, scenario. */
void sim_control_answer(struct sim_service *s, const struct sim_http *h, const char *body,
                        struct sim_plan *out);
/* Takes a new scenario; on failure the old one stays. */
int sim_service_load(struct sim_service *s, const json_t *root,
                     struct bd_error *err) BD_MUST_CHECK;

#endif
