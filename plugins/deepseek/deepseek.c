/* deepseek/deepseek.c - DeepSeek, by its chat completions, and with web search by its
 * messages. */
#include <stddef.h>

#include "bd/error.h"
#include "bd/option.h"
#include "bd/plugin.h"
#include "bd/provider.h"
#include "chat/chat.h"
#include "messages.h"

#define BASE_URL "https://api.deepseek.com"

/* DeepSeek puts "invalid_request_error" on nearly everything: the message, the type and
 * the status decide, and the shared tables have the rest. */
static const struct chat_code codes[] = {
    {NULL, 0},
};

static const struct chat_saying sayings[] = {
    {"balance", NULL, 429, BD_ERR_QUOTA},
    {"quota", NULL, 429, BD_ERR_QUOTA},
    {NULL, NULL, 0, 0},
};

static const struct bd_option options[] = {
    {"base_url", BD_OPTION_URL, 0, BASE_URL, "where DeepSeek's API is, without the path",
     0, 0},
    {"thinking", BD_OPTION_BOOL, 0, "no", "let the model think first: slow and costly", 0,
     0},
};

static const struct chat_vendor vendor = {
    .base_url = BASE_URL,
    .path = "/chat/completions",
    .limit_field = "max_tokens",
    .thinking = CHAT_THINKING_TYPE, /* on unless it is switched off */
    .stream_options = 1,
    .api = &deepseek_messages,
    .empty_body = BD_ERR_OVERLOADED,
    .codes = codes,
    .sayings = sayings,
};

static int open_deepseek(const struct bd_host *host, void **self, struct bd_error *err)
{
    struct chat *c;

    if (chat_open(&c, &vendor, host, err) < 0)
        return -1;
    *self = c;
    return 0;
}

static const struct bd_provider deepseek = {
    .base = {BD_PLUGIN_MAGIC, BD_ABI_MINOR, sizeof(deepseek), BD_PROVIDER, "deepseek",
             "1.0.0", options, sizeof(options) / sizeof(options[0]), sizeof(options[0])},
    .timeouts = {15000, 30000, 60000},
    .capabilities = BD_CAN_STREAM | BD_CAN_SEARCH | BD_CAN_THINK,
    .open = open_deepseek,
    .close = chat_close,
    .build = chat_build,
    .reply = chat_reply,
    .event = chat_event,
    .error = chat_error,
};

const struct bd_plugin *BD_PLUGIN_ENTRY(void)
{
    return &deepseek.base;
}
