/* sim/asked.c - request bodies of the protocols that only searches speak; see
 * provider.h. */
#include <string.h>

#include "base/json.h"
#include "sim/provider_parts.h"

static bool has_tool(const json_t *o, const char *type)
{
    const json_t *tool;
    size_t i;

    json_array_foreach(json_object_get(o, "tools"), i, tool)
    {
        if (strcmp(bd_json_text(tool, "type", ""), type) == 0)
            return true;
    }
    return false;
}

static void check_thinking(struct sim_ask *ask, const json_t *o)
{
    ask->thinking =
        strcmp(bd_json_text(json_object_get(o, "thinking"), "type", "enabled"),
               "disabled") != 0;
}

/* Ark: Responses. */
static void read_doubao(struct sim_ask *ask, const json_t *o, struct sim_objection *no)
{
    const char *choice = bd_json_text(o, "tool_choice", "auto");

    sim_read_messages(ask, o, "input", no);
    ask->max_tokens = bd_json_int(o, "max_output_tokens", 0);
    check_thinking(ask, o);
    if (json_object_get(o, "messages") || json_object_get(o, "max_tokens") ||
        json_object_get(o, "stream_options"))
        sim_object(no, "400", "messages", "the request has a member of another API");
    if (!has_tool(o, "web_search") && json_array_size(json_object_get(o, "tools")) > 0)
        sim_object(no, "400", "tools", "a tool is not known");
    if (strcmp(choice, "auto") != 0 && strcmp(choice, "none") != 0 &&
        strcmp(choice, "required") != 0)
        sim_object(no, "400", "tool_choice", "tool_choice %.32s is not known", choice);
    sim_check_range(o, "max_tool_calls", 1, 10, "400", no);
    ask->search = has_tool(o, "web_search") && strcmp(choice, "none") != 0;
}

/* DashScope's own. */
static void read_qwen(struct sim_ask *ask, const json_t *o, struct sim_objection *no)
{
    const json_t *p = json_object_get(o, "parameters");
    const json_t *how = json_object_get(p, "search_options");

    sim_read_messages(ask, json_object_get(o, "input"), "messages", no);
    ask->stream = ask->events; /* a header decides */
    ask->max_tokens = bd_json_int(p, "max_tokens", 0);
    ask->thinking = bd_json_bool(p, "enable_thinking", false);
    if (strcmp(bd_json_text(p, "result_format", "text"), "message") != 0)
        sim_object(no, "400", "result_format", "only result_format message is imitated");
    if (ask->stream && !bd_json_bool(p, "incremental_output", false))
        sim_object(no, "400", "incremental_output", "only increments are imitated");
    if (json_object_get(o, "stream") || json_object_get(o, "messages"))
        sim_object(no, "400", "stream", "the request has a member of another API");
    ask->search = bd_json_bool(p, "enable_search", false) &&
                  bd_json_bool(how, "enable_source", false);
}

/* Anthropic's messages, as DeepSeek takes them. */
static void read_deepseek(struct sim_ask *ask, const json_t *o, struct sim_objection *no)
{
    const char *system = bd_json_text(o, "system", "");

    if (*system)
        (void)bd_buf_add(&ask->prompt, system);
    sim_read_messages(ask, o, "messages", no);
    check_thinking(ask, o);
    ask->max_tokens = bd_json_int(o, "max_tokens", 0);
    if (ask->max_tokens <= 0)
        sim_object(no, "400", "max_tokens", "max_tokens is required");
    if (!ask->versioned)
        sim_object(no, "400", "anthropic-version", "the header is required");
    ask->search = has_tool(o, "web_search_20250305");
}

void sim_read_other(struct sim_ask *ask, const json_t *o, struct sim_objection *no)
{
    if (ask->provider == SIM_DOUBAO)
        read_doubao(ask, o, no);
    else if (ask->provider == SIM_QWEN)
        read_qwen(ask, o, no);
    else
        read_deepseek(ask, o, no);
}
