/* qwen/qwen.c - Qwen, by DashScope's OpenAI-compatible mode, and with web search by its
 * own protocol. */
#include <stddef.h>
#include <string.h>

#include "bd/error.h"
#include "bd/option.h"
#include "bd/plugin.h"
#include "bd/provider.h"
#include "chat/chat.h"
#include "native.h"

#define BASE_URL "https://dashscope.aliyuncs.com/compatible-mode/v1"

static const struct chat_code codes[] = {
    {"BadRequest.TooLarge", BD_ERR_INVALID_REQUEST},
    {"invalid_parameter_error", BD_ERR_INVALID_REQUEST},
    {"InvalidParameter*", BD_ERR_INVALID_REQUEST},

    {"DataInspectionFailed", BD_ERR_CONTENT_FILTERED},
    {"data_inspection_failed", BD_ERR_CONTENT_FILTERED},
    {"FaqRuleBlocked", BD_ERR_CONTENT_FILTERED},
    {"CustomRoleBlocked", BD_ERR_CONTENT_FILTERED},
    {"IPInfringementSuspect", BD_ERR_CONTENT_FILTERED},
    {"InternalError.Algo.DataInspection*", BD_ERR_CONTENT_FILTERED},

    {"Arrearage", BD_ERR_QUOTA}, /* refused even while free tokens remain */
    {"AllocationQuota.FreeTierOnly", BD_ERR_QUOTA},
    {"CommodityNotPurchased", BD_ERR_QUOTA},
    {"PrepaidBillOverdue", BD_ERR_QUOTA},
    {"PostpaidBillOverdue", BD_ERR_QUOTA},
    {"BudgetLimitExceeded", BD_ERR_QUOTA},

    {"InvalidApiKey", BD_ERR_AUTH},
    {"NOT AUTHORIZED", BD_ERR_AUTH},
    {"NOT_AUTHORIZED", BD_ERR_AUTH},
    {"AccessDenied*", BD_ERR_AUTH},
    {"Model.AccessDenied", BD_ERR_AUTH},
    {"Workspace.AccessDenied", BD_ERR_AUTH},

    {"ModelNotFound", BD_ERR_MODEL_NOT_FOUND},
    {"model_not_supported", BD_ERR_MODEL_NOT_FOUND},
    {"WorkSpaceNotFound", BD_ERR_MODEL_NOT_FOUND},

    {"RequestTimeOut", BD_ERR_TIMEOUT},
    {"InternalError.Timeout", BD_ERR_TIMEOUT},
    {"ClientDisconnect", BD_ERR_TIMEOUT},

    {"limit_requests", BD_ERR_RATE_LIMITED},
    {"LimitRequests", BD_ERR_RATE_LIMITED},
    {"limit_burst_rate", BD_ERR_RATE_LIMITED},
    {"Throttling*", BD_ERR_RATE_LIMITED},

    {"SystemError", BD_ERR_OVERLOADED},
    {"ModelServiceFailed", BD_ERR_OVERLOADED},
    {"ModelServingError", BD_ERR_OVERLOADED},
    {"ModelUnavailable", BD_ERR_OVERLOADED},
    {"InternalError*", BD_ERR_OVERLOADED},
    {NULL, 0},
};

static const struct bd_option options[] = {
    {"base_url", BD_OPTION_URL, 0, BASE_URL,
     "of the region the key belongs to, without the path", 0, 0},
    {"thinking", BD_OPTION_BOOL, 0, "no", "let the model think first: slow and costly", 0,
     0},
    {"search_path", BD_OPTION_TEXT, 0, "text",
     "with web search, which native path serves the model: text, or multimodal "
     "(qwen3.5-plus and newer plus models)",
     0, 0},
};

#define VENDOR(by)                                                                      \
    {                                                                                   \
        .base_url = BASE_URL, .path = "/chat/completions", .limit_field = "max_tokens", \
        .thinking = CHAT_THINKING_ENABLE, .stream_options = 1,                          \
        .quota_is_rate = 1, /* here it is the limit of tokens per minute */             \
            .api = (by), .empty_body = BD_ERR_OVERLOADED, .codes = codes                \
    }
static const struct chat_vendor text = VENDOR(&qwen_native_text);
static const struct chat_vendor multimodal = VENDOR(&qwen_native_multimodal);

static int open_qwen(const struct bd_host *host, void **self, struct bd_error *err)
{
    const char *path = host->text(host->ctx, "search_path");
    const int is_text = !path || strcmp(path, "text") == 0;
    struct chat *c;

    if (!is_text && strcmp(path, "multimodal") != 0)
        return host->fail(host->ctx, err, BD_ERR_CONFIG, 0,
                          "search_path = %s: must be text or multimodal", path);
    if (chat_open(&c, is_text ? &text : &multimodal, host, err) < 0)
        return -1;
    *self = c;
    return 0;
}

static const struct bd_provider qwen = {
    .base = {BD_PLUGIN_MAGIC, BD_ABI_MINOR, sizeof(qwen), BD_PROVIDER, "qwen", "1.0.0",
             options, sizeof(options) / sizeof(options[0]), sizeof(options[0])},
    .timeouts = {10000, 20000, 45000},
    .capabilities = BD_CAN_STREAM | BD_CAN_SEARCH | BD_CAN_THINK,
    .open = open_qwen,
    .close = chat_close,
    .build = chat_build,
    .reply = chat_reply,
    .event = chat_event,
    .error = chat_error,
};

const struct bd_plugin *BD_PLUGIN_ENTRY(void)
{
    return &qwen.base;
}
