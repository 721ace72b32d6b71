/* tests/plugins/test_errors.c - every documented error code has its class.
 *
 * Each code is tried with its own HTTP status, with 200 (a gateway, or the middle of a
 * stream) and with 418, so that no row passes by the fallback to the status. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "plugins/fake_host.h"
#include "runtime/reading.h"

static const char *const names[] = {"doubao", "qwen", "deepseek", "zhipu", "openai"};
#define PLUGINS (sizeof(names) / sizeof(names[0]))

static struct fake_plugin plugins[PLUGINS];

static int load(void **state)
{
    struct bd_error err;

    (void)state;
    for (size_t i = 0; i < PLUGINS; i++)
        if (fake_plugin_open(&plugins[i], names[i], NULL, &err) < 0)
            return -1;
    return 0;
}

static int unload(void **state)
{
    (void)state;
    for (size_t i = 0; i < PLUGINS; i++)
        fake_plugin_close(&plugins[i]);
    return 0;
}

static struct fake_plugin *plugin_of(const char *name)
{
    for (size_t i = 0; i < PLUGINS; i++)
        if (strcmp(names[i], name) == 0)
            return &plugins[i];
    fail_msg("no plugin %s", name);
    return NULL;
}

static struct bd_error read_error(struct fake_plugin *f, int32_t status, const char *body)
{
    struct bd_reading r;
    struct bd_error err = {0};

    bd_reading_init(&r, f->provider, f->self, NULL);
    bd_reading_head(&r, status, "");
    (void)bd_reading_feed(&r, body, strlen(body));
    assert_int_equal(bd_reading_finish(&r, NULL, &err), -1);
    bd_reading_free(&r);
    return err;
}

static const struct {
    const char *plugin;
    int32_t status;
    const char *codes; /* separated by | */
    const char *type;
} rows[] = {
    {"doubao", 400,
     "MissingParameter|InvalidParameter|InvalidParameter.Model|InvalidArgumentError|"
     "InvalidArgumentError.UnknownRole|OutofContextError|InvalidSubscription",
     "invalid_request"},
    {"doubao", 400, "InvalidEndpoint.ClosedEndpoint|ContentSecurityDetectionError",
     "overloaded"},
    {"doubao", 400,
     "SensitiveContentDetected|SensitiveContentDetected.SevereViolation|"
     "SensitiveContentDetected.Violence|InputTextSensitiveContentDetected|"
     "InputTextSensitiveContentDetected.PolicyViolation|"
     "OutputTextSensitiveContentDetected|InputTextRiskDetection|OutputTextRiskDetection",
     "content_filtered"},
    {"doubao", 401, "AuthenticationError|InvalidAccountStatus", "auth"},
    {"doubao", 403, "AccountOverdueError|OperationDenied.ServiceOverdue", "quota"},
    {"doubao", 403,
     "AccessDenied|OperationDenied.PermissionDenied|OperationDenied.ServiceNotOpen|"
     "ToolNotOpen",
     "auth"},
    {"doubao", 404,
     "InvalidEndpointOrModel.NotFound|ModelNotOpen|"
     "InvalidEndpointOrModel.ModelIDAccessDisabled|UnsupportedModel|NotFound.Bot",
     "model_not_found"},
    {"doubao", 429,
     "RateLimitExceeded.EndpointRPMExceeded|RateLimitExceeded.EndpointTPMExceeded|"
     "RateLimitExceeded.FoundationModelRPMExceeded|ModelAccountRpmRateLimitExceeded|"
     "ModelAccountTpmRateLimitExceeded|ModelAccountIpmRateLimitExceeded|"
     "APIAccountRpmRateLimitExceeded|AccountRateLimitExceeded|InflightBatchsizeExceeded",
     "rate_limited"},
    {"doubao", 429, "ServerOverloaded|RequestBurstTooFast|ModelLoadingError",
     "overloaded"},
    {"doubao", 429,
     "SetLimitExceeded|QuotaExceeded|QuotaExceeded.DoubaoSearchFreeQuotaExceeded",
     "quota"},
    {"doubao", 424, "UpstreamUnavailable", "overloaded"},
    {"doubao", 499, "RequestCanceled", "timeout"},
    {"doubao", 500, "InternalServiceError", "overloaded"},

    {"qwen", 400, "InvalidParameter|InvalidParameter.DataType|invalid_parameter_error",
     "invalid_request"},
    {"qwen", 400,
     "DataInspectionFailed|data_inspection_failed|FaqRuleBlocked|CustomRoleBlocked|"
     "IPInfringementSuspect",
     "content_filtered"},
    {"qwen", 400, "Arrearage", "quota"},
    {"qwen", 401, "InvalidApiKey|invalid_api_key|NOT AUTHORIZED", "auth"},
    {"qwen", 403,
     "AccessDenied|AccessDenied.Unpurchased|Model.AccessDenied|Workspace.AccessDenied",
     "auth"},
    {"qwen", 403, "AllocationQuota.FreeTierOnly", "quota"},
    {"qwen", 404, "ModelNotFound|model_not_found|model_not_supported|WorkSpaceNotFound",
     "model_not_found"},
    {"qwen", 500, "RequestTimeOut|InternalError.Timeout|ClientDisconnect", "timeout"},
    {"qwen", 413, "BadRequest.TooLarge", "invalid_request"},
    {"qwen", 429,
     "Throttling|Throttling.RateQuota|limit_requests|Throttling.BurstRate|"
     "limit_burst_rate|Throttling.Concurrency|Throttling.AllocationQuota|"
     "insufficient_quota",
     "rate_limited"},
    {"qwen", 429,
     "CommodityNotPurchased|PrepaidBillOverdue|PostpaidBillOverdue|BudgetLimitExceeded",
     "quota"},
    {"qwen", 500,
     "InternalError|internal_error|InternalError.Algo.X|SystemError|ModelServiceFailed|"
     "ModelServingError|ModelUnavailable",
     "overloaded"},

    {"deepseek", 401, "authentication_error", "auth"},
    {"deepseek", 429, "rate_limit_exceeded|rate_limit_error", "rate_limited"},
    {"deepseek", 500, "internal_error|server_error|service_unavailable_error",
     "overloaded"},

    {"zhipu", 500, "500|1120|1200|1230|1234", "overloaded"},
    {"zhipu", 401, "1000|1001|1002|1003|1004|1005|1100|1110|1111|1112|1121|1220", "auth"},
    {"zhipu", 429,
     "1113|1304|1308|1310|1309|1311|1314|1315|1316|1317|1318|1319|1320|1321", "quota"},
    {"zhipu", 400, "1210|1212|1213|1214|1215|1231|1261", "invalid_request"},
    {"zhipu", 400, "1211|1221|1222", "model_not_found"},
    {"zhipu", 400, "1300|1301", "content_filtered"},
    {"zhipu", 429, "1302|1303|1313", "rate_limited"},
    {"zhipu", 429, "1305|1312", "overloaded"},

    {"openai", 400, "context_length_exceeded|unsupported_parameter", "invalid_request"},
    {"openai", 400, "content_filter", "content_filtered"},
    {"openai", 401, "invalid_api_key", "auth"},
    {"openai", 404, "model_not_found", "model_not_found"},
    {"openai", 429, "rate_limit_exceeded", "rate_limited"},
    {"openai", 429,
     "insufficient_quota|credit_balance_exhausted|organization_spend_limit_exceeded|"
     "project_spend_limit_exceeded|organization_usage_limit_exceeded",
     "quota"},
    {"openai", 503, "server_error|slow_down", "overloaded"},
    {"openai", 401,
     "invalid_authentication_error|incorrect_api_key_error|permission_denied_error|"
     "invalid_iam_token",
     "auth"},
    {"openai", 404, "resource_not_found_error|invalid_model", "model_not_found"},
    {"openai", 429, "engine_overloaded_error|unavailable_error", "overloaded"},
    {"openai", 429,
     "rate_limit_reached_error|rpm_rate_limit_exceeded|tpm_rate_limit_exceeded",
     "rate_limited"},
    {"openai", 429, "exceeded_current_quota_error", "quota"},
    {"openai", 400, "tokens_too_long|exceed_context_size_error|BadRequestError",
     "invalid_request"},
};

/* How services write a code down. */
static const char *const forms[] = {
    "{\"error\":{\"code\":\"%s\",\"message\":\"words\",\"type\":\"TooManyRequests\"}}",
    "{\"error\":{\"type\":\"%s\",\"message\":\"words\",\"code\":null}}",
    "{\"code\":\"%s\",\"message\":\"words\",\"request_id\":\"1\"}",
    "{\"response\":{\"error\":{\"code\":\"%s\",\"message\":\"words\"}}}",
    "[{\"error\":{\"code\":\"%s\",\"message\":\"words\"}}]",
    "data: {\"error\":{\"code\":\"%s\",\"message\":\"words\"}}\n\ndata: [DONE]\n\n",
    "event:error\ndata:{\"code\":\"%s\",\"message\":\"words\"}\n\n",
};

static void try_code(size_t row, const char *code)
{
    const int32_t statuses[] = {rows[row].status, 200, 418};
    struct fake_plugin *f = plugin_of(rows[row].plugin);
    char body[300];

    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
        for (size_t s = 0; s < 3; s++) {
            struct bd_error err;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
            snprintf(body, sizeof(body), forms[i], code);
#pragma GCC diagnostic pop
            err = read_error(f, statuses[s], body);
            if (strcmp(bd_error_name(err.type), rows[row].type) != 0)
                fail_msg("%s %d %s: %s, not %s", rows[row].plugin, (int)statuses[s], body,
                         bd_error_name(err.type), rows[row].type);
            assert_string_equal(err.message, "words");
            assert_int_equal(err.code, statuses[s]);
            assert_string_equal(err.source, rows[row].plugin);
        }
}

static void every_code_has_its_class_in_every_form(void **state)
{
    char code[100];

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        for (const char *p = rows[i].codes; *p; p += strspn(p, "|")) {
            size_t n = strcspn(p, "|");

            snprintf(code, sizeof(code), "%.*s", (int)n, p);
            try_code(i, code);
            p += n;
        }
}

static const struct {
    const char *plugin;
    int32_t status;
    const char *body, *type;
} bodies[] = {
    /* messages outweigh codes */
    {"doubao", 429,
     "{\"error\":{\"code\":\"QuotaExceeded\",\"message\":\"too many queued tasks in the "
     "queue\"}}",
     "rate_limited"},
    {"doubao", 409, "{\"error\":{\"message\":\"conflict\"}}", "overloaded"},
    {"qwen", 429,
     "{\"code\":\"Throttling.AllocationQuota\",\"message\":\"Free allocated "
     "quota exceeded.\"}",
     "quota"},
    {"qwen", 400, "{\"code\":\"InvalidParameter\",\"message\":\"Model not exist.\"}",
     "model_not_found"},
    {"qwen", 400,
     "{\"code\":\"X\",\"message\":\"<400> InternalError.Algo."
     "DataInspectionFailed: no\"}",
     "content_filtered"},
    {"deepseek", 429, "{\"error\":{\"message\":\"Your balance is used up\"}}", "quota"},
    {"deepseek", 429, "{\"error\":{\"message\":\"Quota reached\"}}", "quota"},
    {"deepseek", 402,
     "{\"error\":{\"message\":\"Insufficient Balance\",\"type\":"
     "\"unknown_error\",\"code\":\"invalid_request_error\"}}",
     "quota"},
    {"zhipu", 200, "{\"error\":{\"code\":1301,\"message\":\"x\"}}", "content_filtered"},
    {"zhipu", 429, "{\"error\":{\"code\":9999,\"message\":\"余额不足\"}}", "quota"},
    {"zhipu", 434, "{\"error\":{\"message\":\"x\"}}", "auth"},
    {"openai", 503, "{\"error\":{\"message\":\"Loading model\"}}", "overloaded"},
    {"openai", 400, "{\"error\":\"model 'x' not found, try pulling it first\"}",
     "model_not_found"},
    /* type insufficient_quota with a code that says more */
    {"openai", 429,
     "{\"error\":{\"type\":\"insufficient_quota\",\"code\":\"rate_limit_exceeded\","
     "\"message\":\"x\"}}",
     "rate_limited"},
    /* a status inside a body that came with 200 */
    {"openai", 200, "{\"error\":{\"code\":429,\"message\":\"slow\"}}", "rate_limited"},
    {"openai", 200, "{\"error\":{\"code\":\"401\",\"message\":\"no\"}}", "auth"},
    {"openai", 400, "{\"error\":{\"code\":429,\"message\":\"x\"}}", "invalid_request"},
    /* shapes */
    {"openai", 429, "{\"error\":\"text\"}", "rate_limited"},
    {"openai", 200, "{\"error\":\"text\"}", "overloaded"},
    {"openai", 401, "\"Invalid token\"", "auth"},
    {"openai", 422, "{\"detail\":[{\"msg\":\"x\"}]}", "invalid_request"},
    {"openai", 404, "{\"object\":\"error\",\"message\":\"x\",\"code\":404}",
     "model_not_found"},
    {"openai", 500, "{\"error_msg\":\"x\",\"error_code\":336000}", "overloaded"},
    {"openai", 403, "{\"header\":{\"code\":1,\"message\":\"x\"}}", "auth"},
    {"openai", 200, "{\"base_resp\":{\"status_code\":1004,\"status_msg\":\"x\"}}",
     "overloaded"},
    /* nothing to read: the status decides */
    {"openai", 502, "<html>Bad gateway</html>", "overloaded"},
    {"openai", 200, "<html>Login</html>", "protocol"},
    {"openai", 200, "\xef\xbb\xbf\r\n<!DOCTYPE html>", "protocol"},
    {"openai", 200, "<?xml version=\"1.0\"?>", "protocol"},
    {"openai", 200, "<<< no page", "overloaded"},
    {"openai", 200, "<", "overloaded"},
    {"openai", 302, "", "invalid_request"},
    {"openai", 302, "<html>Found</html>", "invalid_request"},
    {"openai", 200, "Bad gateway", "overloaded"},
    {"openai", 429, "", "rate_limited"},
    {"openai", 400, "", "invalid_request"},
    {"openai", 413, "", "invalid_request"},
    {"openai", 401, "{}", "auth"},
    {"openai", 403, "", "auth"},
    {"openai", 402, "", "quota"},
    {"openai", 404, "", "model_not_found"},
    {"openai", 408, "", "timeout"},
    {"openai", 504, "", "timeout"},
    {"openai", 499, "", "timeout"},
    {"openai", 425, "", "rate_limited"},
    {"openai", 302, "", "invalid_request"},
    {"openai", 503, "", "overloaded"},
    {"openai", 529, "", "overloaded"},
    {"openai", 200, "", "overloaded"},
    {"openai", 200, " \n ", "overloaded"},
    {"doubao", 200, "", "invalid_request"},
    /* a stream that is an error; its own status says more than HTTP's 200 */
    {"qwen", 200, "event:error\n:HTTP_STATUS/429 TOO_MANY\ndata:{\"message\":\"x\"}\n\n",
     "rate_limited"},
    {"qwen", 429,
     "id:1\nevent:error\ndata:{\"code\":\"Arrearage\",\"message\":\"x\"}\n\n", "quota"},
    {"qwen", 400, "event:error\n:HTTP_STATUS/429 X\ndata:{\"message\":\"x\"}\n\n",
     "rate_limited"},
    {"qwen", 200, "status:429\ndata:{\"request_id\":\"x\"}\n\n", "rate_limited"},
    {"openai", 200, "data: fault filter abort\n\n", "overloaded"},
    {"openai", 200, "event: error\ndata: {\"code\":500,\"details\":\"x\"}\n\n",
     "overloaded"},
};

static void every_body_has_its_class(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        struct bd_error err =
            read_error(plugin_of(bodies[i].plugin), bodies[i].status, bodies[i].body);

        if (strcmp(bd_error_name(err.type), bodies[i].type) != 0)
            fail_msg("%s %d %s: %s, not %s", bodies[i].plugin, (int)bodies[i].status,
                     bodies[i].body, bd_error_name(err.type), bodies[i].type);
        assert_true(err.message[0] != '\0');
    }
}

static void what_cannot_be_read_is_shown(void **state)
{
    struct bd_error err = read_error(plugin_of("openai"), 503, "id: 1\n\n: ping\n");

    (void)state;
    assert_string_equal(err.message, "HTTP 503 with an unknown body: id: 1  : ping ");
    err = read_error(plugin_of("openai"), 502, "<h1>Bad</h1>");
    assert_string_equal(err.message, "HTTP 502 with an unknown body: <h1>Bad</h1>");
    err = read_error(plugin_of("openai"), 502, "");
    assert_string_equal(err.message, "HTTP 502 without a body");
    err = read_error(plugin_of("openai"), 307, "<h1>Moved</h1>");
    assert_non_null(strstr(err.message, "a redirect, which is never followed"));
    err = read_error(plugin_of("zhipu"), 500, "{\"error\":{\"code\":\"1234\"}}");
    assert_string_equal(err.message, "error 1234, without a message");
}

static void a_long_message_ends_at_a_whole_character(void **state)
{
    char body[1100] = "{\"error\":{\"message\":\"";
    struct bd_error err;

    (void)state;
    for (int i = 0; i < 300; i++)
        memcpy(body + 21 + 3 * i, "新", 3);
    memcpy(body + 21 + 900, "\"}}", 4);
    err = read_error(plugin_of("openai"), 500, body);
    assert_int_equal(strlen(err.message), 303);
    assert_memory_equal(err.message + 300, "新", 3);
}

static void a_key_in_a_providers_message_is_masked(void **state)
{
    struct bd_error err = read_error(
        plugin_of("deepseek"), 401,
        "{\"error\":{\"message\":\"Your api key: sk-1234567890abcdef is invalid\"}}");

    (void)state;
    assert_string_equal(err.message, "Your api key: **** is invalid");
    assert_int_equal(err.type, BD_ERR_AUTH);
}

static void insufficient_quota_can_be_told_to_mean_a_rate(void **state)
{
    static const char *const settings[] = {"insufficient_quota_is_rate", "yes", NULL};
    static const char body[] = "{\"error\":{\"code\":\"insufficient_quota\"}}";
    struct fake_plugin f;
    struct bd_error err;

    (void)state;
    assert_int_equal(fake_plugin_open(&f, "openai", settings, &err), 0);
    assert_int_equal(read_error(&f, 429, body).type, BD_ERR_RATE_LIMITED);
    fake_plugin_close(&f);
    assert_int_equal(read_error(plugin_of("openai"), 429, body).type, BD_ERR_QUOTA);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_has_its_class_in_every_form),
        cmocka_unit_test(every_body_has_its_class),
        cmocka_unit_test(what_cannot_be_read_is_shown),
        cmocka_unit_test(a_long_message_ends_at_a_whole_character),
        cmocka_unit_test(a_key_in_a_providers_message_is_masked),
        cmocka_unit_test(insufficient_quota_can_be_told_to_mean_a_rate),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
