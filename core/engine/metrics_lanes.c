/* engine/metrics_lanes.c - what is known of each provider: calls, limits, breakers. */
#include <stdlib.h>
#include <string.h>

#include "engine/metrics.h"
#include "engine/metrics_parts.h"
#include "engine/parts.h"

static void copy_lane(void *arg, const struct bd_lane_report *lane)
{
    struct bd_scrape *s = arg;
    struct bd_lane_report *more =
        realloc(s->lanes, (s->lane_count + 1) * sizeof(*s->lanes));

    if (!more) {
        s->short_of_memory = true;
        return;
    }
    s->lanes = more;
    s->lanes[s->lane_count++] = *lane;
}

void bd__scrape_look(struct bd_scrape *s)
{
    bd_scheduler_each_lane(s->engine->scheduler, s->now_ms, copy_lane, s);
}

void bd__scrape_histogram(struct bd_scrape *s, const char *const *labels,
                          const struct bd_histogram *h)
{
    const struct bd_exposition_buckets b = {.bounds = h->bounds->count,
                                            .upper = h->bounds->upper,
                                            .counts = h->counts,
                                            .sum = h->sum};

    bd_exposition_histogram(&s->x, labels, &b);
}

/* The enum's order is the order in which states were invented, the metric's is how bad
 * it is. */
static double level(enum bd_breaker_state state)
{
    return state == BD_BREAKER_CLOSED ? 0 : state == BD_BREAKER_HALF_OPEN ? 1 : 2;
}

static double retries(const struct bd_lane_report *l)
{
    return (double)l->ever.retries;
}

static double hedges(const struct bd_lane_report *l)
{
    return (double)l->now.hedges;
}

static double in_flight(const struct bd_lane_report *l)
{
    return l->now.running;
}

static double allowed(const struct bd_lane_report *l)
{
    return l->now.allowed;
}

static double most(const struct bd_lane_report *l)
{
    return l->now.most;
}

static double waiting(const struct bd_lane_report *l)
{
    return l->now.waiting;
}

static double gate(const struct bd_lane_report *l)
{
    return (double)l->now.gate_ms / 1000;
}

static double connection(const struct bd_lane_report *l)
{
    return level(l->now.breaker);
}

static double keys_open(const struct bd_lane_report *l)
{
    return l->now.keys_open;
}

static double off(const struct bd_lane_report *l)
{
    return l->now.off;
}

/* One number a provider. */
static const struct {
    const char *name;
    enum bd_exposition_type type;
    const char *help;
    double (*of)(const struct bd_lane_report *l);
} families[] = {
    {"brandiag_retries_total", BD_METRIC_COUNTER,
     "Attempts that follow a failed one of the same cell.", retries},
    {"brandiag_hedges_total", BD_METRIC_COUNTER,
     "Second calls beside one of which nothing came for unusually long.", hedges},
    {"brandiag_calls_in_flight", BD_METRIC_GAUGE, "Calls under way.", in_flight},
    {"brandiag_calls_allowed", BD_METRIC_GAUGE,
     "Calls that may be under way at once, as learnt from refusals.", allowed},
    {"brandiag_calls_configured", BD_METRIC_GAUGE,
     "Calls that may be under way at once by the configuration.", most},
    {"brandiag_tasks_waiting", BD_METRIC_GAUGE,
     "Cells that wait for a slot, a breaker or their next attempt.", waiting},
    {"brandiag_gate_closed_seconds", BD_METRIC_GAUGE,
     "Time left of the pause that the provider asked for; 0 when there is none.", gate},
    {"brandiag_breaker_state", BD_METRIC_GAUGE,
     "Breaker of the provider's connection: 0 closed, 1 half-open, 2 open.", connection},
    {"brandiag_breaker_keys_open", BD_METRIC_GAUGE,
     "Models and brands of the provider whose breaker is not closed.", keys_open},
    {"brandiag_provider_off", BD_METRIC_GAUGE,
     "1 when the key was refused or the account is empty: nothing is sent until the "
     "configuration is loaded again.",
     off},
};

static void write_numbers(struct bd_scrape *s)
{
    for (size_t f = 0; f < sizeof(families) / sizeof(families[0]); f++) {
        bd_exposition_family(&s->x, families[f].name, families[f].type, families[f].help);
        for (size_t i = 0; i < s->lane_count; i++)
            bd_exposition_value(&s->x, BD_LABELS("provider", s->lanes[i].provider),
                                families[f].of(&s->lanes[i]));
    }
}

static void write_attempts(struct bd_scrape *s)
{
    bd_exposition_family(&s->x, "brandiag_attempts_total", BD_METRIC_COUNTER,
                         "Calls that have ended, by what came of them: ok, truncated, "
                         "cut (by the end of the diagnosis), unsent, or an error type.");
    for (size_t i = 0; i < s->lane_count; i++)
        for (int k = 0; k < BD_ATTEMPT_COUNT; k++)
            if (k != BD_ATTEMPT_FAILED + BD_ERR_NONE)
                bd_exposition_count(&s->x,
                                    BD_LABELS("provider", s->lanes[i].provider, "outcome",
                                              bd_attempt_outcome_name(k)),
                                    s->lanes[i].ever.ended[k]);
}

static void write_times(struct bd_scrape *s)
{
    bd_exposition_family(&s->x, "brandiag_attempt_duration_seconds", BD_METRIC_HISTOGRAM,
                         "How long calls took that were sent, however they ended.");
    for (size_t i = 0; i < s->lane_count; i++)
        bd__scrape_histogram(s, BD_LABELS("provider", s->lanes[i].provider),
                             &s->lanes[i].ever.took);
    bd_exposition_family(&s->x, "brandiag_first_text_seconds", BD_METRIC_HISTOGRAM,
                         "Time to the first text of an answer.");
    for (size_t i = 0; i < s->lane_count; i++)
        bd__scrape_histogram(s, BD_LABELS("provider", s->lanes[i].provider),
                             &s->lanes[i].ever.first_text);
}

static void write_transitions(struct bd_scrape *s)
{
    bd_exposition_family(
        &s->x, "brandiag_breaker_transitions_total", BD_METRIC_COUNTER,
        "State changes of the provider's breakers, its connection's and those of models "
        "and brands, by the state they went to.");
    for (size_t i = 0; i < s->lane_count; i++)
        for (int to = BD_BREAKER_CLOSED; to <= BD_BREAKER_HALF_OPEN; to++)
            bd_exposition_count(&s->x,
                                BD_LABELS("provider", s->lanes[i].provider, "to",
                                          bd_breaker_state_name(to)),
                                s->lanes[i].ever.turned[to]);
}

/* "provider/model:brand" */
static void write_open_key(struct bd_scrape *s, char *key, enum bd_breaker_state state)
{
    char *rest = strchr(key, '/');

    *rest = '\0';
    bd_exposition_value(&s->x, BD_LABELS("provider", key, "key", rest + 1), level(state));
}

static void write_open_keys(struct bd_scrape *s)
{
    struct bd_open_key keys[BD_METRICS_OPEN_KEYS];
    size_t n = bd_scheduler_open_keys(s->engine->scheduler, s->now_ms, keys,
                                      BD_METRICS_OPEN_KEYS);

    bd_exposition_family(
        &s->x, "brandiag_breaker_key_state", BD_METRIC_GAUGE,
        "Breakers of models and brands that are not closed: 1 half-open, "
        "2 open. At most 64, the newest; brandiag_breaker_keys_open "
        "counts all.");
    for (size_t i = 0; i < n; i++) {
        write_open_key(s, keys[i].key, keys[i].state);
        free(keys[i].key);
    }
}

void bd__scrape_lanes(struct bd_scrape *s)
{
    write_attempts(s);
    write_times(s);
    write_numbers(s);
    write_transitions(s);
    write_open_keys(s);
}
