/* sim/shapes.c - answers in the protocols that only searches speak: Ark's Responses,
 * DashScope's own, DeepSeek's messages. See shapes.h. */
#include "sim/shapes.h"

#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "sim/search.h"
#include "sim/trouble.h"

static void quote(struct bd_buf *out, const char *s)
{
    sim_quote(out, s, strlen(s));
}

static const char *model_of(const struct sim_reply *r)
{
    return r->model ? r->model : r->ask->model;
}

static size_t tokens_in(const struct sim_reply *r)
{
    size_t found = r->pages ? 2000 + 100 * json_array_size(r->pages) : 0;

    return sim_tokens(r->ask->prompt.data, r->ask->prompt.n) + 8 + found;
}

static size_t tokens_out(const struct sim_reply *r)
{
    return sim_tokens(r->text, r->n) + sim_tokens(r->thought, r->thought_n);
}

/* Doubao: Responses */

static void ark_call(struct bd_buf *out, const struct sim_reply *r)
{
    (void)bd_buf_addf(out,
                      "{\"type\":\"web_search_call\",\"id\":\"ws_%.12s\",\"status\":"
                      "\"completed\",\"action\":{\"type\":\"search\",\"query\":\"q\"}}",
                      r->id);
}

static void ark_annotation(struct bd_buf *out, const json_t *page)
{
    (void)bd_buf_add(out, "{\"type\":\"url_citation\",\"title\":");
    quote(out, bd_json_text(page, "title", ""));
    (void)bd_buf_add(out, ",\"url\":");
    quote(out, bd_json_text(page, "url", ""));
    (void)bd_buf_add(out, ",\"site_name\":");
    quote(out, bd_json_text(page, "site", ""));
    (void)bd_buf_add(out, ",\"freshness_info\":\"\"}");
}

static void ark_message(struct bd_buf *out, const struct sim_reply *r)
{
    const json_t *page;
    size_t i;

    (void)bd_buf_addf(out,
                      "{\"type\":\"message\",\"role\":\"assistant\",\"status\":"
                      "\"completed\",\"id\":\"msg_%.12s\",\"content\":[{\"type\":"
                      "\"output_text\",\"text\":",
                      r->id);
    sim_quote(out, r->text, r->n);
    (void)bd_buf_add(out, ",\"annotations\":[");
    json_array_foreach(r->pages, i, page)
    {
        (void)bd_buf_add(out, i ? "," : "");
        ark_annotation(out, page);
    }
    (void)bd_buf_add(out, "]}]}");
}

static const char *ark_status(const struct sim_reply *r)
{
    return strcmp(r->finish, "stop") == 0 ? "completed" : "incomplete";
}

/* over: with what came of it. */
static void ark_response(struct bd_buf *out, const struct sim_reply *r, bool over)
{
    size_t in = tokens_in(r), said = tokens_out(r);

    (void)bd_buf_addf(out, "{\"created_at\":%" PRId64 ",\"id\":\"resp_%s\",\"model\":",
                      r->created, r->id);
    quote(out, model_of(r));
    (void)bd_buf_addf(out,
                      ",\"object\":\"response\",\"store\":false,\"status\":\"%s\","
                      "\"output\":[",
                      over ? ark_status(r) : "in_progress");
    if (over && r->pages) {
        ark_call(out, r);
        (void)bd_buf_add(out, ",");
    }
    if (over)
        ark_message(out, r);
    if (!over) {
        (void)bd_buf_add(out, "],\"usage\":null}");
        return;
    }
    (void)bd_buf_addf(out,
                      "],\"usage\":{\"input_tokens\":%zu,\"output_tokens\":%zu,"
                      "\"total_tokens\":%zu,\"input_tokens_details\":{\"cached_tokens\":"
                      "0},\"output_tokens_details\":{\"reasoning_tokens\":%zu}",
                      in, said, in + said, sim_tokens(r->thought, r->thought_n));
    (void)bd_buf_add(out, r->pages ? ",\"tool_usage\":{\"web_search\":1}}" : "}");
    if (strcmp(r->finish, "stop") != 0)
        (void)bd_buf_addf(out, ",\"incomplete_details\":{\"reason\":\"%s\"}", r->finish);
    (void)bd_buf_add(out, "}");
}

static void begin_event(struct bd_buf *out, const char *name)
{
    (void)bd_buf_addf(out, "event: %s\ndata: {\"type\":\"%s\"", name, name);
}

static void end_event(struct bd_buf *out)
{
    (void)bd_buf_add(out, "}\n\n");
}

static void ark_first(struct bd_buf *out, const struct sim_reply *r)
{
    begin_event(out, "response.created");
    (void)bd_buf_add(out, ",\"response\":");
    ark_response(out, r, false);
    end_event(out);
    if (!r->pages)
        return;
    begin_event(out, "response.web_search_call.searching");
    end_event(out);
    begin_event(out, "response.output_item.done");
    (void)bd_buf_add(out, ",\"output_index\":0,\"item\":");
    ark_call(out, r);
    end_event(out);
}

static void ark_delta(struct bd_buf *out, const char *s, size_t n, bool thinking)
{
    begin_event(out, thinking ? "response.reasoning_summary_text.delta"
                              : "response.output_text.delta");
    (void)bd_buf_add(out, ",\"content_index\":0,\"delta\":");
    sim_quote(out, s, n);
    end_event(out);
}

static void ark_last(struct bd_buf *out, const struct sim_reply *r)
{
    const json_t *page;
    size_t i;

    json_array_foreach(r->pages, i, page)
    {
        begin_event(out, "response.output_text.annotation.added");
        (void)bd_buf_addf(out, ",\"annotation_index\":%zu,\"annotation\":", i);
        ark_annotation(out, page);
        end_event(out);
    }
    begin_event(out, strcmp(ark_status(r), "completed") == 0 ? "response.completed"
                                                             : "response.incomplete");
    (void)bd_buf_add(out, ",\"response\":");
    ark_response(out, r, true);
    end_event(out);
}

/* Qwen: DashScope's own */

static void qwen_pages(struct bd_buf *out, const json_t *pages)
{
    const json_t *page;
    size_t i;

    (void)bd_buf_add(out, ",\"search_info\":{\"search_results\":[");
    json_array_foreach(pages, i, page)
    {
        (void)bd_buf_addf(
            out, "%s{\"icon\":\"\",\"index\":%zu,\"site_name\":", i ? "," : "", i + 1);
        quote(out, bd_json_text(page, "site", ""));
        (void)bd_buf_add(out, ",\"title\":");
        quote(out, bd_json_text(page, "title", ""));
        (void)bd_buf_add(out, ",\"url\":");
        quote(out, bd_json_text(page, "url", ""));
        (void)bd_buf_add(out, "}");
    }
    (void)bd_buf_add(out, "]}");
}

struct frame { /* of a stream; a whole reply is one, too */
    const char *text, *thought;
    size_t n, thought_n;
    const char *finish;
    const json_t *pages;
};

static void qwen_frame(struct bd_buf *out, const struct sim_reply *r,
                       const struct frame *f)
{
    size_t in = tokens_in(r), said = tokens_out(r);

    (void)bd_buf_add(
        out,
        "{\"output\":{\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":");
    if (r->ask->parts)
        (void)bd_buf_add(out, "[{\"text\":");
    sim_quote(out, f->text, f->n);
    if (r->ask->parts)
        (void)bd_buf_add(out, "}]");
    if (f->thought_n) {
        (void)bd_buf_add(out, ",\"reasoning_content\":");
        sim_quote(out, f->thought, f->thought_n);
    }
    (void)bd_buf_addf(out, "},\"finish_reason\":\"%s\"}]", f->finish);
    if (f->pages)
        qwen_pages(out, f->pages);
    (void)bd_buf_addf(out,
                      "},\"usage\":{\"input_tokens\":%zu,\"output_tokens\":%zu,"
                      "\"total_tokens\":%zu,\"prompt_tokens_details\":{\"cached_tokens\":"
                      "0}",
                      in, said, in + said);
    if (r->pages)
        (void)bd_buf_add(
            out, ",\"plugins\":{\"search\":{\"count\":1,\"strategy\":\"turbo\"}}");
    (void)bd_buf_addf(out, "},\"request_id\":\"%s\"}", r->id);
}

/* As DashScope sends it: no blank behind the colons. */
static void qwen_event(struct bd_buf *out, const struct sim_reply *r,
                       const struct frame *f)
{
    (void)bd_buf_add(out, "id:1\nevent:result\n:HTTP_STATUS/200\ndata:");
    qwen_frame(out, r, f);
    (void)bd_buf_add(out, "\n\n");
}

/* DeepSeek: messages */

static void seek_results(struct bd_buf *out, const struct sim_reply *r)
{
    const json_t *page;
    size_t i;

    (void)bd_buf_addf(out,
                      "{\"type\":\"web_search_tool_result\",\"tool_use_id\":\"srv_%.8s\","
                      "\"content\":[",
                      r->id);
    json_array_foreach(r->pages, i, page)
    {
        (void)bd_buf_addf(out,
                          "%s{\"type\":\"web_search_result\",\"url\":", i ? "," : "");
        quote(out, bd_json_text(page, "url", ""));
        (void)bd_buf_add(out, ",\"title\":");
        quote(out, bd_json_text(page, "title", ""));
        (void)bd_buf_add(out, ",\"page_age\":\"2026-10-18\"}");
    }
    (void)bd_buf_add(out, "]}");
}

static void seek_use(struct bd_buf *out, const struct sim_reply *r)
{
    (void)bd_buf_addf(out,
                      "{\"type\":\"server_tool_use\",\"id\":\"srv_%.8s\",\"name\":"
                      "\"web_search\",\"input\":{\"query\":\"q\"}}",
                      r->id);
}

static const char *seek_reason(const struct sim_reply *r)
{
    static const char *const words[][2] = {
        {"stop", "end_turn"}, {"length", "max_tokens"}, {"content_filter", "refusal"}};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(r->finish, words[i][0]) == 0)
            return words[i][1];
    return r->finish;
}

static void seek_usage(struct bd_buf *out, const struct sim_reply *r)
{
    (void)bd_buf_addf(out, "\"usage\":{\"input_tokens\":%zu,\"output_tokens\":%zu%s}",
                      tokens_in(r), tokens_out(r),
                      r->pages ? ",\"server_tool_use\":{\"web_search_requests\":1}" : "");
}

static void seek_head(struct bd_buf *out, const struct sim_reply *r)
{
    (void)bd_buf_addf(out,
                      "{\"id\":\"msg_%.16s\",\"type\":\"message\",\"role\":"
                      "\"assistant\",\"model\":",
                      r->id);
    quote(out, model_of(r));
    (void)bd_buf_add(out, ",\"content\":[");
}

static void seek_body(struct bd_buf *out, const struct sim_reply *r)
{
    seek_head(out, r);
    if (r->pages) {
        seek_use(out, r);
        (void)bd_buf_add(out, ",");
        seek_results(out, r);
        (void)bd_buf_add(out, ",");
    }
    (void)bd_buf_add(out, "{\"type\":\"text\",\"text\":");
    sim_quote(out, r->text, r->n);
    (void)bd_buf_addf(out, "}],\"stop_reason\":\"%s\",\"stop_sequence\":null,",
                      seek_reason(r));
    seek_usage(out, r);
    (void)bd_buf_add(out, "}");
}

static void seek_start(struct bd_buf *out, int index)
{
    begin_event(out, "content_block_start");
    (void)bd_buf_addf(out, ",\"index\":%d,\"content_block\":", index);
}

static void seek_stop(struct bd_buf *out, int index)
{
    begin_event(out, "content_block_stop");
    (void)bd_buf_addf(out, ",\"index\":%d", index);
    end_event(out);
}

static void seek_first(struct bd_buf *out, const struct sim_reply *r)
{
    begin_event(out, "message_start");
    (void)bd_buf_add(out, ",\"message\":");
    seek_head(out, r);
    (void)bd_buf_add(out, "],\"stop_reason\":null,\"usage\":{\"input_tokens\":1,"
                          "\"output_tokens\":1}}");
    end_event(out);
    if (r->pages) {
        seek_start(out, 0);
        seek_use(out, r);
        end_event(out);
        seek_stop(out, 0);
        seek_start(out, 1);
        seek_results(out, r);
        end_event(out);
        seek_stop(out, 1);
    }
    seek_start(out, 2);
    (void)bd_buf_add(out, "{\"type\":\"text\",\"text\":\"\"}");
    end_event(out);
}

static void seek_delta(struct bd_buf *out, const char *s, size_t n, bool thinking)
{
    begin_event(out, "content_block_delta");
    (void)bd_buf_add(
        out, thinking ? ",\"index\":2,\"delta\":{\"type\":\"thinking_delta\","
                        "\"thinking\":"
                      : ",\"index\":2,\"delta\":{\"type\":\"text_delta\",\"text\":");
    sim_quote(out, s, n);
    (void)bd_buf_add(out, "}");
    end_event(out);
}

static void seek_last(struct bd_buf *out, const struct sim_reply *r)
{
    seek_stop(out, 2);
    begin_event(out, "message_delta");
    (void)bd_buf_addf(out, ",\"delta\":{\"stop_reason\":\"%s\",\"stop_sequence\":null},",
                      seek_reason(r));
    seek_usage(out, r);
    end_event(out);
    begin_event(out, "message_stop");
    end_event(out);
}

/* By provider */

void sim_shape_body(struct bd_buf *out, const struct sim_reply *r)
{
    const struct frame whole = {r->text,      r->thought, r->n,
                                r->thought_n, r->finish,  r->pages};

    if (r->ask->provider == SIM_DOUBAO)
        ark_response(out, r, true);
    else if (r->ask->provider == SIM_QWEN)
        qwen_frame(out, r, &whole);
    else
        seek_body(out, r);
}

void sim_shape_first(struct bd_buf *out, const struct sim_reply *r)
{
    const struct frame first = {"", "", 0, 0, "null", r->pages};

    if (r->ask->provider == SIM_DOUBAO)
        ark_first(out, r);
    else if (r->ask->provider == SIM_QWEN)
        qwen_event(out, r, &first);
    else
        seek_first(out, r);
}

void sim_shape_delta(struct bd_buf *out, const struct sim_reply *r, const char *s,
                     size_t n, bool thinking)
{
    const struct frame piece = {thinking ? "" : s,
                                thinking ? s : "",
                                thinking ? 0 : n,
                                thinking ? n : 0,
                                "null",
                                NULL};

    if (r->ask->provider == SIM_DOUBAO)
        ark_delta(out, s, n, thinking);
    else if (r->ask->provider == SIM_QWEN)
        qwen_event(out, r, &piece);
    else
        seek_delta(out, s, n, thinking);
}

void sim_shape_last(struct bd_buf *out, const struct sim_reply *r)
{
    const struct frame last = {"", "", 0, 0, r->finish, r->pages};

    if (r->ask->provider == SIM_DOUBAO)
        ark_last(out, r);
    else if (r->ask->provider == SIM_QWEN)
        qwen_event(out, r, &last);
    else
        seek_last(out, r);
}
