/* sim/scenario.c - reading the scenario, with the place of every mistake. */
#include "sim/scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "sim/corpus.h"

#define PATH_MAX_ 160

static int bad(struct bd_error *err, const char *path, const char *what)
{
    return bd_fail(err, BD_ERR_CONFIG, 0, "sim", "%s: %s", path, what);
}

/* keys: names with one space between two. */
static int check_keys(const json_t *o, const char *path, const char *keys,
                      struct bd_error *err)
{
    const char *key;
    json_t *v;

    if (!json_is_object(o))
        return bad(err, path, "must be an object");
    json_object_foreach((json_t *)o, key, v)
    {
        const char *p = strstr(keys, key);
        size_t n = strlen(key);

        while (p && !((p == keys || p[-1] == ' ') && (p[n] == ' ' || !p[n])))
            p = strstr(p + 1, key);
        if (!p || !n)
            return bd_fail(err, BD_ERR_CONFIG, 0, "sim",
                           "%s: unknown key '%.48s'; known here: %s", path, key, keys);
    }
    return 0;
}

static int read_number(double *out, const json_t *o, const char *key, double low,
                       const char *path, struct bd_error *err)
{
    const json_t *v = json_object_get(o, key);

    if (!v)
        return 0;
    if (!json_is_number(v) || json_number_value(v) < low || json_number_value(v) > 1e9)
        return bd_fail(err, BD_ERR_CONFIG, 0, "sim",
                       "%s.%s: must be a number from %g to 1e9", path, key, low);
    *out = json_number_value(v);
    return 0;
}

static int read_spread(struct sim_spread *out, const json_t *o, const char *key,
                       const char *path, struct bd_error *err)
{
    const json_t *v = json_object_get(o, key);
    char where[PATH_MAX_];

    if (json_is_object(v)) {
        snprintf(where, sizeof(where), "%s.%s", path, key);
        *out = (struct sim_spread){0};
        if (check_keys(v, where, "median p95", err) < 0 ||
            read_number(&out->median, v, "median", 0, where, err) < 0)
            return -1;
        out->p95 = out->median;
        return read_number(&out->p95, v, "p95", out->median, where, err);
    }
    if (read_number(&out->median, o, key, 0, path, err) < 0)
        return -1;
    if (v)
        out->p95 = out->median;
    return 0;
}

static int read_latency(struct sim_setting *s, const json_t *o, const char *path,
                        struct bd_error *err)
{
    if (check_keys(o, path, "first_ms tokens_per_second total_ms error_ms", err) < 0 ||
        read_spread(&s->first_ms, o, "first_ms", path, err) < 0 ||
        read_spread(&s->total_ms, o, "total_ms", path, err) < 0 ||
        read_number(&s->error_ms, o, "error_ms", 0, path, err) < 0)
        return -1;
    return read_number(&s->tokens_per_second, o, "tokens_per_second", 0.1, path, err);
}

/* The value of a header that replies will have. */
static int read_header(char *out, size_t size, const json_t *o, const char *key,
                       const char *path, struct bd_error *err)
{
    const json_t *v = json_object_get(o, key);
    const char *s = json_string_value(v);

    if (v && (!s || json_string_length(v) >= size || strpbrk(s, "\r\n")))
        return bd_fail(err, BD_ERR_CONFIG, 0, "sim",
                       "%s.%s: must be a string of at most %zu bytes, on one line", path,
                       key, size - 1);
    if (v)
        snprintf(out, size, "%s", s);
    return 0;
}

static int read_rate(struct sim_rate *r, const json_t *o, const char *path,
                     struct bd_error *err)
{
    double concurrency = (double)r->concurrency;

    if (check_keys(o, path, "requests_per_minute concurrency retry_after retry_after_ms",
                   err) < 0 ||
        read_number(&r->per_minute, o, "requests_per_minute", 0, path, err) < 0 ||
        read_number(&concurrency, o, "concurrency", 0, path, err) < 0)
        return -1;
    r->concurrency = (int64_t)concurrency;
    if (read_header(r->retry_after, sizeof(r->retry_after), o, "retry_after", path, err) <
        0)
        return -1;
    return read_header(r->retry_after_ms, sizeof(r->retry_after_ms), o, "retry_after_ms",
                       path, err);
}

static int read_chance(struct sim_chance *c, int provider, const json_t *o,
                       const char *path, struct bd_error *err)
{
    const char *word = bd_json_text(o, "fault", NULL);
    struct bd_error why;

    if (check_keys(o, path, "fault probability", err) < 0)
        return -1;
    if (!word)
        return bad(err, path, "needs \"fault\": a word");
    if (sim_act_read(&c->act, provider, word, strlen(word), &why) < 0)
        return bad(err, path, why.message);
    if (!json_is_number(json_object_get(o, "probability")))
        return bad(err, path, "needs \"probability\": a number from 0 to 1");
    c->probability = bd_json_real(o, "probability", 0);
    if (c->probability < 0 || c->probability > 1)
        return bad(err, path, "probability must be from 0 to 1");
    return 0;
}

static int read_faults(struct sim_setting *s, int provider, const json_t *list,
                       const char *path, struct bd_error *err)
{
    char where[PATH_MAX_];

    if (!json_is_array(list))
        return bad(err, path, "must be a list of {\"fault\",\"probability\"}");
    free(s->faults);
    s->n_faults = 0;
    s->faults = calloc(json_array_size(list) + 1, sizeof(*s->faults));
    if (!s->faults)
        return bad(err, path, "out of memory");
    for (size_t i = 0; i < json_array_size(list); i++) {
        snprintf(where, sizeof(where), "%s[%zu]", path, i);
        if (read_chance(&s->faults[i], provider, json_array_get(list, i), where, err) < 0)
            return -1;
        s->n_faults++;
    }
    return 0;
}

static void free_matches(struct sim_setting *s)
{
    for (size_t i = 0; i < s->n_matches; i++) {
        free(s->matches[i].contains);
        sim_script_free(&s->matches[i].script);
    }
    free(s->matches);
    s->matches = NULL;
    s->n_matches = 0;
}

static int read_match(struct sim_match *m, int provider, const json_t *o,
                      const char *path, struct bd_error *err)
{
    const char *contains = bd_json_text(o, "contains", NULL);
    char where[PATH_MAX_ + 8];

    if (check_keys(o, path, "contains script", err) < 0)
        return -1;
    if (!contains || !*contains)
        return bad(err, path, "needs \"contains\": a text that is not empty");
    m->contains = strdup(contains);
    if (!m->contains)
        return bad(err, path, "out of memory");
    snprintf(where, sizeof(where), "%s.script", path);
    return sim_script_read(&m->script, provider, json_object_get(o, "script"), where,
                           err);
}

static int read_matches(struct sim_setting *s, int provider, const json_t *list,
                        const char *path, struct bd_error *err)
{
    char where[PATH_MAX_];

    if (!json_is_array(list))
        return bad(err, path, "must be a list of {\"contains\",\"script\"}");
    free_matches(s);
    s->matches = calloc(json_array_size(list) + 1, sizeof(*s->matches));
    if (!s->matches)
        return bad(err, path, "out of memory");
    s->n_matches = json_array_size(list); /* free_matches() takes half-made ones */
    for (size_t i = 0; i < s->n_matches; i++) {
        snprintf(where, sizeof(where), "%s[%zu]", path, i);
        if (read_match(&s->matches[i], provider, json_array_get(list, i), where, err) < 0)
            return -1;
    }
    return 0;
}

static int read_models(struct sim_setting *s, json_t *list, const char *path,
                       struct bd_error *err)
{
    size_t i;
    json_t *v;

    if (!json_is_array(list))
        return bad(err, path, "must be a list of strings");
    json_array_foreach(list, i, v) if (!json_is_string(v)) return bad(
        err, path, "must be a list of strings");
    json_decref(s->models);
    s->models = json_incref(list);
    return 0;
}

static int read_answer(struct sim_setting *s, const json_t *v, const char *path,
                       struct bd_error *err)
{
    const char *word = json_string_value(v);

    free(s->text);
    s->text = NULL;
    if (word && sim_corpus_has(word)) {
        snprintf(s->answer, sizeof(s->answer), "%s", word);
        return 0;
    }
    if (word)
        return bd_fail(err, BD_ERR_CONFIG, 0, "sim",
                       "%s: no answers of kind '%.32s'; known: %s", path, word,
                       SIM_CORPUS_KINDS);
    if (check_keys(v, path, "text", err) < 0)
        return -1;
    word = bd_json_text(v, "text", NULL);
    if (!word)
        return bad(err, path, "must be a kind or {\"text\": \"the answer\"}");
    s->text = strdup(word);
    return s->text ? 0 : bad(err, path, "out of memory");
}

/* A page may lack anything but its members' type: services send such, too. */
static int read_pages(struct sim_setting *s, json_t *list, const char *path,
                      struct bd_error *err)
{
    const json_t *page;
    size_t i;

    if (!json_is_array(list))
        return bad(err, path, "must be a list of {\"url\",\"title\",\"site\"}");
    json_array_foreach(list, i, page)
    {
        if (check_keys(page, path, "url title site snippet", err) < 0)
            return -1;
    }
    json_decref(s->pages);
    s->pages = json_incref(list);
    return 0;
}

static int read_search(struct sim_setting *s, const json_t *o, const char *path,
                       struct bd_error *err)
{
    json_t *pages = json_object_get(o, "pages");
    char where[PATH_MAX_];

    snprintf(where, sizeof(where), "%s.pages", path);
    if (check_keys(o, path, "probability pages", err) < 0 ||
        read_number(&s->search, o, "probability", 0, path, err) < 0)
        return -1;
    return pages ? read_pages(s, pages, where, err) : 0;
}

static int read_chunk(struct sim_setting *s, const json_t *v, const char *path,
                      struct bd_error *err)
{
    static const char *const words[] = {"event", "random", "byte"};
    const char *word = json_is_string(v) ? json_string_value(v) : "";

    for (int i = 0; i < 3; i++)
        if (strcmp(word, words[i]) == 0) {
            s->chunk = (enum sim_chunk)i;
            return 0;
        }
    return bad(err, path, "must be event, random or byte");
}

static int read_key(struct sim_setting *s, const json_t *v, const char *path,
                    struct bd_error *err)
{
    if (!json_is_string(v) || json_string_length(v) >= sizeof(s->key))
        return bad(err, path, "must be a string of at most 127 bytes");
    snprintf(s->key, sizeof(s->key), "%s", json_string_value(v));
    return 0;
}

static int read_member(struct sim_setting *s, int provider, const char *key, json_t *v,
                       const char *path, struct bd_error *err)
{
    if (strcmp(key, "latency") == 0)
        return read_latency(s, v, path, err);
    if (strcmp(key, "models") == 0)
        return read_models(s, v, path, err);
    if (strcmp(key, "key") == 0)
        return read_key(s, v, path, err);
    if (strcmp(key, "rate") == 0)
        return read_rate(&s->rate, v, path, err);
    if (strcmp(key, "faults") == 0)
        return read_faults(s, provider, v, path, err);
    if (strcmp(key, "script") == 0)
        return sim_script_read(&s->script, provider, v, path, err);
    if (strcmp(key, "match") == 0)
        return read_matches(s, provider, v, path, err);
    if (strcmp(key, "answer") == 0)
        return read_answer(s, v, path, err);
    if (strcmp(key, "search") == 0)
        return read_search(s, v, path, err);
    if (strcmp(key, "chunk") == 0)
        return read_chunk(s, v, path, err);
    return 0; /* location is read with its object */
}

static int read_setting(struct sim_setting *s, int provider, const json_t *o,
                        const char *path, struct bd_error *err)
{
    const char *key;
    json_t *v;

    if (check_keys(o, path,
                   "latency models key rate faults script match answer search chunk "
                   "location",
                   err) < 0 ||
        read_header(s->location, sizeof(s->location), o, "location", path, err) < 0)
        return -1;
    json_object_foreach((json_t *)o, key, v)
    {
        char where[PATH_MAX_ / 2];

        snprintf(where, sizeof(where), "%s.%s", path, key);
        if (read_member(s, provider, key, v, where, err) < 0)
            return -1;
    }
    return 0;
}

/* Planning values for an answer of some 400 tokens: 5 to 10 s. */
static void plain(struct sim_scenario *s, const char *key)
{
    static const struct {
        double median, p95, speed;
    } of[SIM_PROVIDERS] = {[SIM_DOUBAO] = {700, 1800, 60},
                           [SIM_QWEN] = {500, 1300, 75},
                           [SIM_DEEPSEEK] = {900, 2500, 50},
                           [SIM_ZHIPU] = {450, 1200, 70},
                           [SIM_OPENAI] = {400, 1000, 80}};

    for (int i = 0; i < SIM_PROVIDERS; i++) {
        struct sim_setting *p = &s->of[i];

        p->first_ms = (struct sim_spread){of[i].median, of[i].p95};
        p->tokens_per_second = of[i].speed;
        p->error_ms = 20;
        p->search = 1;
        snprintf(p->key, sizeof(p->key), "%s", key);
        snprintf(p->answer, sizeof(p->answer), "corpus");
        snprintf(p->location, sizeof(p->location), "https://other.example/");
    }
}

static int read_providers(struct sim_scenario *s, const json_t *root,
                          struct bd_error *err)
{
    const json_t *defaults = json_object_get(root, "defaults");
    const json_t *providers = json_object_get(root, "providers");

    if (providers &&
        check_keys(providers, "providers", "doubao qwen deepseek zhipu openai", err) < 0)
        return -1;
    for (int i = 0; i < SIM_PROVIDERS; i++) {
        const json_t *own = json_object_get(providers, sim_provider_name(i));
        char path[32];

        snprintf(path, sizeof(path), "providers.%s", sim_provider_name(i));
        if (defaults && read_setting(&s->of[i], i, defaults, "defaults", err) < 0)
            return -1;
        if (own && read_setting(&s->of[i], i, own, path, err) < 0)
            return -1;
    }
    return 0;
}

static int read_root(struct sim_scenario *s, const json_t *root, struct bd_error *err)
{
    const json_t *seed = json_object_get(root, "seed"),
                 *key = json_object_get(root, "key");

    if (check_keys(root, "scenario", "seed speed key defaults providers", err) < 0)
        return -1;
    if (seed && (!json_is_integer(seed) || json_integer_value(seed) < 0))
        return bad(err, "seed", "must be a whole number from 0 up");
    s->has_seed = seed != NULL;
    s->seed = (uint64_t)json_integer_value(seed);
    if (read_number(&s->speed, root, "speed", 0.1, "scenario", err) < 0)
        return -1;
    for (int i = 0; key && i < SIM_PROVIDERS; i++)
        if (read_key(&s->of[i], key, "key", err) < 0)
            return -1;
    return read_providers(s, root, err);
}

int sim_scenario_new(struct sim_scenario **out, const json_t *root, const char *key,
                     struct bd_error *err)
{
    struct sim_scenario *s = calloc(1, sizeof(*s));

    if (!s)
        return bd_fail(err, BD_ERR_INTERNAL, 0, "sim", "out of memory");
    plain(s, key);
    if (root && read_root(s, root, err) < 0) {
        sim_scenario_free(s);
        return -1;
    }
    *out = s;
    return 0;
}

void sim_scenario_free(struct sim_scenario *s)
{
    for (int i = 0; s && i < SIM_PROVIDERS; i++) {
        json_decref(s->of[i].models);
        json_decref(s->of[i].pages);
        free(s->of[i].faults);
        free(s->of[i].text);
        free_matches(&s->of[i]);
        sim_script_free(&s->of[i].script);
    }
    free(s);
}
