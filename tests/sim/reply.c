/* sim/reply.c - see reply.h. Members come in the order in which each service sends
 * them; nothing may depend on it, and something surely does. */
#include "sim/reply.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "sim/search.h"
#include "sim/shapes.h"
#include "sim/trouble.h"

size_t sim_tokens(const char *s, size_t n)
{
    size_t wide = 0, narrow = 0;

    for (size_t i = 0; i < n;) {
        int32_t cp;

        i += bd_text_next(s + i, n - i, &cp);
        *(cp >= 0x2e80 ? &wide : &narrow) += 1;
    }
    return (wide * 10 + 15) / 16 + (narrow + 3) / 4;
}

size_t sim_tokens_cut(const char *s, size_t n, int64_t tokens)
{
    size_t i = 0;
    int64_t cost = 0; /* in eightieths of a token: 50 for a wide character, 20 else */

    while (i < n) {
        int32_t cp;
        size_t k = bd_text_next(s + i, n - i, &cp);

        cost += cp >= 0x2e80 ? 50 : 20;
        if (cost > tokens * 80)
            return i;
        i += k;
    }
    return n;
}

const char *sim_reply_id_header(int provider)
{
    static const char *const names[SIM_PROVIDERS] = {"X-Request-Id", "x-request-id",
                                                     "x-deepseek-request-id", "x-log-id",
                                                     "x-request-id"};

    return names[provider];
}

const char *sim_reply_finish(int provider, bool moderation)
{
    static const char *const filter[SIM_PROVIDERS] = {
        "content_filter", NULL, "content_filter", "sensitive", "content_filter"};
    static const char *const broken[SIM_PROVIDERS] = {
        NULL, NULL, "insufficient_system_resource", "network_error", NULL};

    return moderation ? filter[provider] : broken[provider];
}

static void add_id(struct bd_buf *out, const struct sim_reply *r)
{
    const char *id = r->id;

    switch (r->ask->provider) {
    case SIM_DOUBAO:
        (void)bd_buf_addf(out, "\"id\":\"02%" PRId64 "%s\"", r->created, id);
        break;
    case SIM_ZHIPU:
        (void)bd_buf_addf(out, "\"id\":\"%" PRId64 "%.16s\"", r->created, id);
        break;
    case SIM_OPENAI:
        (void)bd_buf_addf(out, "\"id\":\"chatcmpl-%.20s\"", id);
        break;
    default:
        (void)bd_buf_addf(out, "\"id\":\"%s%.8s-%.4s-%.4s-%.4s-%.12s\"",
                          r->ask->provider == SIM_QWEN ? "chatcmpl-" : "", id, id + 8,
                          id + 12, id + 16, id + 20);
    }
}

static void add_model(struct bd_buf *out, const struct sim_reply *r)
{
    const char *model = r->model ? r->model : r->ask->model;

    (void)bd_buf_add(out, "\"model\":");
    sim_quote(out, model, strlen(model));
}

static void add_usage(struct bd_buf *out, const struct sim_reply *r)
{
    size_t in = sim_tokens(r->ask->prompt.data, r->ask->prompt.n) + 8;
    size_t thought = sim_tokens(r->thought, r->thought_n);
    size_t said = sim_tokens(r->text, r->n) + thought;

    (void)bd_buf_addf(
        out,
        "\"usage\":{\"prompt_tokens\":%zu,\"completion_tokens\":%zu,"
        "\"total_tokens\":%zu,\"prompt_tokens_details\":{\"cached_tokens\":0%s}",
        in, said, in + said, r->ask->provider == SIM_OPENAI ? ",\"audio_tokens\":0" : "");
    if (r->ask->provider == SIM_DEEPSEEK)
        (void)bd_buf_addf(
            out, ",\"prompt_cache_hit_tokens\":0,\"prompt_cache_miss_tokens\":%zu", in);
    if (r->ask->provider == SIM_OPENAI)
        (void)bd_buf_addf(out,
                          ",\"completion_tokens_details\":{\"reasoning_tokens\":%zu,"
                          "\"audio_tokens\":0,\"accepted_prediction_tokens\":0,"
                          "\"rejected_prediction_tokens\":0}",
                          thought);
    else if (r->ask->provider != SIM_ZHIPU && (r->ask->provider != SIM_QWEN || thought))
        (void)bd_buf_addf(
            out, ",\"completion_tokens_details\":{\"reasoning_tokens\":%zu}", thought);
    (void)bd_buf_add(out, "}");
}

static void add_message(struct bd_buf *out, const struct sim_reply *r)
{
    (void)bd_buf_add(out, "\"message\":{\"role\":\"assistant\",\"content\":");
    if (r->n || strcmp(r->finish, "length") != 0)
        sim_quote(out, r->text, r->n);
    else
        (void)bd_buf_add(out, "null"); /* thinking used up the limit */
    if (r->ask->provider == SIM_OPENAI) {
        (void)bd_buf_add(out, ",\"refusal\":null,\"annotations\":[]}");
        return;
    }
    if (r->thought_n || r->ask->provider == SIM_QWEN) {
        (void)bd_buf_add(out, ",\"reasoning_content\":");
        sim_quote(out, r->thought, r->thought_n);
    }
    (void)bd_buf_add(out, "}");
}

/* What is the same in a whole reply and in an event, after choices. */
static void add_tail(struct bd_buf *out, const struct sim_reply *r, bool event)
{
    int provider = r->ask->provider;

    if (provider != SIM_ZHIPU || event)
        (void)bd_buf_addf(out, ",\"object\":\"chat.completion%s\"",
                          event ? ".chunk" : "");
    (void)bd_buf_addf(out, ",\"created\":%" PRId64 ",", r->created);
    add_id(out, r);
    (void)bd_buf_add(out, ",");
    add_model(out, r);
    if (provider == SIM_DOUBAO || provider == SIM_OPENAI)
        (void)bd_buf_add(out, ",\"service_tier\":\"default\"");
    if (provider == SIM_QWEN || provider == SIM_OPENAI)
        (void)bd_buf_add(out, ",\"system_fingerprint\":null");
    if (provider == SIM_DEEPSEEK)
        (void)bd_buf_add(
            out, ",\"system_fingerprint\":\"fp_8802369eaa_prod0820_fp8_kvcache\"");
    if (provider == SIM_ZHIPU && !event)
        (void)bd_buf_addf(out, ",\"request_id\":\"%.20s\"", r->id);
    if (provider == SIM_ZHIPU && !event && r->pages)
        sim_search_zhipu(out, r->pages);
}

void sim_reply_body(struct bd_buf *out, const struct sim_reply *r)
{
    if (r->ask->other) {
        sim_shape_body(out, r);
        return;
    }
    (void)bd_buf_add(out, "{\"choices\":[{\"index\":0,");
    add_message(out, r);
    if (r->ask->provider != SIM_ZHIPU)
        (void)bd_buf_add(out, ",\"logprobs\":null");
    (void)bd_buf_addf(out, ",\"finish_reason\":\"%s\"}],", r->finish);
    add_usage(out, r);
    add_tail(out, r, false);
    (void)bd_buf_add(out, "}");
}

/* Everything of an event but its delta, which is JSON. */
static void add_event(struct bd_buf *out, const struct sim_reply *r, const char *delta,
                      const char *finish, bool usage)
{
    int provider = r->ask->provider;

    (void)bd_buf_add(out, "data: {\"choices\":[");
    if (delta) {
        (void)bd_buf_addf(out, "{\"index\":0,\"delta\":%s", delta);
        if (provider != SIM_ZHIPU)
            (void)bd_buf_add(out, ",\"logprobs\":null");
        if (finish)
            (void)bd_buf_addf(out, ",\"finish_reason\":\"%s\"", finish);
        else if (provider != SIM_ZHIPU)
            (void)bd_buf_add(out, ",\"finish_reason\":null");
        (void)bd_buf_add(out, "}");
    }
    (void)bd_buf_add(out, "]");
    add_tail(out, r, true);
    (void)bd_buf_add(out, ",");
    if (usage)
        add_usage(out, r);
    else if (provider == SIM_ZHIPU || provider == SIM_DEEPSEEK)
        out->data[--out->n] = '\0'; /* these have no usage member until the end */
    else
        (void)bd_buf_add(out, "\"usage\":null");
    if (usage && provider == SIM_ZHIPU && r->pages) /* once, on the last chunk */
        sim_search_zhipu(out, r->pages);
    if (provider == SIM_OPENAI)
        (void)bd_buf_addf(out, ",\"obfuscation\":\"%.4s\"", r->id);
    (void)bd_buf_add(out, "}\n\n");
}

void sim_reply_first(struct bd_buf *out, const struct sim_reply *r)
{
    if (r->ask->other) {
        sim_shape_first(out, r);
        return;
    }
    switch (r->ask->provider) {
    case SIM_OPENAI:
        add_event(out, r, "{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}",
                  NULL, false);
        break;
    case SIM_QWEN:
    case SIM_DEEPSEEK:
        add_event(
            out, r,
            r->thought_n
                ? "{\"role\":\"assistant\",\"content\":null,\"reasoning_content\":\"\"}"
                : "{\"role\":\"assistant\",\"content\":\"\"}",
            NULL, false);
        break;
    default:
        break;
    }
}

void sim_reply_delta(struct bd_buf *out, const struct sim_reply *r, const char *s,
                     size_t n, bool thinking)
{
    int provider = r->ask->provider;
    bool role = provider == SIM_DOUBAO || provider == SIM_ZHIPU;
    bool nulls = provider == SIM_QWEN || provider == SIM_DEEPSEEK;
    struct bd_buf delta;

    if (r->ask->other) {
        sim_shape_delta(out, r, s, n, thinking);
        return;
    }
    bd_buf_init(&delta, out->limit);
    (void)bd_buf_add(&delta, role ? "{\"role\":\"assistant\"," : "{");
    if (thinking)
        (void)bd_buf_add(&delta, nulls ? "\"content\":null,\"reasoning_content\":"
                                 : provider == SIM_DOUBAO
                                     ? "\"content\":\"\",\"reasoning_content\":"
                                     : "\"reasoning_content\":");
    else
        (void)bd_buf_add(&delta, "\"content\":");
    sim_quote(&delta, s, n);
    if (!thinking && nulls && r->thought_n)
        (void)bd_buf_add(&delta, ",\"reasoning_content\":null");
    (void)bd_buf_add(&delta, "}");
    add_event(out, r, delta.data, NULL, false);
    bd_buf_free(&delta);
}

void sim_reply_last(struct bd_buf *out, const struct sim_reply *r)
{
    int provider = r->ask->provider;
    bool role = provider == SIM_DOUBAO || provider == SIM_ZHIPU;
    bool here = provider == SIM_DEEPSEEK || provider == SIM_ZHIPU;

    if (r->ask->other) {
        sim_shape_last(out, r);
        return;
    }
    add_event(out, r,
              role                     ? "{\"role\":\"assistant\",\"content\":\"\"}"
              : provider == SIM_OPENAI ? "{}"
                                       : "{\"content\":\"\"}",
              r->finish, here);
    if (!here && r->ask->include_usage)
        add_event(out, r, NULL, NULL, true);
}

void sim_reply_done(struct bd_buf *out, const struct sim_reply *r)
{
    if (r->ask->other && r->ask->provider != SIM_DOUBAO)
        return; /* the last event says it */
    (void)bd_buf_add(out, "data: [DONE]\n\n");
}
