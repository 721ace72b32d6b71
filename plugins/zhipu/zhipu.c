/* zhipu/zhipu.c - GLM, by BigModel's chat completions. */
#include <stddef.h>

#include "bd/error.h"
#include "bd/option.h"
#include "bd/plugin.h"
#include "bd/provider.h"
#include "chat/chat.h"

#define BASE_URL "https://open.bigmodel.cn/api/paas/v4"

#define SEARCH_ENGINE "search_pro"
enum { SEARCH_COUNT = 10, QUERY_POINTS = 70 }; /* pages; longest search_query */

static const struct chat_code codes[] = {
    {"1000", BD_ERR_AUTH},
    {"1001", BD_ERR_AUTH},
    {"1002", BD_ERR_AUTH},
    {"1003", BD_ERR_AUTH},
    {"1004", BD_ERR_AUTH},
    {"1005", BD_ERR_AUTH},
    {"1100", BD_ERR_AUTH},
    {"1110", BD_ERR_AUTH},
    {"1111", BD_ERR_AUTH},
    {"1112", BD_ERR_AUTH}, /* locked: HTTP says 429 */
    {"1121", BD_ERR_AUTH},
    {"1220", BD_ERR_AUTH},

    {"1113", BD_ERR_QUOTA}, /* no balance: HTTP says 429 */
    {"1304", BD_ERR_QUOTA}, /* daily cap */
    {"1308", BD_ERR_QUOTA}, /* cap with a time of reset */
    {"1309", BD_ERR_QUOTA},
    {"1310", BD_ERR_QUOTA},
    {"1311", BD_ERR_QUOTA},
    {"1314", BD_ERR_QUOTA},
    {"1315", BD_ERR_QUOTA},
    {"1316", BD_ERR_QUOTA},
    {"1317", BD_ERR_QUOTA},
    {"1318", BD_ERR_QUOTA},
    {"1319", BD_ERR_QUOTA},
    {"1320", BD_ERR_QUOTA},
    {"1321", BD_ERR_QUOTA},

    {"500", BD_ERR_OVERLOADED},
    {"1120", BD_ERR_OVERLOADED},
    {"1200", BD_ERR_OVERLOADED},
    {"1230", BD_ERR_OVERLOADED},
    {"1234", BD_ERR_OVERLOADED},
    {"1305", BD_ERR_OVERLOADED},
    {"1312", BD_ERR_OVERLOADED},

    {"1210", BD_ERR_INVALID_REQUEST},
    {"1212", BD_ERR_INVALID_REQUEST},
    {"1213", BD_ERR_INVALID_REQUEST},
    {"1214", BD_ERR_INVALID_REQUEST},
    {"1215", BD_ERR_INVALID_REQUEST},
    {"1231", BD_ERR_INVALID_REQUEST},
    {"1261", BD_ERR_INVALID_REQUEST},

    {"1211", BD_ERR_MODEL_NOT_FOUND},
    {"1221", BD_ERR_MODEL_NOT_FOUND},
    {"1222", BD_ERR_MODEL_NOT_FOUND},

    {"1300", BD_ERR_CONTENT_FILTERED},
    {"1301", BD_ERR_CONTENT_FILTERED},

    {"1302", BD_ERR_RATE_LIMITED},
    {"1303", BD_ERR_RATE_LIMITED},
    {"1313", BD_ERR_RATE_LIMITED},
    {NULL, 0},
};

static const struct chat_saying sayings[] = {
    {"", NULL, 434, BD_ERR_AUTH}, /* no permission for this API */
    {"", NULL, 435, BD_ERR_AUTH},
    {NULL, NULL, 0, 0},
};

static const struct bd_option options[] = {
    {"base_url", BD_OPTION_URL, 0, BASE_URL, "where BigModel's API is, without the path",
     0, 0},
    {"thinking", BD_OPTION_BOOL, 0, "no", "let the model think first: slow and costly", 0,
     0},
    {"search_engine", BD_OPTION_TEXT, 0, SEARCH_ENGINE,
     "with web search, by which engine: search_std, search_pro, search_pro_sogou, "
     "search_pro_quark",
     0, 0},
};

static size_t points(const char *s)
{
    size_t n = 0;

    for (; *s; s++)
        n += (*s & 0xC0) != 0x80;
    return n;
}

/* A model decides itself whether it searches; a query makes it likelier. The questions of
 * consumers are queries as they are, long prompts are none. */
static int ask_to_search(const struct chat *c, const struct bd_ask *ask, json_t *body)
{
    const char *engine = c->host->text(c->host->ctx, "search_engine");
    json_t *how = json_pack("{s:b, s:s, s:b, s:i}", "enable", 1, "search_engine",
                            engine ? engine : SEARCH_ENGINE, "search_result", 1, "count",
                            SEARCH_COUNT);

    if (how && points(ask->prompt) <= QUERY_POINTS &&
        json_object_set_new(how, "search_query", json_string(ask->prompt)) < 0) {
        json_decref(how);
        return -1;
    }
    return json_object_set_new(
        body, "tools",
        json_pack("[{s:s, s:o}]", "type", "web_search", "web_search", how));
}

static const struct chat_vendor vendor = {
    .base_url = BASE_URL,
    .path = "/chat/completions",
    .limit_field = "max_tokens",
    .thinking = CHAT_THINKING_TYPE,
    .stream_options = 0, /* the last chunk has the usage anyway */
    .search = ask_to_search,
    .empty_body = BD_ERR_OVERLOADED,
    .codes = codes,
    .sayings = sayings,
};

static int open_zhipu(const struct bd_host *host, void **self, struct bd_error *err)
{
    struct chat *c;

    if (chat_open(&c, &vendor, host, err) < 0)
        return -1;
    *self = c;
    return 0;
}

static const struct bd_provider zhipu = {
    .base = {BD_PLUGIN_MAGIC, BD_ABI_MINOR, sizeof(zhipu), BD_PROVIDER, "zhipu", "1.0.0",
             options, sizeof(options) / sizeof(options[0]), sizeof(options[0])},
    .timeouts = {10000, 20000, 45000},
    .capabilities = BD_CAN_STREAM | BD_CAN_SEARCH | BD_CAN_THINK,
    .open = open_zhipu,
    .close = chat_close,
    .build = chat_build,
    .reply = chat_reply,
    .event = chat_event,
    .error = chat_error,
};

const struct bd_plugin *BD_PLUGIN_ENTRY(void)
{
    return &zhipu.base;
}
