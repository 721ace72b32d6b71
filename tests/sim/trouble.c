/* sim/trouble.c - the table of errors, and how each provider wraps them. */
#include "sim/trouble.h"

#include <stdio.h>
#include <string.h>

enum shape { ARK, COMPAT, FLAT, OPENAI, OPENAI_NULL, NUMBER, FILTER, HTML, NOTHING };

struct sim_trouble {
    int status;
    enum shape shape;
    const char *words; /* space before and after each */
    const char *code, *type;
    const char *text; /* $m model, $d the objection's detail, $p its parameter */
};

/* clang-format off */
static const struct sim_trouble doubao[] = {
    {400, ARK, " 400 invalid_request ", "InvalidParameter", "BadRequest", "One or more parameters specified in the request are not valid: $d"},
    {400, ARK, " 400_missing ", "MissingParameter", "BadRequest", "The request failed because it is missing one or multiple required parameters: $p"},
    {400, ARK, " 400_messages ", "InvalidParameter", "BadRequest", "One or more parameters specified in the request are not valid: $d"},
    {400, ARK, " content_filtered 400_input ", "InputTextSensitiveContentDetected", "BadRequest", "The request failed because the input text may contain sensitive information."},
    {400, ARK, " 400_output ", "OutputTextSensitiveContentDetected", "BadRequest", "The request failed because the output text may contain sensitive information."},
    {400, ARK, " 400_moderation_down ", "ContentSecurityDetectionError", "BadRequest", "The content check is not available at the moment. Please try again later."},
    {401, ARK, " 401 auth ", "AuthenticationError", "Unauthorized", "the API key or AK/SK in the request is missing or invalid."},
    {403, ARK, " 403 ", "AccessDenied", "Forbidden", "The request failed because you do not have access to the requested resource."},
    {403, ARK, " 403_overdue quota ", "AccountOverdueError", "Forbidden", "The request failed because your account has an overdue balance."},
    {404, ARK, " 404 model_not_found ", "InvalidEndpointOrModel.NotFound", "NotFound", "The model or endpoint $m does not exist or you do not have access to it."},
    {404, ARK, " 404_not_open ", "ModelNotOpen", "NotFound", "Your account has not activated the model $m. Please activate the model service in the Ark Console."},
    {429, ARK, " 429 rate_limited ", "ModelAccountRpmRateLimitExceeded", "TooManyRequests", "RPM (Requests Per Minute) limit of the model $m is exceeded. Please try again later"},
    {429, ARK, " 429_tpm ", "RateLimitExceeded.EndpointTPMExceeded", "TooManyRequests", "TPM (Tokens Per Minute) limit of the endpoint $m is exceeded. Please try again later"},
    {429, ARK, " 429_concurrency ", "InflightBatchsizeExceeded", "TooManyRequests", "Too many requests of the model $m are in flight. Please try again later"},
    {429, ARK, " 429_burst ", "RequestBurstTooFast", "TooManyRequests", "Your request rate increased too fast. Please ramp up slowly and try again later."},
    {429, ARK, " overloaded 429_overloaded ", "ServerOverloaded", "TooManyRequests", "The service is currently overloaded. Please try again later."},
    {429, ARK, " 429_balance 429_quota ", "QuotaExceeded", "TooManyRequests", "Your account has exhausted its free trial quota for the model. Please activate the service to continue."},
    {429, ARK, " 429_limit ", "SetLimitExceeded", "TooManyRequests", "Your account has reached the set inference limit for the model, and the model service has been paused."},
    {500, ARK, " 500 ", "InternalServiceError", "InternalServerError", "The service encountered an unexpected internal error."},
    {200, NOTHING, " no_route ", "", "", ""},
    {0}};

static const struct sim_trouble qwen[] = {
    {400, COMPAT, " 400 invalid_request 400_messages ", "invalid_parameter_error", "invalid_request_error", "$d"},
    {400, COMPAT, " 400_missing ", "invalid_request_error", "invalid_request_error", "you must provide a $p parameter"},
    {400, COMPAT, " 400_thinking ", "invalid_parameter_error", "invalid_request_error", "parameter.enable_thinking must be set to false for non-streaming calls"},
    {400, COMPAT, " content_filtered 400_inspection ", "data_inspection_failed", "data_inspection_failed", "Input data may contain inappropriate content. For details, see: https://help.aliyun.com/zh/model-studio/error-code#inappropriate-content"},
    {400, COMPAT, " quota 400_arrearage ", "Arrearage", "Arrearage", "Access denied, please make sure your account is in good standing."},
    {401, COMPAT, " 401 auth ", "invalid_api_key", "invalid_request_error", "Incorrect API key provided. For details, see: https://help.aliyun.com/zh/model-studio/error-code#apikey-error"},
    {403, COMPAT, " 403 ", "access_denied", "access_denied", "Access denied."},
    {403, COMPAT, " 403_free_tier ", "AllocationQuota.FreeTierOnly", "AllocationQuota.FreeTierOnly", "The free tier of the model has been exhausted. If you wish to continue access the model on a paid basis, please disable the \"use free tier only\" mode in the management console."},
    {404, COMPAT, " 404 model_not_found ", "model_not_found", "invalid_request_error", "The model `$m` does not exist or you do not have access to it."},
    {429, COMPAT, " 429 rate_limited ", "limit_requests", "limit_requests", "You exceeded your current requests list."},
    {429, COMPAT, " 429_tpm ", "insufficient_quota", "insufficient_quota", "You exceeded your current quota, please check your plan and billing details. For details, see: https://help.aliyun.com/zh/model-studio/error-code#token-limit"},
    {429, COMPAT, " 429_burst ", "limit_burst_rate", "limit_burst_rate", "Request rate increased too quickly. To ensure system stability, please adjust your client logic to scale requests more smoothly over time."},
    {429, COMPAT, " 429_concurrency ", "Throttling.Concurrency", "Throttling.Concurrency", "Too many requests at the same time, please reduce your concurrency."},
    {429, COMPAT, " 429_balance 429_quota ", "insufficient_quota", "insufficient_quota", "Free allocated quota exceeded."},
    {429, FLAT, " 429_overdue ", "PostpaidBillOverdue", "", "The postpaid bill is overdue."},
    {500, FLAT, " 500 ", "InternalError", "", "An internal error has occured, please try again later or contact service support."},
    {500, FLAT, " 500_timeout timeout ", "RequestTimeOut", "", "Request timed out, please try again later."},
    {503, FLAT, " 503 overloaded ", "ModelUnavailable", "", "Model is unavailable, please try again later"},
    {404, COMPAT, " no_route ", "not_found", "invalid_request_error", "Not Found"},
    {0}};

static const struct sim_trouble deepseek[] = {
    {400, OPENAI, " 400 invalid_request 400_missing 400_messages ", "invalid_request_error", "invalid_request_error", "Failed to deserialize the JSON body into the target type: $d"},
    {400, OPENAI, " 400_too_long ", "invalid_request_error", "invalid_request_error", "This model's maximum context length is 1048576 tokens. However, you requested 1200345 tokens (1196249 in the messages, 4096 in the completion). Please reduce the length of the messages or completion."},
    {400, OPENAI, " content_filtered 400_risk ", "invalid_request_error", "invalid_request_error", "Content Exists Risk"},
    {400, OPENAI, " 404 model_not_found 400_model ", "invalid_request_error", "invalid_request_error", "Model Not Exist"},
    {401, OPENAI, " 401 auth ", "invalid_request_error", "authentication_error", "Authentication Fails, Your api key: ****$k is invalid"},
    {402, OPENAI, " 402 quota 429_balance 429_quota ", "invalid_request_error", "unknown_error", "Insufficient Balance"},
    {422, OPENAI, " 422 ", "invalid_request_error", "invalid_request_error", "$d"},
    {429, OPENAI, " 429 rate_limited 429_concurrency ", "rate_limit_exceeded", "rate_limit_error", "Your account has reached the concurrency limit, please retry later"},
    {500, OPENAI, " 500 ", "internal_error", "server_error", "Internal Server Error"},
    {503, OPENAI, " 503 overloaded ", "service_unavailable_error", "service_unavailable_error", "Service is too busy. We advise users to temporarily switch to alternative LLM API service providers."},
    {404, OPENAI, " no_route ", "invalid_request_error", "invalid_request_error", "Not Found"},
    {0}};

static const struct sim_trouble zhipu[] = {
    {400, NUMBER, " 400 invalid_request ", "1210", "", "API 调用参数有误，请检查文档。"},
    {400, NUMBER, " 400_missing 400_messages ", "1214", "", "$p 参数非法。请检查文档。"},
    {400, NUMBER, " 400_too_long ", "1261", "", "Prompt 超长"},
    {400, NUMBER, " 404 model_not_found 400_model ", "1211", "", "模型不存在，请检查模型代码。"},
    {400, FILTER, " content_filtered 400_sensitive ", "1301", "", "系统检测到输入或生成内容可能包含不安全或敏感内容，请您避免输入易产生敏感内容的提示语，感谢您的配合。"},
    {401, NUMBER, " 401 auth ", "1000", "", "身份验证失败。"},
    {401, NUMBER, " 401_missing ", "1001", "", "Header 中未收到 Authentication 参数，无法进行身份验证。"},
    {401, NUMBER, " 401_expired ", "1003", "", "Authentication Token 已过期，请重新生成或获取。"},
    {429, NUMBER, " 429_locked ", "1112", "", "您的账户已被锁定，请联系客服解锁。"},
    {429, NUMBER, " quota 429_balance 429_quota ", "1113", "", "余额不足或无可用资源包,请充值。"},
    {429, NUMBER, " 429 rate_limited 429_concurrency ", "1302", "", "您的账户已达到速率限制，请您控制请求频率"},
    {429, NUMBER, " 429_frequency ", "1303", "", "您当前使用该 API 的频率过高，请降低频率，或联系客服增加限额。"},
    {429, NUMBER, " 429_daily ", "1304", "", "您已达到今日的调用次数限额，请明日再试或联系客服。"},
    {429, NUMBER, " overloaded 429_overloaded ", "1305", "", "该模型当前访问量过大，请您稍后再试"},
    {429, NUMBER, " 429_cap ", "1308", "", "已达到 5 小时的使用上限。您的限额将在 2026-11-23 19:00:00 重置。"},
    {500, NUMBER, " 500 ", "500", "", "内部错误"},
    {500, NUMBER, " 500_process ", "1230", "", "API 调用流程出错。"},
    {500, NUMBER, " 500_network ", "1234", "", "网络错误，错误 id：$i，请联系客服。"},
    {404, NUMBER, " no_route ", "1222", "", "API 不存在。"},
    {0}};

static const struct sim_trouble openai[] = {
    {400, OPENAI_NULL, " 400 invalid_request 400_messages ", "", "invalid_request_error", "$d"},
    {400, OPENAI_NULL, " 400_missing ", "", "invalid_request_error", "you must provide a $p parameter"},
    {400, OPENAI, " 400_parameter ", "unsupported_parameter", "invalid_request_error", "$d"},
    {400, OPENAI, " 400_too_long ", "context_length_exceeded", "invalid_request_error", "This model's maximum context length is 128000 tokens. However, your messages resulted in 140021 tokens."},
    {400, OPENAI, " content_filtered ", "content_filter", "invalid_request_error", "The response was filtered due to the prompt triggering content management policy."},
    {401, OPENAI, " 401 auth ", "invalid_api_key", "invalid_request_error", "Incorrect API key provided: ***$k."},
    {403, OPENAI, " 403 ", "unsupported_country_region_territory", "request_forbidden", "Country, region, or territory not supported"},
    {404, OPENAI, " 404 model_not_found ", "model_not_found", "invalid_request_error", "The model `$m` does not exist or you do not have access to it."},
    {429, OPENAI, " 429 rate_limited 429_concurrency ", "rate_limit_exceeded", "requests", "Rate limit reached for $m in organization org-x on requests per min (RPM): Limit 3, Used 3, Requested 1. Please try again in 20s."},
    {429, OPENAI, " quota 429_balance 429_quota ", "insufficient_quota", "insufficient_quota", "You exceeded your current quota, please check your plan and billing details."},
    {429, OPENAI, " 429_limit ", "project_spend_limit_exceeded", "insufficient_quota", "You exceeded your current quota, please check your plan and billing details."},
    {500, OPENAI_NULL, " 500 ", "", "server_error", "The server had an error while processing your request. Sorry about that!"},
    {503, OPENAI, " 503 overloaded ", "slow_down", "service_unavailable_error", "The engine is currently overloaded, please try again later."},
    {404, OPENAI, " no_route ", "unknown_url", "invalid_request_error", "Invalid URL"},
    {0}};

/* What a gateway in front of any of them says. */
static const struct sim_trouble gateway[] = {
    {413, HTML, " 413 400_too_long ", "", "", "413 Request Entity Too Large"},
    {502, HTML, " 502_html 502 ", "", "", "502 Bad Gateway"},
    {503, HTML, " 503 503_html ", "", "", "503 Service Temporarily Unavailable"},
    {504, HTML, " 504 504_html ", "", "", "504 Gateway Time-out"},
    {0}};
/* clang-format on */

static bool has_word(const struct sim_trouble *t, const char *word, size_t n)
{
    if (strlen(t->code) == n && n > 0 && memcmp(t->code, word, n) == 0)
        return true;
    for (const char *p = t->words; *p == ' ' && p[1]; p += strcspn(p + 1, " ") + 1)
        if (strcspn(p + 1, " ") == n && memcmp(p + 1, word, n) == 0)
            return true;
    return false;
}

static const struct sim_trouble *look(const struct sim_trouble *t, const char *word,
                                      size_t n)
{
    for (; t->status; t++)
        if (has_word(t, word, n))
            return t;
    return NULL;
}

const struct sim_trouble *sim_trouble_find(int provider, const char *word, size_t n)
{
    static const struct sim_trouble *const tables[SIM_PROVIDERS] = {
        doubao, qwen, deepseek, zhipu, openai};
    const struct sim_trouble *t = look(tables[provider], word, n);

    return t ? t : look(gateway, word, n);
}

int sim_trouble_status(const struct sim_trouble *t)
{
    return t->status;
}

const char *sim_trouble_type(const struct sim_trouble *t)
{
    if (t->shape == HTML)
        return "text/html";
    return t->shape == NOTHING ? "text/plain; charset=utf-8"
                               : "application/json; charset=utf-8";
}

void sim_quote(struct bd_buf *out, const char *s, size_t n)
{
    size_t from = 0;

    (void)bd_buf_add(out, "\"");
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];

        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        (void)bd_buf_append(out, s + from, i - from);
        from = i + 1;
        if (c == '\n')
            (void)bd_buf_add(out, "\\n");
        else if (c >= 0x20)
            (void)bd_buf_addf(out, "\\%c", c);
        else
            (void)bd_buf_addf(out, "\\u%04x", c);
    }
    (void)bd_buf_append(out, s + from, n - from);
    (void)bd_buf_add(out, "\"");
}

/* The row's text with its $ slots filled. */
static void fill(struct bd_buf *out, const struct sim_trouble *t,
                 const struct sim_ask *ask, const struct sim_objection *no,
                 const char *id)
{
    for (const char *p = t->text; *p; p++) {
        if (*p != '$')
            (void)bd_buf_append(out, p, 1);
        else if (*++p == 'm')
            (void)bd_buf_add(out, ask->model);
        else if (*p == 'd')
            (void)bd_buf_add(out, no && no->detail[0] ? no->detail
                                                      : "the request is not valid");
        else if (*p == 'p')
            (void)bd_buf_add(out, no && no->param[0] ? no->param : "messages");
        else
            (void)bd_buf_add(out, *p == 'k' ? "abcd" : id);
    }
    if (t->shape == ARK)
        (void)bd_buf_addf(out, " Request id: %s", id);
}

static void wrap(struct bd_buf *out, const struct sim_trouble *t, const char *q,
                 const char *param, const char *id)
{
    switch (t->shape) {
    case ARK:
        (void)bd_buf_addf(out,
                          "{\"error\":{\"code\":\"%s\",\"message\":%s,\"param\":\"%s\","
                          "\"type\":\"%s\"}}",
                          t->code, q, param, t->type);
        break;
    case COMPAT:
        (void)bd_buf_addf(
            out,
            "{\"error\":{\"message\":%s,\"type\":\"%s\",\"param\":null,\"code\":\"%s\"},"
            "\"id\":\"chatcmpl-%s\",\"request_id\":\"%s\"}",
            q, t->type, t->code, id, id);
        break;
    case FLAT:
        (void)bd_buf_addf(out, "{\"code\":\"%s\",\"message\":%s,\"request_id\":\"%s\"}",
                          t->code, q, id);
        break;
    case OPENAI:
    case OPENAI_NULL:
        (void)bd_buf_addf(
            out, "{\"error\":{\"message\":%s,\"type\":\"%s\",\"param\":null,\"code\":", q,
            t->type);
        (void)bd_buf_addf(out, t->shape == OPENAI ? "\"%s\"}}" : "null%s}}", t->code);
        break;
    case FILTER:
        (void)bd_buf_add(out, "{\"contentFilter\":[{\"level\":1,\"role\":\"user\"}],");
        (void)bd_buf_addf(out, "\"error\":{\"code\":\"%s\",\"message\":%s}}", t->code, q);
        break;
    case NUMBER:
        (void)bd_buf_addf(out, "{\"error\":{\"code\":\"%s\",\"message\":%s}}", t->code,
                          q);
        break;
    case HTML:
        (void)bd_buf_addf(
            out,
            "<html>\r\n<head><title>%s</title></head>\r\n<body>\r\n<center><h1>%s</h1>"
            "</center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n",
            t->text, t->text);
        break;
    case NOTHING:
        break;
    }
}

void sim_trouble_body(struct bd_buf *out, const struct sim_trouble *t,
                      const struct sim_ask *ask, const struct sim_objection *no,
                      const char *id)
{
    struct bd_buf text, q;

    bd_buf_init(&text, 4096);
    bd_buf_init(&q, 32768);
    fill(&text, t, ask, no, id);
    sim_quote(&q, text.data, text.n);
    wrap(out, t, q.data, no ? no->param : "", id);
    bd_buf_free(&text);
    bd_buf_free(&q);
}
