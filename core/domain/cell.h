/* domain/cell.h - the outcome of one task. [owner]
 *
 * Every task ends in exactly one cell. Failure is a result: a cell that did not answer
 * is unknown, never "not mentioned". */
#ifndef BD_DOMAIN_CELL_H
#define BD_DOMAIN_CELL_H

#include <stdint.h>

#include "base/sources.h"
#include "bd/provider.h" /* struct bd_usage */
#include "domain/reading/gist.h"
#include "domain/reading/observation.h"

/* clang-format off */
#define BD_STATUS_MAP(X)          \
    X(OK,        "ok")            \
    X(TRUNCATED, "truncated")     \
    X(REFUSED,   "refused")       \
    X(TIMEOUT,   "timeout")       \
    X(CANCELLED, "cancelled")     \
    X(ERROR,     "error")         \
    X(SKIPPED,   "skipped")

enum bd_status {
#define X(id, name) BD_STATUS_##id,
    BD_STATUS_MAP(X)
#undef X
    BD_STATUS_COUNT
};

#define BD_SKIP_MAP(X)                  \
    X(NONE,         "")                 \
    X(BREAKER_OPEN, "breaker_open")     \
    X(RATE_LIMITED, "rate_limited")     \
    X(DEADLINE,     "deadline")         \
    X(BUDGET,       "budget")           \
    X(PROVIDER_OFF, "provider_disabled")

enum bd_skip {
#define X(id, name) BD_SKIP_##id,
    BD_SKIP_MAP(X)
#undef X
    BD_SKIP_COUNT
};
/* clang-format on */

struct bd_cell {
    enum bd_probe probe;
    int brand;    /* matrix: index into the request's brands; neutral: -1 */
    int question; /* index */
    int model;    /* index into the request's models */
    int sample;   /* 0.. ; matrix: 0 */

    enum bd_status status;
    enum bd_skip skip;
    struct bd_error error; /* type NONE if there is none */
    int attempts;          /* HTTP calls made */
    int64_t ttft_ms;       /* of the last attempt: first byte of text; -1 = none */
    int64_t latency_ms;    /* from the first start to the end, retries included */
    int64_t finished_ms;   /* Unix milliseconds; of a cached one: when it was answered */
    bool doubtful; /* a call of an earlier, interrupted run may have been billed, too */
    bool cached;   /* the answer of an earlier or another's call */
    struct bd_usage usage; /* -1 = not told */
    double cost;           /* in the configuration's currency, NaN = unknown */
    char finish[24];       /* "stop" "length" "content_filter" "deadline" "" */
    char *model_used;      /* the model that was asked for; NULL = none yet */
    char *model_reported;  /* the model that says it answered; NULL = not told */
    char *request_id;      /* the provider's id of the call; NULL = not told */
    char *text;            /* the answer; NULL = none */
    size_t text_bytes;
    /* YES: the reply proves that a search ran. NO: it was asked for, and the answer shows
     * none. UNKNOWN: it was not asked for, or there is no answer. */
    enum bd_known searched;
    struct bd_sources sources;  /* what that search returned */
    struct bd_observation *geo; /* NULL where there is no text to read */
    /* What was read when the cell was stored; NULL: it is of this run, or older than
     * this was kept. */
    struct bd_gist *kept;
};

/* A neutral cell of the first question and model that was skipped, with nothing told
 * (ttft_ms, latency_ms and usage -1, cost NaN). */
void bd_cell_init(struct bd_cell *c);
void bd_cell_free(struct bd_cell *c); /* what it holds, not c itself */

/* Does the cell count as an answer in figures? ok or truncated, with text. */
bool bd_cell_answered(const struct bd_cell *c);

/* What the cell says about that brand; a refusal says nothing about any. */
enum bd_known bd_cell_knows(const struct bd_cell *c, size_t brand);
/* Does it recommend or list that brand? */
bool bd_cell_puts_forward(const struct bd_cell *c, size_t brand);

/* A name that is unique in its diagnosis and the same after a restart, for the
 * storage: "matrix-q000-b00-m00-s0000", "neutral-q000-m00-s0000". */
void bd_cell_key(const struct bd_cell *c, char out[40]);

const char *bd_status_name(enum bd_status s);
const char *bd_skip_name(enum bd_skip s);
const char *bd_probe_name(enum bd_probe p);

/* The cell as it stands in the report (docs/report.md), and as it is stored: with only
 * the gist of what was read in its text, which is read again when it is loaded, and with
 * the sources as they came. And back, from either: `geo` stays NULL: reading the text
 * again makes it; the gist becomes `kept`, and a report has no sources. All else comes
 * back as it was, but invalid UTF-8, which becomes U+FFFD. *c needs no init before and is
 * empty after a failure. BD_ERR_PROTOCOL if the cell is damaged or of another request. */
json_t *bd_cell_to_json(const struct bd_cell *c, const struct bd_inquiry *r);
json_t *bd_cell_to_stored(const struct bd_cell *c, const struct bd_inquiry *r);
int bd_cell_from_json(struct bd_cell *c, const json_t *o, const struct bd_inquiry *r,
                      struct bd_error *err) BD_MUST_CHECK;

#endif
