/* engine/result.c - what the end of an attempt makes of a cell. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "domain/reading/reading.h"
#include "engine/parts.h"

/* A cell that has its place and nothing else. */
void bd__result_blank(struct bd_cell *cell, const struct bd_run *run)
{
    bd_cell_init(cell);
    cell->probe = run->place.probe;
    cell->brand = run->place.brand;
    cell->question = run->place.question;
    cell->model = run->place.model;
    cell->sample = run->place.sample;
    cell->doubtful = run->doubtful;
    cell->model_used = strdup(run->model); /* NULL is a legal value */
    if (run->started_ms)
        cell->latency_ms = bd_clock_ms() - run->started_ms;
}

static double price(const struct bd_values *v, const char *name)
{
    return strcmp(bd_values_origin(v, name), "unset") != 0 ? bd_values_real(v, name)
                                                           : NAN;
}

/* Cost = input x price + output x price, per million tokens. */
static double cost_of(const struct bd_run *run, const struct bd_usage *usage)
{
    const struct bd_values *v = run->slot->values;

    if (usage->input < 0 || usage->output < 0)
        return NAN;
    return (usage->input * price(v, "price_input") +
            usage->output * price(v, "price_output")) /
           1e6;
}

static char *copy_or_null(const char *s)
{
    return s && *s ? strdup(s) : NULL;
}

static const char *finish_word(const struct bd_attempt_result *r)
{
    static const char *const words[] = {
        [BD_FINISH_NONE] = "",         [BD_FINISH_STOP] = "stop",
        [BD_FINISH_LENGTH] = "length", [BD_FINISH_FILTERED] = "content_filter",
        [BD_FINISH_FAILED] = "failed", [BD_FINISH_TOOL] = "tool_calls",
        [BD_FINISH_OTHER] = "other",
    };

    if (r->error.type == BD_ERR_TIMEOUT)
        return "deadline";
    if (r->error.type == BD_ERR_CANCELLED)
        return "cancelled";
    return words[r->answer->finish];
}

/* What an attempt's end means for the cell. Text that had streamed when time was up is
 * kept and counts as a truncated answer; text before a failure is kept to be looked at,
 * but no figure is made of it. */
static enum bd_status status_of(const struct bd_attempt_result *r, bool any_text)
{
    switch (r->error.type) {
    case BD_ERR_NONE:
        return r->answer->finish == BD_FINISH_LENGTH ? BD_STATUS_TRUNCATED : BD_STATUS_OK;
    case BD_ERR_CONTENT_FILTERED:
        return BD_STATUS_REFUSED;
    case BD_ERR_TIMEOUT:
        return any_text ? BD_STATUS_TRUNCATED : BD_STATUS_TIMEOUT;
    case BD_ERR_CANCELLED:
        return any_text ? BD_STATUS_TRUNCATED : BD_STATUS_CANCELLED;
    default:
        return BD_STATUS_ERROR;
    }
}

static bool is_blank(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!strchr(" \t\r\n", s[i]))
            return false;
    return true;
}

void bd__result_read(struct bd_cell *cell, const struct bd_diagnosis *d)
{
    const struct bd_answer_text answer = {
        .text = cell->text,
        .bytes = cell->text_bytes,
        .cut = cell->status == BD_STATUS_TRUNCATED,
        .echo = cell->brand,
        .returned = cell->sources.at,
        .returned_count = cell->sources.count,
    };

    if (d->record.inquiry.search && cell->text && cell->searched == BD_UNKNOWN)
        cell->searched = BD_NO; /* nothing that came proves one */
    if (!bd_cell_answered(cell))
        return;
    if (bd_reader_read(d->reader, &answer, &cell->geo, &cell->error) < 0)
        cell->status = BD_STATUS_ERROR;
    else if (cell->geo->refused && cell->status == BD_STATUS_OK)
        cell->status = BD_STATUS_REFUSED;
}

void bd__result_fill(struct bd_cell *cell, const struct bd_run *run,
                     const struct bd_attempt_result *r)
{
    bool any_text = !is_blank(r->text, r->text_bytes);

    bd__result_blank(cell, run);
    cell->status = status_of(r, any_text);
    cell->error = r->error;
    cell->ttft_ms = r->ttft_ms;
    cell->usage = r->answer->usage;
    cell->cost = cost_of(run, &r->answer->usage);
    snprintf(cell->finish, sizeof(cell->finish), "%s", finish_word(r));
    cell->model_reported = copy_or_null(r->model_reported);
    cell->request_id = copy_or_null(r->request_id);
    if (r->answer->searched && any_text)
        cell->searched = BD_YES;
    if (bd_sources_copy(&cell->sources, r->sources) < 0)
        cell->sources = (struct bd_sources){0}; /* an answer without them is one, too */
    if (any_text) {
        cell->text = malloc(r->text_bytes + 1);
        if (cell->text) {
            memcpy(cell->text, r->text, r->text_bytes + 1);
            cell->text_bytes = r->text_bytes;
        }
    }
    bd__result_read(cell, run->diagnosis);
}
