/* sim/setting.c - what a scenario means for a call. */
#include <string.h>

#include "sim/scenario.h"

void sim_scenario_rewind(struct sim_scenario *s)
{
    for (int i = 0; i < SIM_PROVIDERS; i++) {
        s->of[i].rate.started = false;
        sim_script_rewind(&s->of[i].script);
        for (size_t k = 0; k < s->of[i].n_matches; k++)
            sim_script_rewind(&s->of[i].matches[k].script);
    }
}

bool sim_rate_allow(struct sim_rate *r, int64_t open, int64_t now_ms)
{
    if (r->concurrency > 0 && open >= r->concurrency)
        return false;
    if (r->per_minute <= 0)
        return true;
    if (!r->started)
        r->tokens = r->per_minute;
    else
        r->tokens += (double)(now_ms - r->at_ms) * r->per_minute / 60000;
    if (r->tokens > r->per_minute)
        r->tokens = r->per_minute;
    r->started = true;
    r->at_ms = now_ms;
    if (r->tokens < 1)
        return false;
    r->tokens -= 1;
    return true;
}

bool sim_setting_knows(const struct sim_setting *s, const char *model)
{
    size_t i;
    json_t *v;

    if (!s->models)
        return strcmp(model, "no-such-model") != 0;
    json_array_foreach(s->models, i,
                       v) if (strcmp(json_string_value(v), model) == 0) return true;
    return false;
}

struct sim_act sim_setting_act(struct sim_setting *s, const char *prompt,
                               struct sim_random *r)
{
    struct sim_act ok = {.kind = SIM_OK, .word = "ok"};
    const struct sim_act *act = NULL;
    double u;

    for (size_t i = 0; i < s->n_matches && !act; i++)
        if (strstr(prompt, s->matches[i].contains))
            act = sim_script_take(&s->matches[i].script);
    if (!act)
        act = sim_script_take(&s->script);
    if (act)
        return *act;
    u = sim_random_unit(r);
    for (size_t i = 0; i < s->n_faults; i++) {
        if (u < s->faults[i].probability)
            return s->faults[i].act;
        u -= s->faults[i].probability;
    }
    return ok;
}
