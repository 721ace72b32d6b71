/* Alerts as each service takes them, signatures, and what the services reply. */
#include "engine/alert_message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/text.h"
#include "engine/alert_sign.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NOW_MS   1790000000000 /* 2026-09-21T14:13:20Z */

static struct bd_alert usual(void)
{
    return (struct bd_alert){
        .kind = BD_ALERT_SUCCESS_RATE,
        .subject = "doubao",
        .detail = "41 of 60 calls were answered",
        .host = "geo-1",
        .unit = "%",
        .value = 68.3,
        .threshold = 95,
        .since_ms = NOW_MS - 30000,
    };
}

static json_t *body_of(enum bd_alert_format format, const struct bd_alert *m,
                       const char *secret)
{
    struct bd_buf out;
    json_t *o;

    bd_buf_init(&out, 1 << 16);
    assert_int_equal(bd_alert_body(&out, format, m, secret, NOW_MS), 0);
    assert_true(out.n < 40000);
    if (format == BD_ALERT_FEISHU || format == BD_ALERT_DINGTALK)
        assert_true(out.n < 20000);
    o = bd_json_parse(out.data, out.n, "test", NULL);
    bd_buf_free(&out);
    assert_non_null(o);
    return o;
}

/* Compared as JSON: the order of members does not matter. */
static void check_body(enum bd_alert_format format, const struct bd_alert *m,
                       const char *secret, const char *expected)
{
    json_t *is = body_of(format, m, secret);
    json_t *should = bd_json_parse(expected, strlen(expected), "test", NULL);

    assert_non_null(should);
    if (!json_equal(is, should)) {
        char *text = json_dumps(is, 0);

        print_error("expected %s\n", expected);
        fail_msg("is %s", text);
    }
    json_decref(is);
    json_decref(should);
}

static void each_format_is_as_its_service_documents(void **state)
{
    struct bd_alert m = usual();

    (void)state;
    check_body(BD_ALERT_GENERIC, &m, NULL,
               "{\"schema\":\"brandiag.alert/1\",\"kind\":\"success_rate\","
               "\"severity\":\"warning\",\"state\":\"firing\",\"repeated\":false,"
               "\"title\":\"[brandiag] firing: success rate is low (doubao)\","
               "\"text\":\"value 68.3 %, threshold 95 %\\n41 of 60 calls were "
               "answered\\nsince 2026-09-21T14:12:50.000Z, host geo-1\","
               "\"subject\":\"doubao\",\"detail\":\"41 of 60 calls were answered\","
               "\"value\":68.3,\"threshold\":95.0,\"unit\":\"%\","
               "\"since\":\"2026-09-21T14:12:50.000Z\",\"host\":\"geo-1\","
               "\"held_back\":0}");
#define TEXT                                                                          \
    "\"[brandiag] firing: success rate is low (doubao)\\nvalue 68.3 %, threshold 95 " \
    "%\\n41 of 60 calls were answered\\nsince 2026-09-21T14:12:50.000Z, host geo-1\""
    check_body(BD_ALERT_FEISHU, &m, NULL,
               "{\"msg_type\":\"text\",\"content\":{\"text\":" TEXT "}}");
    check_body(BD_ALERT_DINGTALK, &m, "a secret that is for the URL",
               "{\"msgtype\":\"text\",\"text\":{\"content\":" TEXT "}}");
    check_body(BD_ALERT_WECOM, &m, NULL,
               "{\"msgtype\":\"text\",\"text\":{\"content\":" TEXT "}}");
    check_body(BD_ALERT_SLACK, &m, NULL, "{\"text\":" TEXT "}");
}

static void chinese_words_stand_for_the_english_ones(void **state)
{
    struct bd_alert m = usual();

    (void)state;
    m.zh = true;
    m.resolved = true;
    m.held_back = 12;
    check_body(
        BD_ALERT_WECOM, &m, NULL,
        "{\"msgtype\":\"text\",\"text\":{\"content\":\"[brandiag] "
        "已恢复：成功率偏低（doubao）\\n当前值：68.3 %，阈值：95 %\\n41 of 60 calls "
        "were answered\\n开始时间：2026-09-21T14:12:50.000Z，主机：geo-1\\n另有 12 "
        "条消息因限流未发送\"}}");
}

static void what_is_not_there_leaves_no_trace(void **state)
{
    struct bd_alert m = {.kind = BD_ALERT_RELOAD_FAILED,
                         .again = true,
                         .subject = "",
                         .detail = "",
                         .host = "",
                         .held_back = 3};

    (void)state;
    check_body(
        BD_ALERT_SLACK, &m, NULL,
        "{\"text\":\"[brandiag] still firing: reload failed, the old "
        "configuration stays\\nsince 1970-01-01T00:00:00.000Z\\n3 further messages "
        "were held back\"}");
    check_body(BD_ALERT_GENERIC, &m, NULL,
               "{\"schema\":\"brandiag.alert/1\",\"kind\":\"reload_failed\","
               "\"severity\":\"warning\",\"state\":\"firing\",\"repeated\":true,"
               "\"title\":\"[brandiag] still firing: reload failed, the old "
               "configuration stays\",\"text\":\"since 1970-01-01T00:00:00.000Z\\n3 "
               "further messages were held back\",\"subject\":\"\",\"detail\":\"\","
               "\"value\":null,\"threshold\":null,\"unit\":null,"
               "\"since\":\"1970-01-01T00:00:00.000Z\",\"host\":\"\",\"held_back\":3}");
}

static void every_kind_has_words_in_both_languages(void **state)
{
    (void)state;
    for (int kind = 0; kind < BD_ALERT_KINDS; kind++) {
        struct bd_alert m = usual();
        const char *en, *zh;
        json_t *a, *b;

        m.kind = (enum bd_alert_kind)kind;
        a = body_of(BD_ALERT_GENERIC, &m, NULL);
        m.zh = true;
        b = body_of(BD_ALERT_GENERIC, &m, NULL);
        en = bd_json_text(a, "title", "");
        zh = bd_json_text(b, "title", "");
        assert_string_equal(bd_json_text(a, "kind", ""),
                            bd_alert_kind_name((enum bd_alert_kind)kind));
        assert_string_not_equal(en, zh);
        assert_int_equal(bd_text_points(en, strlen(en)), strlen(en));
        assert_true(bd_text_points(zh, strlen(zh)) < strlen(zh));
        assert_null(strstr(en, "(null)"));
        assert_null(strstr(zh, "(null)"));
        json_decref(a);
        json_decref(b);
    }
}

static void what_a_service_would_read_as_markup_is_escaped(void **state)
{
    struct bd_alert m = {.kind = BD_ALERT_BREAKER_OPEN,
                         .subject = "a&b",
                         .detail = "<!channel> \"x\" \\ <at user_id=\"all\">",
                         .host = ""};

    (void)state;
    check_body(BD_ALERT_SLACK, &m, NULL,
               "{\"text\":\"[brandiag] firing: breaker is open (a&amp;b)\\n"
               "&lt;!channel&gt; \\\"x\\\" \\\\ &lt;at user_id=\\\"all\\\"&gt;\\n"
               "since 1970-01-01T00:00:00.000Z\"}");
    check_body(
        BD_ALERT_FEISHU, &m, NULL,
        "{\"msg_type\":\"text\",\"content\":{\"text\":\"[brandiag] firing: breaker "
        "is open (a&b)\\n＜!channel> \\\"x\\\" \\\\ ＜at user_id=\\\"all\\\">\\n"
        "since 1970-01-01T00:00:00.000Z\"}}");
}

static void what_acts_on_a_terminal_and_what_is_no_text_is_taken_out(void **state)
{
    struct bd_alert m = {.kind = BD_ALERT_BREAKER_OPEN,
                         .subject = "a\x1b[31mb",
                         .detail = "c\xff"
                                   "d\ae",
                         .host = ""};

    (void)state;
    check_body(BD_ALERT_SLACK, &m, NULL,
               "{\"text\":\"[brandiag] firing: breaker is open (ab)\\nc\\ufffdde\\n"
               "since 1970-01-01T00:00:00.000Z\"}");
}

static const char *text_in(const json_t *o, enum bd_alert_format format)
{
    switch (format) {
    case BD_ALERT_FEISHU:
        return bd_json_text(json_object_get(o, "content"), "text", NULL);
    case BD_ALERT_DINGTALK:
    case BD_ALERT_WECOM:
        return bd_json_text(json_object_get(o, "text"), "content", NULL);
    case BD_ALERT_GENERIC:
    case BD_ALERT_SLACK:
    case BD_ALERT_FORMATS:
        break;
    }
    return bd_json_text(o, "text", NULL);
}

/* Around every limit, with characters of 1 to 4 bytes and with those that grow. */
static void a_long_text_is_cut_between_two_characters(void **state)
{
    static const char *const characters[] = {"a", "é", "品", "😀", "\"", "\\", "<", "&"};

    (void)state;
    for (int format = 0; format < BD_ALERT_FORMATS; format++)
        for (size_t c = 0; c < COUNT(characters); c++)
            for (int extra = 0; extra < 4; extra++) {
                struct bd_alert m = usual();
                size_t k = strlen(characters[c]), n = 12000 / k + 1;
                char *detail = calloc(n + 8, k + 1);
                const char *text;
                json_t *o;

                memset(detail, 'x', (size_t)extra);
                for (size_t i = 0; i < n; i++)
                    memcpy(detail + extra + i * k, characters[c], k);
                m.detail = detail;
                o = body_of((enum bd_alert_format)format, &m, NULL);
                text = text_in(o, (enum bd_alert_format)format);
                assert_non_null(text);
                assert_true(bd_text_valid(text, strlen(text)));
                assert_string_equal(text + strlen(text) - strlen("…"), "…");
                assert_null(strstr(text, "\xef\xbf\xbd"));
                if (format == BD_ALERT_WECOM)
                    assert_in_range(strlen(text), 2048 - 4, 2048);
                json_decref(o);
                free(detail);
            }
}

static void a_text_of_just_the_limit_is_not_cut(void **state)
{
    struct bd_alert m = {.kind = BD_ALERT_LATENCY, .subject = "", .host = ""};
    char detail[2100] = "";
    json_t *o;
    size_t rest;

    (void)state;
    m.detail = "x";
    o = body_of(BD_ALERT_WECOM, &m, NULL);
    rest = BD_ALERT_TEXT_WECOM - strlen(text_in(o, BD_ALERT_WECOM)) + 1;
    json_decref(o);
    memset(detail, 'x', rest);
    m.detail = detail;
    o = body_of(BD_ALERT_WECOM, &m, NULL);
    assert_int_equal(strlen(text_in(o, BD_ALERT_WECOM)), 2048);
    assert_null(strstr(text_in(o, BD_ALERT_WECOM), "…"));
    json_decref(o);
    detail[rest] = 'x';
    o = body_of(BD_ALERT_WECOM, &m, NULL);
    assert_int_equal(strlen(text_in(o, BD_ALERT_WECOM)), 2048);
    assert_non_null(strstr(text_in(o, BD_ALERT_WECOM), "…"));
    json_decref(o);
}

/* Signatures. Computed with Python:
 *   feishu    base64.b64encode(hmac.new(f"{t}\n{s}".encode(), b"", "sha256").digest())
 *   dingtalk  base64.b64encode(hmac.new(s.encode(), f"{t}\n{s}".encode(),
 * "sha256").digest()) */

static void feishus_signature_has_the_text_as_its_key(void **state)
{
    static const struct {
        int64_t s;
        const char *secret, *signature;
    } cases[] = {
        {1599360473, "demo", "l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8="},
        {0, "", "53Dh/MqIJzmbXR1ky1eoAPGAmY2mY/DJucsfzM60KVk="},
        {1790000000, "SEC0123456789abcdef",
         "N8uXtvSPj9EyihaR1/D6pMDt0g671s0akXAhknz3dt4="},
    };
    char is[BD_ALERT_SIGN_BYTES], secret[4097] = "";

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(bd_alert_sign_feishu(is, cases[i].secret, cases[i].s), 0);
        assert_string_equal(is, cases[i].signature);
    }
    memset(secret, 'x', 4096);
    assert_int_equal(bd_alert_sign_feishu(is, secret, 4102444800), 0);
    assert_string_equal(is, "kBpgTfIwcmG5i4OOVagP4ExgV2XUWuzgIJx1ZZZhcNI=");
}

static void dingtalks_signature_has_the_secret_as_its_key(void **state)
{
    char is[BD_ALERT_SIGN_BYTES], secret[4097] = "";

    (void)state;
    assert_int_equal(bd_alert_sign_dingtalk(is, "this is secret", 1599360473123), 0);
    assert_string_equal(is, "0eVlIU0GooHVuIBX6FZ86JNxxfy4qwhOlP5JU2uHmq4=");
    memset(secret, 'x', 4096);
    assert_int_equal(bd_alert_sign_dingtalk(is, secret, 0), 0);
    assert_string_equal(is, "IYwuTAS6hQeTyvUzujf40Ep6bU1mX8L295kcSvaMS5k=");
}

static void a_signed_message_of_feishu_says_when_it_was_signed(void **state)
{
    struct bd_alert m = {
        .kind = BD_ALERT_LATENCY, .subject = "", .detail = "", .host = ""};

    (void)state;
    check_body(BD_ALERT_FEISHU, &m, "SEC0123456789abcdef",
               "{\"timestamp\":\"1790000000\","
               "\"sign\":\"N8uXtvSPj9EyihaR1/D6pMDt0g671s0akXAhknz3dt4=\","
               "\"msg_type\":\"text\",\"content\":{\"text\":\"[brandiag] firing: answers "
               "are slow\\nsince 1970-01-01T00:00:00.000Z\"}}");
}

static void only_dingtalks_address_is_signed(void **state)
{
#define HOOK "https://h.example/robot/send?access_token=T"
    static const struct {
        enum bd_alert_format format;
        const char *webhook, *secret, *url;
    } cases[] = {
        {BD_ALERT_DINGTALK, HOOK, "SECabc",
         HOOK "&timestamp=1790000000000&sign="
              "E5%2FBtFtq3tCwIyq3uAxUusymmFVT8XBlzT%2BnRRJaKeo%3D"},
        {BD_ALERT_DINGTALK, "https://h.example/send", "SECabc",
         "https://h.example/send?timestamp=1790000000000&sign="
         "E5%2FBtFtq3tCwIyq3uAxUusymmFVT8XBlzT%2BnRRJaKeo%3D"},
        {BD_ALERT_DINGTALK, HOOK, NULL, HOOK},
        {BD_ALERT_FEISHU, HOOK, "SECabc", HOOK},
        {BD_ALERT_GENERIC, HOOK, NULL, HOOK},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct bd_buf url;

        bd_buf_init(&url, 4096);
        assert_int_equal(bd_alert_url(&url, cases[i].format, cases[i].webhook,
                                      cases[i].secret, NOW_MS),
                         0);
        assert_string_equal(url.data, cases[i].url);
        bd_buf_free(&url);
    }
}

/* Replies */

static void a_service_that_says_how_it_went_is_believed(void **state)
{
    static const struct {
        enum bd_alert_format format;
        int32_t status;
        const char *reply;
        bool accepted;
        int64_t code;
    } cases[] = {
        {BD_ALERT_FEISHU, 200, "{\"code\":0,\"msg\":\"success\",\"data\":{}}", true, 0},
        {BD_ALERT_FEISHU, 200,
         "{\"Extra\":null,\"StatusCode\":0,\"StatusMessage\":\"success\"}", true, 0},
        {BD_ALERT_FEISHU, 200, "{\"code\":19021,\"msg\":\"sign match fail\"}", false,
         19021},
        {BD_ALERT_FEISHU, 200, "{\"code\":9499,\"StatusCode\":0}", false, 9499},
        {BD_ALERT_FEISHU, 400, "{\"code\":9499,\"msg\":\"Bad Request\"}", false, 9499},
        {BD_ALERT_FEISHU, 500, "{\"code\":0}", false, 0},
        {BD_ALERT_FEISHU, 200, "{\"errcode\":0}", false, 0},
        {BD_ALERT_FEISHU, 200, "{\"code\":\"0\"}", false, 0},
        {BD_ALERT_FEISHU, 200, "<html>sign in</html>", false, 0},
        {BD_ALERT_FEISHU, 200, "", false, 0},
        {BD_ALERT_DINGTALK, 200, "{\"errcode\":0,\"errmsg\":\"ok\"}", true, 0},
        {BD_ALERT_DINGTALK, 200, "{\"errcode\":310000,\"errmsg\":\"sign not match\"}",
         false, 310000},
        {BD_ALERT_DINGTALK, 200, "{\"code\":0}", false, 0},
        {BD_ALERT_WECOM, 200, "{\"errcode\":0,\"errmsg\":\"ok\"}", true, 0},
        {BD_ALERT_WECOM, 200, "{\"errcode\":45009}", false, 45009},
        {BD_ALERT_WECOM, 200, "[0]", false, 0},
        {BD_ALERT_WECOM, 200, "{\"errcode\":0,\"errmsg\":\"o", false, 0},
        {BD_ALERT_SLACK, 200, "ok", true, 0},
        {BD_ALERT_SLACK, 403, "invalid_token", false, 0},
        {BD_ALERT_GENERIC, 204, "", true, 0},
        {BD_ALERT_GENERIC, 200, "{\"errcode\":5,\"code\":5}", true, 0},
        {BD_ALERT_GENERIC, 199, "", false, 0},
        {BD_ALERT_GENERIC, 302, "", false, 0},
        {BD_ALERT_GENERIC, 429, "", false, 0},
        {BD_ALERT_GENERIC, 0, "", false, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *reply = cases[i].reply;

        if (bd_alert_accepted(cases[i].format, cases[i].status, reply, strlen(reply)) !=
                cases[i].accepted ||
            bd_alert_code(cases[i].format, reply, strlen(reply)) != cases[i].code)
            fail_msg("%d %s", (int)cases[i].format, reply);
    }
}

static void formats_have_names(void **state)
{
    (void)state;
    assert_int_equal(bd_alert_format_of("generic"), BD_ALERT_GENERIC);
    assert_int_equal(bd_alert_format_of("feishu"), BD_ALERT_FEISHU);
    assert_int_equal(bd_alert_format_of("dingtalk"), BD_ALERT_DINGTALK);
    assert_int_equal(bd_alert_format_of("wecom"), BD_ALERT_WECOM);
    assert_int_equal(bd_alert_format_of("slack"), BD_ALERT_SLACK);
    assert_int_equal(bd_alert_format_of("Slack"), -1);
    assert_int_equal(bd_alert_format_of(""), -1);
}

static void a_full_buffer_is_told(void **state)
{
    struct bd_alert m = usual();
    struct bd_buf out;

    (void)state;
    bd_buf_init(&out, 20);
    assert_int_equal(bd_alert_body(&out, BD_ALERT_SLACK, &m, NULL, NOW_MS), -1);
    bd_buf_free(&out);
    bd_buf_init(&out, 20);
    assert_int_equal(bd_alert_url(&out, BD_ALERT_DINGTALK, HOOK, "s", NOW_MS), -1);
    bd_buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_format_is_as_its_service_documents),
        cmocka_unit_test(chinese_words_stand_for_the_english_ones),
        cmocka_unit_test(what_is_not_there_leaves_no_trace),
        cmocka_unit_test(every_kind_has_words_in_both_languages),
        cmocka_unit_test(what_a_service_would_read_as_markup_is_escaped),
        cmocka_unit_test(what_acts_on_a_terminal_and_what_is_no_text_is_taken_out),
        cmocka_unit_test(a_long_text_is_cut_between_two_characters),
        cmocka_unit_test(a_text_of_just_the_limit_is_not_cut),
        cmocka_unit_test(feishus_signature_has_the_text_as_its_key),
        cmocka_unit_test(dingtalks_signature_has_the_secret_as_its_key),
        cmocka_unit_test(a_signed_message_of_feishu_says_when_it_was_signed),
        cmocka_unit_test(only_dingtalks_address_is_signed),
        cmocka_unit_test(a_service_that_says_how_it_went_is_believed),
        cmocka_unit_test(formats_have_names),
        cmocka_unit_test(a_full_buffer_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
