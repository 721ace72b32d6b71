/* engine/alert_message.c - see alert_message.h. */
#include "engine/alert_message.h"

#include <jansson.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "engine/alert_sign.h"

#define ELLIPSIS "…"

static const struct kind {
    const char *name, *severity, *en, *zh;
} kinds[BD_ALERT_KINDS] = {
    [BD_ALERT_SUCCESS_RATE] = {"success_rate", "warning", "success rate is low",
                               "成功率偏低"},
    [BD_ALERT_LATENCY] = {"latency", "warning", "answers are slow", "回答变慢"},
    [BD_ALERT_BREAKER_OPEN] = {"breaker_open", "warning", "breaker is open",
                               "熔断器已打开"},
    [BD_ALERT_PROVIDER_OFF] = {"provider_off", "critical",
                               "provider refuses the key or the account is empty",
                               "密钥被拒绝或余额不足"},
    [BD_ALERT_RELOAD_FAILED] = {"reload_failed", "warning",
                                "reload failed, the old configuration stays",
                                "重新加载失败，仍使用旧配置"},
    [BD_ALERT_STORAGE_FAILING] = {"storage_failing", "critical", "storage is failing",
                                  "存储写入失败"},
    [BD_ALERT_PLUGIN_ZOMBIE] = {"plugin_zombie", "warning",
                                "old plugin cannot be unloaded", "旧插件无法卸载"},
};

static const char *const formats[BD_ALERT_FORMATS] = {
    [BD_ALERT_GENERIC] = "generic",   [BD_ALERT_FEISHU] = "feishu",
    [BD_ALERT_DINGTALK] = "dingtalk", [BD_ALERT_WECOM] = "wecom",
    [BD_ALERT_SLACK] = "slack",
};

const char *bd_alert_kind_name(enum bd_alert_kind kind)
{
    return kinds[kind].name;
}

int bd_alert_format_of(const char *name)
{
    for (int i = 0; i < BD_ALERT_FORMATS; i++)
        if (strcmp(name, formats[i]) == 0)
            return i;
    return -1;
}

/* Words */

static const char *state_word(const struct bd_alert *m)
{
    if (m->resolved)
        return m->zh ? "已恢复" : "resolved";
    if (m->again)
        return m->zh ? "仍在告警" : "still firing";
    return m->zh ? "告警" : "firing";
}

static void add_title(struct bd_buf *out, const struct bd_alert *m)
{
    const struct kind *k = &kinds[m->kind];

    bd_buf_addf(out, "[brandiag] %s%s%s", state_word(m), m->zh ? "：" : ": ",
                m->zh ? k->zh : k->en);
    if (m->subject[0])
        bd_buf_addf(out, m->zh ? "（%s）" : " (%s)", m->subject);
}

static void add_lines(struct bd_buf *out, const struct bd_alert *m)
{
    bool zh = m->zh;
    char since[32];

    bd_clock_iso(m->since_ms, since, sizeof(since));
    if (m->unit)
        bd_buf_addf(out,
                    zh ? "当前值：%.6g %s，阈值：%.6g %s\n"
                       : "value %.6g %s, threshold %.6g %s\n",
                    m->value, m->unit, m->threshold, m->unit);
    if (m->detail[0])
        bd_buf_addf(out, "%s\n", m->detail);
    bd_buf_addf(out, zh ? "开始时间：%s" : "since %s", since);
    if (m->host[0])
        bd_buf_addf(out, zh ? "，主机：%s" : ", host %s", m->host);
    if (m->held_back)
        bd_buf_addf(out,
                    zh ? "\n另有 %llu 条消息因限流未发送"
                       : "\n%llu further messages were held back",
                    (unsigned long long)m->held_back);
}

/* What a service would read as markup in a text: Slack documents these three escapes;
 * Feishu has none, and "<at ...>" would call people, so it gets a wide bracket. */
static const char *instead(enum bd_alert_format format, char c)
{
    if (format == BD_ALERT_FEISHU && c == '<')
        return "＜";
    if (format != BD_ALERT_SLACK)
        return NULL;
    return c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : NULL;
}

static void add_escaped(struct bd_buf *out, enum bd_alert_format format, const char *s,
                        size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *other = instead(format, s[i]);

        if (other)
            bd_buf_add(out, other);
        else
            bd_buf_append(out, s + i, 1);
    }
}

/* What s says as a JSON string. What would act on a terminal is taken out, so that of
 * what JSON escapes only " \\ LF and TAB are left: a text of n bytes is at most 2 n
 * there, 3 n with Feishu's brackets, 5 n with Slack's escapes. */
static json_t *text_of(enum bd_alert_format format, const char *s)
{
    size_t limit = format == BD_ALERT_WECOM ? BD_ALERT_TEXT_WECOM : BD_ALERT_TEXT_MOST;
    struct bd_buf clean, text;
    json_t *json = NULL;

    bd_buf_init(&clean, 1 << 20);
    bd_buf_init(&text, 5 * limit);
    if (bd_text_clean(&clean, s, strlen(s), true) == 0 && clean.n > limit) {
        clean.n = bd_text_cut(clean.data, clean.n, limit - strlen(ELLIPSIS));
        bd_buf_add(&clean, ELLIPSIS);
    }
    add_escaped(&text, format, clean.data, clean.n);
    if (!text.failed && !clean.failed)
        json = bd_json_string(text.data, text.n);
    bd_buf_free(&clean);
    bd_buf_free(&text);
    return json;
}

/* Bodies. A NULL among their parts makes json_pack() fail and frees the others. */

static json_t *plain(const char *s)
{
    return text_of(BD_ALERT_GENERIC, s);
}

static json_t *generic(const struct bd_alert *m, const char *title, const char *text)
{
    char since[32];
    json_t *value = m->unit ? bd_json_number(m->value) : json_null();
    json_t *threshold = m->unit ? bd_json_number(m->threshold) : json_null();

    bd_clock_iso(m->since_ms, since, sizeof(since));
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:s?, s:s, s:o, s:I}",
        "schema", "brandiag.alert/1", "kind", kinds[m->kind].name, "severity",
        kinds[m->kind].severity, "state", m->resolved ? "resolved" : "firing", "repeated",
        (int)m->again, "title", plain(title), "text", plain(text), "subject",
        plain(m->subject), "detail", plain(m->detail), "value", value, "threshold",
        threshold, "unit", m->unit, "since", since, "host", plain(m->host), "held_back",
        (json_int_t)m->held_back);
}

static json_t *feishu(json_t *text, const char *secret, int64_t wall_ms)
{
    char signature[BD_ALERT_SIGN_BYTES], timestamp[24];
    int64_t now_s = wall_ms / 1000;

    if (!secret)
        return json_pack("{s:s, s:{s:o}}", "msg_type", "text", "content", "text", text);
    if (bd_alert_sign_feishu(signature, secret, now_s) < 0) {
        json_decref(text);
        return NULL;
    }
    snprintf(timestamp, sizeof(timestamp), "%lld", (long long)now_s);
    return json_pack("{s:s, s:s, s:s, s:{s:o}}", "timestamp", timestamp, "sign",
                     signature, "msg_type", "text", "content", "text", text);
}

/* One text of title and body, for people. */
static json_t *chat(enum bd_alert_format format, const char *both, const char *secret,
                    int64_t wall_ms)
{
    json_t *text = text_of(format, both);

    if (!text)
        return NULL;
    if (format == BD_ALERT_FEISHU)
        return feishu(text, secret, wall_ms);
    if (format == BD_ALERT_SLACK)
        return json_pack("{s:o}", "text", text);
    return json_pack("{s:s, s:{s:o}}", "msgtype", "text", "text", "content", text);
}

static json_t *make(enum bd_alert_format format, const struct bd_alert *m,
                    const char *secret, int64_t wall_ms)
{
    struct bd_buf title, text;
    json_t *body;

    bd_buf_init(&title, 1 << 16);
    bd_buf_init(&text, 1 << 19);
    add_title(&title, m);
    if (format != BD_ALERT_GENERIC)
        bd_buf_addf(&text, "%s\n", title.data);
    add_lines(&text, m);
    if (title.failed || text.failed)
        body = NULL;
    else if (format == BD_ALERT_GENERIC)
        body = generic(m, title.data, text.data);
    else
        body = chat(format, text.data, secret, wall_ms);
    bd_buf_free(&title);
    bd_buf_free(&text);
    return body;
}

int bd_alert_body(struct bd_buf *out, enum bd_alert_format format,
                  const struct bd_alert *m, const char *secret, int64_t wall_ms)
{
    json_t *body = make(format, m, secret, wall_ms);
    int rc = body ? bd_json_write(out, body, false) : -1;

    json_decref(body);
    return rc;
}

/* Replies */

/* The member that tells how it went; old robots of Feishu say StatusCode only. */
static const json_t *code_of(enum bd_alert_format format, const json_t *o)
{
    const json_t *code =
        json_object_get(o, format == BD_ALERT_FEISHU ? "code" : "errcode");

    if (!code && format == BD_ALERT_FEISHU)
        code = json_object_get(o, "StatusCode");
    return json_is_integer(code) ? code : NULL;
}

static bool says_how_it_went(enum bd_alert_format format)
{
    return format == BD_ALERT_FEISHU || format == BD_ALERT_DINGTALK ||
           format == BD_ALERT_WECOM;
}

bool bd_alert_accepted(enum bd_alert_format format, int32_t status, const char *reply,
                       size_t n)
{
    const json_t *code;
    json_t *o;
    bool ok;

    if (status < 200 || status > 299)
        return false;
    if (!says_how_it_went(format))
        return true;
    o = bd_json_parse(reply, n, "alerts", NULL);
    code = code_of(format, o);
    ok = code && json_integer_value(code) == 0;
    json_decref(o);
    return ok;
}

int64_t bd_alert_code(enum bd_alert_format format, const char *reply, size_t n)
{
    json_t *o = says_how_it_went(format) ? bd_json_parse(reply, n, "alerts", NULL) : NULL;
    const json_t *found = code_of(format, o);
    int64_t code = found ? json_integer_value(found) : 0;

    json_decref(o);
    return code;
}
