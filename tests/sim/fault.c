/* sim/fault.c - see fault.h. */
#include "sim/fault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *word;
    enum sim_fault kind;
} faults[] = {
    {"ok", SIM_OK},
    {"hang", SIM_HANG},
    {"hang_accept", SIM_HANG_ACCEPT},
    {"reset", SIM_RESET},
    {"reset_mid", SIM_RESET_MID},
    {"half_body", SIM_HALF_BODY},
    {"cut_stream", SIM_CUT_STREAM},
    {"cut_utf8", SIM_CUT_UTF8},
    {"stall", SIM_STALL},
    {"drip", SIM_DRIP},
    {"keepalive", SIM_KEEPALIVE},
    {"slow_headers", SIM_SLOW_HEADERS},
    {"empty", SIM_EMPTY},
    {"error_in_200", SIM_ERROR_IN_200},
    {"error_mid", SIM_ERROR_MID},
    {"garbage", SIM_GARBAGE},
    {"wrong_type", SIM_WRONG_TYPE},
    {"empty_content", SIM_EMPTY_CONTENT},
    {"sensitive", SIM_SENSITIVE},
    {"network_error", SIM_NETWORK_ERROR},
    {"no_done", SIM_NO_DONE},
    {"crlf", SIM_CRLF},
    {"long_line", SIM_LONG_LINE},
    {"flood", SIM_FLOOD},
    {"two_status_lines", SIM_TWO_STATUS},
    {"length_too_small", SIM_SHORT_LENGTH},
    {"length_too_large", SIM_LONG_LENGTH},
    {"wrong_label", SIM_WRONG_LABEL},
    {"no_type", SIM_NO_TYPE},
    {"gzip", SIM_GZIP},
    {"bad_utf8", SIM_BAD_UTF8},
    {"deep_json", SIM_DEEP_JSON},
    {"many_values", SIM_MANY_VALUES},
    {"bad_chunks", SIM_BAD_CHUNKS},
    {"continue_hang", SIM_CONTINUE_HANG},
    {"early_hints", SIM_EARLY_HINTS},
    {"http09", SIM_HTTP09},
    {"redirect", SIM_REDIRECT},
    {"reset_head", SIM_RESET_HEAD},
    {"reset_end", SIM_RESET_END},
    {"other_model", SIM_OTHER_MODEL},
    {"snapshot", SIM_SNAPSHOT},
    {"html", SIM_HTML},
    {"hangup", SIM_HANGUP},
    {"huge_body", SIM_HUGE_BODY},
    {"huge_line", SIM_HUGE_LINE},
    {"huge_header", SIM_HUGE_HEADER},
    {"many_headers", SIM_MANY_HEADERS},
    {"gzip_bomb", SIM_GZIP_BOMB},
    {"zstd_bomb", SIM_ZSTD_BOMB},
    {"late", SIM_LATE},
};

/* The error that belongs into a reply which begins well. */
static const char *inner_word(enum sim_fault kind)
{
    return kind == SIM_SENSITIVE ? "content_filtered" : "500";
}

static int read_fault(struct sim_act *act, int provider, const char *word, size_t n)
{
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        const char *inner = inner_word(faults[i].kind);

        if (strlen(faults[i].word) != n || memcmp(faults[i].word, word, n) != 0)
            continue;
        act->kind = faults[i].kind;
        act->trouble = sim_trouble_find(provider, inner, strlen(inner));
        return 0;
    }
    return -1;
}

int sim_act_read(struct sim_act *act, int provider, const char *word, size_t n,
                 struct bd_error *err)
{
    *act = (struct sim_act){.kind = SIM_TROUBLE};
    snprintf(act->word, sizeof(act->word), "%.*s", (int)n, word);
    if (read_fault(act, provider, word, n) == 0)
        return 0;
    act->trouble = sim_trouble_find(provider, word, n);
    if (act->trouble)
        return 0;
    return bd_fail(err, BD_ERR_CONFIG, 0, "sim",
                   "%s has no fault or error '%.*s'; docs/simulator.md lists the words",
                   sim_provider_name(provider), (int)(n < 64 ? n : 64), word);
}

/* The tail of an entry: "", " xN" or " forever". */
static int read_times(struct sim_step *step, const char *tail)
{
    char *end;
    unsigned long times;

    step->times = 1;
    if (!*tail)
        return 0;
    if (strcmp(tail, " forever") == 0) {
        step->forever = true;
        return 0;
    }
    if (strncmp(tail, " x", 2) != 0 || tail[2] < '0' || tail[2] > '9')
        return -1;
    times = strtoul(tail + 2, &end, 10);
    if (*end || times < 1 || times > 1000000)
        return -1;
    step->times = (uint32_t)times;
    return 0;
}

static int read_step(struct sim_step *step, int provider, const json_t *entry,
                     struct bd_error *err)
{
    const char *s = json_string_value(entry);
    size_t n = s ? strcspn(s, " ") : 0;

    if (!s)
        return bd_fail(err, BD_ERR_CONFIG, 0, "sim",
                       "must be a string such as \"429 x3\"");
    if (read_times(step, s + n) < 0)
        return bd_fail(err, BD_ERR_CONFIG, 0, "sim",
                       "'%.64s' is not \"WORD\", \"WORD xN\" (N from 1 to 1000000) or "
                       "\"WORD forever\"",
                       s);
    return sim_act_read(&step->act, provider, s, n, err);
}

int sim_script_read(struct sim_script *s, int provider, const json_t *list,
                    const char *path, struct bd_error *err)
{
    struct sim_script made = {.n = json_array_size(list)};

    if (!json_is_array(list))
        return bd_fail(err, BD_ERR_CONFIG, 0, "sim", "%s: must be a list of strings",
                       path);
    made.steps = calloc(made.n + 1, sizeof(*made.steps));
    if (!made.steps)
        return bd_fail(err, BD_ERR_INTERNAL, 0, "sim", "out of memory");
    for (size_t i = 0; i < made.n; i++) {
        struct bd_error why;

        if (read_step(&made.steps[i], provider, json_array_get(list, i), &why) == 0)
            continue;
        sim_script_free(&made);
        return bd_fail(err, BD_ERR_CONFIG, 0, "sim", "%s[%zu]: %s", path, i, why.message);
    }
    sim_script_free(s);
    *s = made;
    return 0;
}

void sim_script_free(struct sim_script *s)
{
    free(s->steps);
    *s = (struct sim_script){0};
}

void sim_script_rewind(struct sim_script *s)
{
    s->at = 0;
    s->used = 0;
}

const struct sim_act *sim_script_peek(const struct sim_script *s)
{
    return s->at < s->n ? &s->steps[s->at].act : NULL;
}

const struct sim_act *sim_script_take(struct sim_script *s)
{
    struct sim_step *step;

    if (s->at >= s->n)
        return NULL;
    step = &s->steps[s->at];
    if (!step->forever && ++s->used >= step->times) {
        s->at++;
        s->used = 0;
    }
    return &step->act;
}
