/* doubao/doubao.c - Doubao, by Volcengine Ark's chat completions, and with web search by
 * its Responses API. */
#include <stddef.h>

#include "bd/error.h"
#include "bd/option.h"
#include "bd/plugin.h"
#include "bd/provider.h"
#include "chat/chat.h"

#define BASE_URL "https://ark.cn-beijing.volces.com/api/v3"

static const struct chat_code codes[] = {
    {"MissingParameter", BD_ERR_INVALID_REQUEST},
    {"OutofContextError", BD_ERR_INVALID_REQUEST},
    {"InvalidSubscription", BD_ERR_INVALID_REQUEST},
    {"InvalidParameter*", BD_ERR_INVALID_REQUEST},
    {"InvalidArgumentError*", BD_ERR_INVALID_REQUEST},

    {"SensitiveContentDetected*", BD_ERR_CONTENT_FILTERED},
    {"InputTextSensitiveContentDetected*", BD_ERR_CONTENT_FILTERED},
    {"OutputTextSensitiveContentDetected*", BD_ERR_CONTENT_FILTERED},
    {"InputTextRiskDetection*", BD_ERR_CONTENT_FILTERED},
    {"OutputTextRiskDetection*", BD_ERR_CONTENT_FILTERED},

    {"AuthenticationError", BD_ERR_AUTH},
    {"InvalidAccountStatus", BD_ERR_AUTH},
    {"AccessDenied*", BD_ERR_AUTH},
    {"OperationDenied.PermissionDenied", BD_ERR_AUTH},
    {"OperationDenied.ServiceNotOpen", BD_ERR_AUTH},
    {"ToolNotOpen", BD_ERR_AUTH}, /* a plug-in of the account is not switched on */

    {"AccountOverdueError", BD_ERR_QUOTA},
    {"OperationDenied.ServiceOverdue", BD_ERR_QUOTA},
    {"SetLimitExceeded", BD_ERR_QUOTA}, /* a cap the customer has set */
    {"QuotaExceeded*", BD_ERR_QUOTA},

    {"InvalidEndpointOrModel.NotFound", BD_ERR_MODEL_NOT_FOUND},
    {"InvalidEndpointOrModel.ModelIDAccessDisabled", BD_ERR_MODEL_NOT_FOUND},
    {"ModelNotOpen", BD_ERR_MODEL_NOT_FOUND},
    {"UnsupportedModel", BD_ERR_MODEL_NOT_FOUND},
    {"NotFound.*", BD_ERR_MODEL_NOT_FOUND},

    {"RateLimitExceeded*", BD_ERR_RATE_LIMITED},
    {"ModelAccountRpmRateLimitExceeded", BD_ERR_RATE_LIMITED},
    {"ModelAccountTpmRateLimitExceeded", BD_ERR_RATE_LIMITED},
    {"ModelAccountIpmRateLimitExceeded", BD_ERR_RATE_LIMITED},
    {"APIAccountRpmRateLimitExceeded", BD_ERR_RATE_LIMITED},
    {"AccountRateLimitExceeded", BD_ERR_RATE_LIMITED},
    {"InflightBatchsizeExceeded", BD_ERR_RATE_LIMITED},

    {"InvalidEndpoint.ClosedEndpoint", BD_ERR_OVERLOADED}, /* documented as passing */
    {"ContentSecurityDetectionError", BD_ERR_OVERLOADED},  /* moderation is down */
    {"ServerOverloaded", BD_ERR_OVERLOADED},
    {"RequestBurstTooFast", BD_ERR_OVERLOADED},
    {"ModelLoadingError", BD_ERR_OVERLOADED},
    {"UpstreamUnavailable", BD_ERR_OVERLOADED},
    {"InternalServiceError", BD_ERR_OVERLOADED},

    {"RequestCanceled", BD_ERR_TIMEOUT},
    {NULL, 0},
};

static const struct chat_saying sayings[] = {
    {"queue", "QuotaExceeded", 0, BD_ERR_RATE_LIMITED}, /* too many queued, no cap */
    {"", NULL, 409, BD_ERR_OVERLOADED},                 /* Ark's own client tries again */
    {NULL, NULL, 0, 0},
};

static const struct bd_option options[] = {
    {"base_url", BD_OPTION_URL, 0, BASE_URL, "where Ark's API is, without the path", 0,
     0},
    {"thinking", BD_OPTION_BOOL, 0, "no", "let the model think first: slow and costly", 0,
     0},
};

/* Chat completions have no search. */
static const struct chat_api responses = {
    .path = "/responses",
    .fill = chat_responses_fill,
    .read = chat_responses_read,
};

static const struct chat_vendor vendor = {
    .base_url = BASE_URL,
    .path = "/chat/completions",
    .limit_field = "max_tokens",
    .thinking = CHAT_THINKING_TYPE,
    .stream_options = 1,
    .api = &responses,
    .empty_body = BD_ERR_INVALID_REQUEST, /* how Ark answers an unknown path */
    .codes = codes,
    .sayings = sayings,
};

static int open_doubao(const struct bd_host *host, void **self, struct bd_error *err)
{
    struct chat *c;

    if (chat_open(&c, &vendor, host, err) < 0)
        return -1;
    *self = c;
    return 0;
}

static const struct bd_provider doubao = {
    .base = {BD_PLUGIN_MAGIC, BD_ABI_MINOR, sizeof(doubao), BD_PROVIDER, "doubao",
             "1.0.0", options, sizeof(options) / sizeof(options[0]), sizeof(options[0])},
    .timeouts = {15000, 30000, 60000},
    .capabilities = BD_CAN_STREAM | BD_CAN_SEARCH | BD_CAN_THINK,
    .open = open_doubao,
    .close = chat_close,
    .build = chat_build,
    .reply = chat_reply,
    .event = chat_event,
    .error = chat_error,
};

const struct bd_plugin *BD_PLUGIN_ENTRY(void)
{
    return &doubao.base;
}
