/* engine/resume.c - going on with a diagnosis that a stop, a crash or Ctrl-C cut short.
 */
#include <math.h>
#include <stdlib.h>

#include "engine/parts.h"

#define SOURCE "resume"

static bool never(const struct bd_cell *c)
{
    (void)c;
    return false;
}

/* What was given up because there was no more time; a limit that was set stays one. */
static bool given_up(const struct bd_cell *c)
{
    return c->status == BD_STATUS_CANCELLED ||
           (c->status == BD_STATUS_SKIPPED && c->skip != BD_SKIP_BUDGET);
}

static bool failed(const struct bd_cell *c)
{
    return given_up(c) || c->status == BD_STATUS_ERROR || c->status == BD_STATUS_TIMEOUT;
}

static size_t open_cells(const struct bd__stored *s)
{
    size_t n = bd_inquiry_task_count(&s->record.inquiry);

    for (size_t i = 0; i < s->record.cell_count; i++)
        n -= !s->again(&s->record.cells[i]);
    return n;
}

static int check(const struct bd__stored *s, enum bd_resume_what what,
                 struct bd_error *err)
{
    if (s->running || open_cells(s) > 0)
        return 0;
    return bd_fail(
        err, BD_ERR_INVALID_REQUEST, 0, SOURCE,
        "there is nothing left to ask: all %zu cells have ended%s", s->record.cell_count,
        what == BD_RESUME_FAILED ? "" : "; --failed asks those anew that failed");
}

int bd__diagnosis_resume(struct bd_diagnosis **out, struct bd_engine *e, const char *id,
                         enum bd_resume_what what, bool cancelled, struct bd_error *err)
{
    struct bd__stored s;
    struct bd__start how = {.id = id, .stored = &s, .cancelled = cancelled};
    int rc;

    if (bd__stored_load(&s, e, id, err) < 0)
        return -1;
    s.again = what == BD_RESUME_CRASHED  ? never
              : what == BD_RESUME_FAILED ? failed
                                         : given_up;
    how.inquiry = &s.record.inquiry;
    how.limits = &s.limits;
    how.created_ms = s.record.created_ms;
    how.client_key = s.client_key;
    rc = check(&s, what, err);
    if (rc == 0)
        rc = bd__diagnosis_start(out, e, &how, err);
    bd__stored_free(&s);
    return rc < 0 ? bd_fail_in(err, "resuming %s", id) : 0;
}

int bd_diagnosis_resume(struct bd_diagnosis **out, struct bd_engine *e, const char *id,
                        enum bd_resume_what what, struct bd_error *err)
{
    return bd__diagnosis_resume(out, e, id, what, false, err);
}
