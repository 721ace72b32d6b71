/* openai/openai.c - any service that speaks OpenAI's chat completions.
 *
 * Strict servers refuse parameters they do not know, so what is sent beyond the question
 * can be set in the section. */
#include <stddef.h>
#include <string.h>

#include "bd/error.h"
#include "bd/option.h"
#include "bd/plugin.h"
#include "bd/provider.h"
#include "chat/chat.h"

#define BASE_URL "https://api.openai.com/v1"

static const struct chat_code codes[] = {
    {NULL, 0}, /* all of OpenAI's are shared */
};

static const struct bd_option options[] = {
    {"base_url", BD_OPTION_URL, 0, BASE_URL, "used as it is, /chat/completions is added",
     0, 0},
    {"max_tokens_field", BD_OPTION_TEXT, 0, "max_completion_tokens",
     "how the answer's limit is called: max_tokens, max_completion_tokens or none", 0, 0},
    {"send_stream_options", BD_OPTION_BOOL, 0, "yes",
     "ask for token counts in streams; no for servers that refuse stream_options", 0, 0},
    {"extra_body", BD_OPTION_TEXT, 0, NULL,
     "a JSON object whose members are added to each request, e.g. {\"top_k\": 5}", 0, 0},
    {"insufficient_quota_is_rate", BD_OPTION_BOOL, 0, "no",
     "yes if \"insufficient_quota\" means tokens per minute, as on DashScope", 0, 0},
};

static const struct chat_vendor vendor = {
    .base_url = BASE_URL,
    .path = "/chat/completions",
    .limit_field = "max_completion_tokens",
    .thinking = CHAT_THINKING_NONE,
    .stream_options = 1,
    .empty_body = BD_ERR_OVERLOADED,
    .codes = codes,
};

static int set_limit_field(struct chat *c, const char *word, struct bd_error *err)
{
    const struct bd_host *host = c->host;

    if (!word || strcmp(word, "max_completion_tokens") == 0)
        c->limit_field = "max_completion_tokens";
    else if (strcmp(word, "max_tokens") == 0)
        c->limit_field = "max_tokens";
    else if (strcmp(word, "none") == 0)
        c->limit_field = NULL;
    else
        return host->fail(host->ctx, err, BD_ERR_CONFIG, 0,
                          "max_tokens_field = %s: must be max_tokens, "
                          "max_completion_tokens or none",
                          word);
    return 0;
}

static int open_openai(const struct bd_host *host, void **self, struct bd_error *err)
{
    const char *extra = host->text(host->ctx, "extra_body");
    struct chat *c;

    if (chat_open(&c, &vendor, host, err) < 0)
        return -1;
    c->stream_options = host->number(host->ctx, "send_stream_options") != 0;
    c->quota_is_rate = host->number(host->ctx, "insufficient_quota_is_rate") != 0;
    if (set_limit_field(c, host->text(host->ctx, "max_tokens_field"), err) < 0 ||
        (extra && *extra && chat_set_extra(c, extra, err) < 0)) {
        chat_close(c);
        return -1;
    }
    *self = c;
    return 0;
}

static const struct bd_provider openai = {
    .base = {BD_PLUGIN_MAGIC, BD_ABI_MINOR, sizeof(openai), BD_PROVIDER, "openai",
             "1.0.0", options, sizeof(options) / sizeof(options[0]), sizeof(options[0])},
    .timeouts = {10000, 20000, 45000}, /* an unknown model's, as Qwen's */
    .capabilities = BD_CAN_STREAM,
    .open = open_openai,
    .close = chat_close,
    .build = chat_build,
    .reply = chat_reply,
    .event = chat_event,
    .error = chat_error,
};

const struct bd_plugin *BD_PLUGIN_ENTRY(void)
{
    return &openai.base;
}
