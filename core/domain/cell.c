/* domain/cell.c - see cell.h. */
#include "domain/cell.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const statuses[] = {
#define X(id, name) name,
    BD_STATUS_MAP(X)
#undef X
};

static const char *const skips[] = {
#define X(id, name) name,
    BD_SKIP_MAP(X)
#undef X
};

void bd_cell_init(struct bd_cell *c)
{
    *c = (struct bd_cell){.probe = BD_PROBE_NEUTRAL,
                          .brand = -1,
                          .status = BD_STATUS_SKIPPED,
                          .ttft_ms = -1,
                          .latency_ms = -1,
                          .usage = {-1, -1, -1, -1},
                          .cost = NAN,
                          .searched = BD_UNKNOWN};
}

void bd_cell_free(struct bd_cell *c)
{
    free(c->model_used);
    free(c->model_reported);
    free(c->request_id);
    free(c->text);
    bd_sources_free(&c->sources);
    if (c->geo)
        bd_observation_free(c->geo);
    bd_gist_free(c->kept);
    bd_cell_init(c);
}

bool bd_cell_answered(const struct bd_cell *c)
{
    return (c->status == BD_STATUS_OK || c->status == BD_STATUS_TRUNCATED) && c->text &&
           c->text_bytes > 0;
}

enum bd_known bd_cell_knows(const struct bd_cell *c, size_t brand)
{
    if (!bd_cell_answered(c) || !c->geo || c->geo->refused ||
        brand >= c->geo->brand_count)
        return BD_UNKNOWN;
    return c->geo->brands[brand].mentioned;
}

bool bd_cell_puts_forward(const struct bd_cell *c, size_t brand)
{
    enum bd_mention type;

    if (bd_cell_knows(c, brand) != BD_YES)
        return false;
    type = c->geo->brands[brand].type;
    return type == BD_MENTION_RECOMMENDED || type == BD_MENTION_LISTED;
}

void bd_cell_key(const struct bd_cell *c, char out[40])
{
    if (c->probe == BD_PROBE_MATRIX)
        snprintf(out, 40, "matrix-q%03d-b%02d-m%02d-s%04d", c->question, c->brand,
                 c->model, c->sample);
    else
        snprintf(out, 40, "neutral-q%03d-m%02d-s%04d", c->question, c->model, c->sample);
}

const char *bd_status_name(enum bd_status s)
{
    return (unsigned)s < BD_STATUS_COUNT ? statuses[s] : "unknown";
}

const char *bd_skip_name(enum bd_skip s)
{
    return (unsigned)s < BD_SKIP_COUNT ? skips[s] : "unknown";
}

const char *bd_probe_name(enum bd_probe p)
{
    return p == BD_PROBE_MATRIX ? "matrix" : "neutral";
}
