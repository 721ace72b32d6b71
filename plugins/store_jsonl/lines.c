/* lines.c - see lines.h. */
#include "lines.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bd/storage.h"
#include "rows.h"

uint64_t bd_lines_check(uint64_t check, const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        check = (check ^ (unsigned char)p[i]) * UINT64_C(0x100000001b3);
    return check;
}

/* Adds a string; one that is not UTF-8 leaves its name in *bad. NULL is null. */
static void put_text(json_t *o, const char *name, const char *s, const char **bad)
{
    json_t *v = s ? json_string(s) : json_null();

    if (!v)
        *bad = name;
    (void)json_object_set_new(o, name, v); /* what is missing is seen in write_row */
}

static int write_row(FILE *out, const char *kind, json_t *row, size_t members)
{
    json_t *line = NULL;
    int rc = -1;

    if (row && json_object_size(row) == members) {
        line = json_pack("{s:O}", kind, row);
        if (line && json_dumpf(line, out, JSON_COMPACT) == 0 && fputc('\n', out) != EOF)
            rc = 0;
    }
    json_decref(line);
    json_decref(row);
    return rc;
}

static int write_diagnosis(FILE *out, const struct bd_diagnosis_row *r, const char **bad)
{
    json_t *o = json_object();

    put_text(o, "id", r->id, bad);
    json_object_set_new(o, "state", json_integer(r->state));
    json_object_set_new(o, "created_ms", json_integer(r->created_ms));
    json_object_set_new(o, "finished_ms", json_integer(r->finished_ms));
    put_text(o, "brand", r->brand, bad);
    put_text(o, "request", r->request, bad);
    put_text(o, "summary", r->summary, bad);
    return write_row(out, "diagnosis", o, 7);
}

static int write_cell(FILE *out, const struct bd_cell_row *r, const char **bad)
{
    json_t *o = json_object();

    put_text(o, "diagnosis", r->diagnosis, bad);
    put_text(o, "key", r->key, bad);
    put_text(o, "brand", r->brand, bad);
    put_text(o, "provider", r->provider, bad);
    put_text(o, "model", r->model, bad);
    put_text(o, "status", r->status, bad);
    json_object_set_new(o, "score",
                        isfinite(r->score) ? json_real(r->score) : json_null());
    json_object_set_new(o, "time_ms", json_integer(r->time_ms));
    put_text(o, "error", r->error, bad);
    put_text(o, "data", r->data, bad);
    return write_row(out, "cell", o, 10);
}

static int write_cache(FILE *out, const struct bd_cache_row *r, const char **bad)
{
    json_t *o = json_object();

    put_text(o, "key", r->key, bad);
    json_object_set_new(o, "expires_ms", json_integer(r->expires_ms));
    put_text(o, "data", r->data, bad);
    return write_row(out, "cache", o, 3);
}

int bd_lines_batch(FILE *out, const struct bd_batch *b, const char **bad)
{
    for (uint32_t i = 0; i < b->diagnosis_count; i++)
        if (write_diagnosis(out, BD_ELEMENT(b->diagnoses, b->diagnosis_size, i), bad) < 0)
            return -1;
    for (uint32_t i = 0; i < b->cell_count; i++)
        if (write_cell(out, BD_ELEMENT(b->cells, b->cell_size, i), bad) < 0)
            return -1;
    for (uint32_t i = 0; i < b->cache_count; i++)
        if (write_cache(out, BD_ELEMENT(b->cache, b->cache_size, i), bad) < 0)
            return -1;
    return 0;
}

int bd_lines_remove(FILE *out, const char *id)
{
    return write_row(out, "remove", json_string(id), 0); /* a string has no members */
}

int bd_lines_commit(FILE *out, const char *bytes, size_t n, uint32_t lines)
{
    return fprintf(out, "{\"commit\":%" PRIu32 ",\"check\":\"%016" PRIx64 "\"}\n", lines,
                   bd_lines_check(BD_CHECK_START, bytes, n)) < 0
               ? -1
               : 0;
}

static const char *text(const json_t *o, const char *name)
{
    return json_string_value(json_object_get(o, name));
}

static int64_t number(const json_t *o, const char *name)
{
    return json_integer_value(json_object_get(o, name));
}

static enum bd_line staged(int rc)
{
    return rc < 0 ? BD_LINE_NO_MEMORY : BD_LINE_ROW;
}

static enum bd_line read_diagnosis(const json_t *o, struct bd_stage *stage)
{
    struct bd_diagnosis_row r = {
        .struct_size = sizeof(r),
        .state = (int32_t)number(o, "state"),
        .id = text(o, "id"),
        .created_ms = number(o, "created_ms"),
        .finished_ms = number(o, "finished_ms"),
        .brand = text(o, "brand"),
        .request = text(o, "request"),
        .summary = text(o, "summary"),
    };

    if (!r.id || !r.brand || !r.request || !r.summary)
        return BD_LINE_BAD;
    return staged(bd_stage_diagnosis(stage, &r));
}

static enum bd_line read_cell(const json_t *o, struct bd_stage *stage)
{
    const json_t *score = json_object_get(o, "score");
    struct bd_cell_row r = {
        .struct_size = sizeof(r),
        .diagnosis = text(o, "diagnosis"),
        .key = text(o, "key"),
        .brand = text(o, "brand"),
        .provider = text(o, "provider"),
        .model = text(o, "model"),
        .status = text(o, "status"),
        .data = text(o, "data"),
        .error = text(o, "error"),
        .score = json_is_number(score) ? json_number_value(score) : (double)NAN,
        .time_ms = number(o, "time_ms"),
    };

    if (!r.diagnosis || !r.key || !r.brand || !r.provider || !r.model || !r.status ||
        !r.data)
        return BD_LINE_BAD;
    return staged(bd_stage_cell(stage, &r));
}

static enum bd_line read_cache(const json_t *o, struct bd_stage *stage)
{
    struct bd_cache_row r = {
        .struct_size = sizeof(r),
        .key = text(o, "key"),
        .data = text(o, "data"),
        .expires_ms = number(o, "expires_ms"),
    };

    if (!r.key || !r.data)
        return BD_LINE_BAD;
    return staged(bd_stage_cache(stage, &r));
}

static enum bd_line read_commit(const json_t *o, struct bd_commit *commit)
{
    const char *check = text(o, "check");
    int64_t lines = number(o, "commit");
    char *end;

    if (!check || strlen(check) != 16 || lines < 0 || lines > UINT32_MAX)
        return BD_LINE_BAD;
    commit->lines = (uint32_t)lines;
    commit->check = strtoull(check, &end, 16);
    return *end ? BD_LINE_BAD : BD_LINE_COMMIT;
}

static enum bd_line read_object(const json_t *o, struct bd_stage *stage,
                                struct bd_commit *commit)
{
    const json_t *v;

    if ((v = json_object_get(o, "cell")))
        return read_cell(v, stage);
    if ((v = json_object_get(o, "diagnosis")))
        return read_diagnosis(v, stage);
    if ((v = json_object_get(o, "cache")))
        return read_cache(v, stage);
    if ((v = json_object_get(o, "remove")) && json_is_string(v))
        return staged(bd_stage_remove(stage, json_string_value(v)));
    if (json_object_get(o, "commit"))
        return read_commit(o, commit);
    return BD_LINE_BAD;
}

enum bd_line bd_line_read(const char *line, size_t n, struct bd_stage *stage,
                          struct bd_commit *commit)
{
    json_t *o = json_loadb(line, n, JSON_REJECT_DUPLICATES, NULL);
    enum bd_line what = read_object(o, stage, commit);

    json_decref(o);
    return what;
}
