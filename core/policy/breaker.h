/* policy/breaker.h - stop calling a provider that keeps failing.
 *
 *             threshold failures in a row            recovery time
 *    closed -----------------------------> open <------------------> half-open
 *      ^                                              a probe fails      |
 *      |                                              or is lost         |
 *      +-----------------------------------------------------------------+
 *                         half_open_max probes succeed
 *
 * Who is admitted gets a ticket and reports with it exactly once. A transition starts a
 * new generation; a report from an older one is only counted as stale: calls that began
 * before the trip decide nothing about the recovery. Half-open admits half_open_max
 * probes; a probe that is not reported within the lease counts as failed at the end of
 * its lease, so a lost report never blocks the breaker.
 *
 * A breaker is a value: no lock, no clock, no memory of its own; now_ms is monotonic.
 * [owner] One thread at a time: the scheduler keeps one per key under its lock, so the
 * record survives a reload. Reading (state, retry_in) changes nothing. */
#ifndef BD_POLICY_BREAKER_H
#define BD_POLICY_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

#include "bd/error.h"

#define BD_BREAKER_PROBES 8 /* half_open_max is at most this */
#define BD_BREAKER_CHANGES                                       \
    4 /* transitions that are remembered; a call makes 2 at most \
       */

enum bd_breaker_state { BD_BREAKER_CLOSED, BD_BREAKER_OPEN, BD_BREAKER_HALF_OPEN };

/* Why the last transition happened. */
enum bd_breaker_cause {
    BD_BREAKER_NEW,          /* there was none */
    BD_BREAKER_FAILURES,     /* closed -> open: the threshold was reached */
    BD_BREAKER_RECOVERY,     /* open -> half-open: the recovery time is over */
    BD_BREAKER_PROBE_OK,     /* half-open -> closed */
    BD_BREAKER_PROBE_FAILED, /* half-open -> open */
    BD_BREAKER_PROBE_LOST    /* half-open -> open: a lease ran out */
};

/* What a call says about its provider. */
enum bd_outcome {
    BD_OUTCOME_OK,     /* it works */
    BD_OUTCOME_FAIL,   /* it does not */
    BD_OUTCOME_NEUTRAL /* nothing either way: neither counts nor resets */
};

struct bd_breaker_config {
    int32_t threshold;     /* failures in a row that open; at least 1 */
    int32_t half_open_max; /* probes that must succeed; 1 to BD_BREAKER_PROBES */
    int64_t recovery_ms;   /* open for so long; 0 = probe at once */
    int64_t lease_ms;      /* a probe not reported by then is lost; at least 1 */
    int64_t jitter_ms;     /* up to so much more than recovery_ms, never less: many that
                              opened at one instant do not all probe at another; 0 = none */
};

/* 5 failures, 30 s, 1 probe, 25 s, no jitter. */
extern const struct bd_breaker_config bd_breaker_default;

/* Given by allow, closed by done. Move it, but do not report two copies of one. */
struct bd_ticket {
    uint32_t generation;
    int8_t slot; /* of a probe, -1 for a call while closed */
    bool open;   /* false: nothing to report (never admitted, or done already) */
};

struct bd_breaker {
    struct bd_breaker_config config;
    enum bd_breaker_state state; /* see bd_breaker_state() for the state at a time */
    enum bd_breaker_cause cause; /* of the last transition */
    uint32_t generation;         /* one more with every transition */
    int32_t failures;            /* in a row, while closed */
    int32_t out;                 /* calls admitted while closed, not reported yet */
    int32_t probes_ok;           /* of this half-open */
    int64_t opened_ms;
    int64_t late_ms; /* this opening's share of jitter_ms */
    uint64_t seed;   /* of it; the owner may set it after init, so that keys differ */
    int64_t lease_end_ms[BD_BREAKER_PROBES]; /* of each probe outstanding */
    bool probing[BD_BREAKER_PROBES];         /* is the slot taken? */
    /* The latest transitions, the n-th since init at n modulo the size: an observer that
     * looks after every call and compares `transitions` misses none. */
    struct {
        enum bd_breaker_state to;
        enum bd_breaker_cause cause;
    } changes[BD_BREAKER_CHANGES];
    /* Counters since init. */
    uint64_t transitions, rejected, stale;
    uint64_t outcomes[BD_OUTCOME_NEUTRAL + 1]; /* reports that were not stale */
};

/* Closed. Values of config outside their range are moved into it. */
void bd_breaker_init(struct bd_breaker *b, const struct bd_breaker_config *config);

/* Other limits, same state: they apply from the next call or report on. Outstanding
 * probes stay; a lower half_open_max that is already reached closes the breaker. */
void bd_breaker_configure(struct bd_breaker *b, const struct bd_breaker_config *config);

/* May a call be made now? true: *out is an open ticket, to be reported once, also if the
 * call is given up. false: *out is closed, reporting it does nothing. Ask last, when
 * nothing else can hold the call up: a ticket must not wait in a queue. */
bool bd_breaker_allow(struct bd_breaker *b, int64_t now_ms, struct bd_ticket *out);

/* How the call went. Closes *t; a closed ticket is ignored. */
void bd_breaker_done(struct bd_breaker *b, struct bd_ticket *t, enum bd_outcome outcome,
                     int64_t now_ms);

/* The state at that time, as the next allow would find it: half-open with a lost probe
 * is open. Open stays open until somebody is admitted. */
enum bd_breaker_state bd_breaker_state(const struct bd_breaker *b, int64_t now_ms);

/* Closed, but the calls under way would be enough to open it, and the last one failed:
 * who can wait waits for their news, so that a provider that has just died is not asked
 * by a whole queue. Never true before the first failure in a row. */
bool bd_breaker_doubtful(const struct bd_breaker *b);

/* Until a call may be admitted: 0 = now; -1 = when a probe that is under way is reported
 * (or lost). */
int64_t bd_breaker_retry_in_ms(const struct bd_breaker *b, int64_t now_ms);

/* What an error says about its provider; NULL and BD_ERR_NONE are OK. A refusal
 * (content_filtered) is OK: the provider works. A rate limit is the limiter's business,
 * a key or a request that is wrong is ours, and so are faults of this machine, which
 * runtime reports as BD_ERR_INTERNAL: NEUTRAL. */
enum bd_outcome bd_breaker_outcome(const struct bd_error *err);

/* "closed" "open" "half_open" */
const char *bd_breaker_state_name(enum bd_breaker_state state);
/* A few words for the log: "probe lost". */
const char *bd_breaker_cause_name(enum bd_breaker_cause cause);

#endif
