/* sim/service.c - see service.h. */
#include "sim/service.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"

int sim_service_load(struct sim_service *s, const json_t *root, struct bd_error *err)
{
    struct sim_scenario *made;

    if (sim_scenario_new(&made, root, s->key, err) < 0)
        return -1;
    sim_scenario_free(s->scenario);
    s->scenario = made;
    if (made->has_seed && !s->seed_is_fixed)
        s->seed = made->seed;
    if (!s->speed_is_fixed)
        s->speed = made->speed > 0 ? made->speed : 1;
    return 0;
}

int sim_service_open(struct sim_service *s, const json_t *root, struct bd_error *err)
{
    s->record = sim_record_new(bd_clock_ms());
    if (!s->record)
        return bd_fail(err, BD_ERR_INTERNAL, 0, "sim", "out of memory");
    return sim_service_load(s, root, err);
}

void sim_service_close(struct sim_service *s)
{
    sim_scenario_free(s->scenario);
    sim_record_free(s->record);
    s->scenario = NULL;
    s->record = NULL;
}

/* Everything about one call while it is decided. */
struct deciding {
    struct sim_service *s;
    struct sim_ask ask;
    struct sim_objection no;
    struct sim_names names;
    struct sim_request q;
};

static void begin(struct deciding *d, const char *fault, int status,
                  struct sim_ticket *ticket)
{
    struct sim_entry e = {
        .ask = &d->ask, .names = &d->names, .fault = fault, .status = status};

    *ticket = (struct sim_ticket){.counted = true, .provider = d->ask.provider};
    ticket->number = sim_record_begin(d->s->record, &e, bd_clock_ms());
    if (!d->s->quiet)
        fprintf(stderr, "%s %d %s %s\n", sim_provider_name(d->ask.provider), status,
                fault, d->ask.model);
}

/* The generator of this call: the same for the same call, whatever else is going on. */
static void key_random(struct deciding *d)
{
    const char *name = sim_provider_name(d->ask.provider);
    uint64_t h = sim_hash(SIM_HASH_START, name, strlen(name));
    uint32_t nth;

    h = sim_hash(h, d->ask.prompt.data, d->ask.prompt.n);
    nth = sim_record_count(d->s->record, h);
    h = sim_hash(h, &nth, sizeof(nth));
    sim_random_init(&d->q.random, sim_hash(h, &d->s->seed, sizeof(d->s->seed)));
    (void)sim_random_next(&d->q.random);
}

static void refuse(struct deciding *d, const char *word, struct sim_plan *out,
                   struct sim_ticket *ticket)
{
    const struct sim_trouble *t = sim_trouble_find(d->ask.provider, word, strlen(word));

    if (!t) /* a variant that this provider does not tell apart */
        t = sim_trouble_find(d->ask.provider, "400", 3);
    sim_plan_trouble(out, &d->q, t, &d->no);
    begin(d, word, out->status, ticket);
}

static void act(struct deciding *d, struct sim_plan *out, struct sim_ticket *ticket)
{
    struct sim_act what = sim_setting_act(d->q.setting, d->ask.prompt.data, &d->q.random);

    sim_plan_answer(out, &d->q, &what);
    begin(d, what.word, out->status, ticket);
}

/* In the order in which services look: key, body, model, rate. */
static const char *objection(struct deciding *d, const struct sim_http *h)
{
    struct sim_setting *setting = d->q.setting;

    const char *key =
        d->ask.provider == SIM_DEEPSEEK && d->ask.other ? h->api_key : h->bearer;

    if (strcmp(key, setting->key) != 0)
        return d->ask.provider == SIM_ZHIPU && !h->bearer[0] ? "401_missing" : "401";
    if (d->no.word)
        return d->no.word;
    if (!sim_setting_knows(setting, d->ask.model))
        return "404";
    if (!sim_rate_allow(&setting->rate, sim_record_open(d->s->record, d->ask.provider),
                        (int64_t)((double)bd_clock_ms() * d->s->speed)))
        return "rate_limited";
    return NULL;
}

static void chat(struct sim_service *s, int provider, struct sim_way way,
                 const struct sim_http *h, const char *body, struct sim_plan *out,
                 struct sim_ticket *ticket)
{
    struct deciding d = {.s = s};
    const char *word;

    way.events = h->sse;
    way.versioned = h->versioned;
    sim_ask_read(&d.ask, provider, &way, body, h->body, &d.no);
    sim_names_scan(&d.names, d.ask.prompt.data);
    d.q = (struct sim_request){.ask = &d.ask,
                               .names = &d.names,
                               .setting = &s->scenario->of[provider],
                               .wall_ms = bd_clock_wall_ms(),
                               .close = h->close};
    word = objection(&d, h);
    key_random(&d);
    if (word)
        refuse(&d, word, out, ticket);
    else
        act(&d, out, ticket);
    sim_ask_free(&d.ask);
}

static void no_route(struct sim_service *s, int provider, const struct sim_http *h,
                     struct sim_plan *out)
{
    struct sim_ask ask = {.provider = provider, .text = ""};
    struct sim_request q = {.ask = &ask,
                            .setting = &s->scenario->of[provider],
                            .wall_ms = bd_clock_wall_ms(),
                            .close = h->close};

    sim_plan_trouble(out, &q, sim_trouble_find(provider, "no_route", 8), NULL);
}

void sim_service_answer(struct sim_service *s, const struct sim_http *h, const char *body,
                        struct sim_plan *out, struct sim_ticket *ticket)
{
    static const char lost[] = "{\"error\":\"no provider has this path\"}";
    static const char method[] = "{\"error\":\"only POST is allowed here\"}";
    struct sim_way way;
    int provider = sim_provider_of_path(h->path, &way);

    *ticket = (struct sim_ticket){0};
    if (strncmp(h->path, "/sim/", 5) == 0)
        sim_control_answer(s, h, body, out);
    else if (provider < 0)
        sim_plan_text(out, 404, "application/json", lost, sizeof(lost) - 1, h->close);
    else if (!way.known)
        no_route(s, provider, h, out);
    else if (strcmp(h->method, "POST") != 0)
        sim_plan_text(out, 405, "application/json", method, sizeof(method) - 1, h->close);
    else
        chat(s, provider, way, h, body, out, ticket);
}

bool sim_service_is_deaf(struct sim_service *s, const struct sim_http *h,
                         struct sim_ticket *ticket)
{
    struct deciding d = {.s = s};
    struct sim_way way;
    int provider = sim_provider_of_path(h->path, &way);
    const struct sim_act *next;

    if (provider < 0 || !way.known || strcmp(h->method, "POST") != 0)
        return false;
    next = sim_script_peek(&s->scenario->of[provider].script);
    if (!next || next->kind != SIM_HANG_ACCEPT)
        return false;
    (void)sim_script_take(&s->scenario->of[provider].script);
    d.ask = (struct sim_ask){.provider = provider, .text = ""};
    begin(&d, next->word, 0, ticket);
    return true;
}

void sim_service_end(struct sim_service *s, struct sim_ticket *ticket, bool answered)
{
    if (ticket->counted)
        sim_record_end(s->record, ticket->provider, ticket->number, answered,
                       bd_clock_ms());
    ticket->counted = false;
}
