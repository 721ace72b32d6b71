/* engine/settings.c - the option tables of the core. */
#include "engine/settings.h"

#include <string.h>

#include "domain/inquiry/prompt.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define TABLE(a)                      \
    {                                 \
        (a), COUNT(a), sizeof((a)[0]) \
    }

#define MS_MIN(minutes) ((int64_t)(minutes)*60 * 1000)

/* clang-format off */
static const struct bd_option engine_options[] = {
    {"plugin_dir", BD_OPTION_PATH, 0, NULL,
     "where the plugins lie; default: beside the program, then the installed place", 0, 0},
    {"workers", BD_OPTION_INT, 0, "auto", "pool threads; auto = one a core", 1, 256},
    {"net_threads", BD_OPTION_INT, 0, "auto", "network threads; auto = by cores", 1, 4},
    {"deadline", BD_OPTION_DURATION, 0, "20s", "a diagnosis is over after this, whatever happens",
     500, MS_MIN(60)},
    {"connect_timeout", BD_OPTION_DURATION, 0, "5s", "limit of name look-up, connect and TLS",
     50, MS_MIN(5)},
    {"max_reply", BD_OPTION_SIZE, 0, "8MiB", "a longer reply is refused", 1024, 1 << 30},
    {"max_tasks", BD_OPTION_INT, 0, "20000", "a diagnosis with more tasks is refused", 1, 1000000},
    {"currency", BD_OPTION_TEXT, 0, "CNY", "of the prices, for the report", 0, 0},
};

static const struct bd_option breaker_options[] = {
    {"failure_threshold", BD_OPTION_INT, 0, "5", "failures in a row that open a breaker", 1, 1000},
    {"recovery_timeout", BD_OPTION_DURATION, 0, "30s", "open for so long, then one trial call",
     0, MS_MIN(60)},
    {"recovery_jitter", BD_OPTION_DURATION, 0, "0s",
     "open for up to so much longer, at random, so that many do not try at one instant", 0,
     MS_MIN(10)},
    {"half_open_max_calls", BD_OPTION_INT, 0, "1", "trial calls that must succeed", 1,
     BD_BREAKER_PROBES},
};

static const struct bd_option retry_options[] = {
    {"max_retries", BD_OPTION_INT, 0, "2", "further attempts of a failed call; 0 = none", 0, 10},
    {"base_delay", BD_OPTION_DURATION, 0, "250ms", "first delay is random up to this, then doubles",
     1, MS_MIN(1)},
    {"max_delay", BD_OPTION_DURATION, 0, "4s", "delays grow up to this", 1, MS_MIN(10)},
};

static const struct bd_option hedge_options[] = {
    {"enabled", BD_OPTION_BOOL, 0, "no",
     "ask once more when nothing has come for unusually long; may be billed twice", 0, 0},
    {"after", BD_OPTION_DURATION, 0, "auto",
     "no text for so long; auto = what 95 % of the provider's calls stay below, at least 1 s",
     100, MS_MIN(10)},
    {"max_percent", BD_OPTION_INT, 0, "5", "second calls, of all first calls", 0, 100},
};

static const struct bd_option cache_options[] = {
    {"ttl", BD_OPTION_DURATION, 0, "1h",
     "an answer stands for identical calls for so long; 0s = everything is asked anew", 0,
     MS_MIN(30 * 24 * 60)},
};

/* mention is never 0: the one part that every score has. */
static const struct bd_option score_options[] = {
    {"mention", BD_OPTION_INT, 0, "40", "weight of the mention rate in the overall score, relative to the sum of the four", 1, BD_SCORE_WEIGHT},
    {"rank", BD_OPTION_INT, 0, "25", "weight of the places", 0, BD_SCORE_WEIGHT},
    {"share_of_voice", BD_OPTION_INT, 0, "20", "weight of the share of voice", 0, BD_SCORE_WEIGHT},
    {"sentiment", BD_OPTION_INT, 0, "15", "weight of the tone", 0, BD_SCORE_WEIGHT},
};

static const struct bd_option storage_options[] = {
    {"plugin", BD_OPTION_TEXT, 0, "store_sqlite",
     "storage backend: store_sqlite, store_jsonl, store_memory or your own", 0, 0},
};

static const struct bd_option prompt_options[] = {
    {"matrix", BD_OPTION_TEXT, BD_OPTION_LINES, NULL,
     "prompt that names the brand; {brand} {competitors} {question}; default by language", 0, 0},
    {"neutral", BD_OPTION_TEXT, BD_OPTION_LINES, "{question}", "prompt of a neutral task", 0, 0},
    {"system", BD_OPTION_TEXT, BD_OPTION_LINES, NULL, "system message sent with every prompt; default none", 0, 0},
};

static const struct bd_option server_options[] = {
    {"listen", BD_OPTION_TEXT, 0, "127.0.0.1:8731", "address and port of the HTTP API; other addresses than "
     "loopback need token_file", 0, 0},
    {"token_file", BD_OPTION_PATH, 0, NULL, "file with the token that clients must show; mode 0600", 0, 0},
    {"hosts", BD_OPTION_TEXT, 0, NULL, "names by which clients call the server, beside localhost; with commas", 0, 0},
    {"origins", BD_OPTION_TEXT, 0, NULL, "web pages of others that may ask, https://HOST; with commas", 0, 0},
    {"running", BD_OPTION_INT, 0, "64", "diagnoses at once; further ones wait", 1, 1000},
    {"queue", BD_OPTION_INT, 0, "1000", "diagnoses that may wait; further ones are refused (429)", 1, 10000},
    {"connections", BD_OPTION_INT, 0, "512", "open connections at once", 8, 10000},
    {"connections_per_ip", BD_OPTION_INT, 0, "auto", "of one address; auto = 32, and no limit on loopback", 1, 10000},
    {"grace", BD_OPTION_DURATION, 0, "25s", "at SIGTERM, diagnoses that run are waited for so long", 0, MS_MIN(10)},
};

static const struct bd_option log_options[] = {
    {"level", BD_OPTION_TEXT, 0, "warning", "debug, info, warning, error or off", 0, 0},
    {"format", BD_OPTION_TEXT, 0, "text", "text, or json: one object a line", 0, 0},
};

static const struct bd_option alert_options[] = {
    {"webhook", BD_OPTION_TEXT, BD_OPTION_SECRET, NULL,
     "where messages are sent; unset: nobody is told. It holds a token: better one of the next two",
     0, 0},
    {"webhook_env", BD_OPTION_TEXT, 0, NULL, "environment variable that holds the address", 0, 0},
    {"webhook_file", BD_OPTION_PATH, 0, NULL, "file that holds the address; mode 0600", 0, 0},
    {"format", BD_OPTION_TEXT, 0, "generic", "generic, feishu, dingtalk, wecom or slack", 0, 0},
    {"secret_env", BD_OPTION_TEXT, 0, NULL,
     "environment variable that holds the secret to sign with, for feishu and dingtalk", 0, 0},
    {"secret_file", BD_OPTION_PATH, 0, NULL, "file that holds that secret; mode 0600", 0, 0},
    {"lang", BD_OPTION_TEXT, 0, "zh", "of the messages: zh or en", 0, 0},
    {"success_below", BD_OPTION_INT, 0, "95", "percent of the cells of the last 5 minutes answered; 0 = never told",
     0, 100},
    {"p95_above", BD_OPTION_DURATION, 0, "20s",
     "95 % of the diagnoses of the last 5 minutes take at most this; 0s = never told", 0, MS_MIN(60)},
    {"min_cells", BD_OPTION_INT, 0, "20", "fewer cells in those 5 minutes say nothing about both", 1,
     1000000},
    {"hold", BD_OPTION_DURATION, 0, "30s", "something is wrong for so long before it is told", 0,
     MS_MIN(60)},
    {"resolve", BD_OPTION_DURATION, 0, "60s", "and right for so long before that is told", 0,
     MS_MIN(60)},
    {"repeat", BD_OPTION_DURATION, 0, "1h", "told again after so long; 0s = once", 0,
     MS_MIN(7 * 24 * 60)},
    {"max_messages", BD_OPTION_INT, 0, "20", "messages in the window; the rest is counted", 1,
     BD_ALARM_RATE_MOST},
    {"window", BD_OPTION_DURATION, 0, "10m", "what max_messages counts in", 1000,
     MS_MIN(24 * 60)},
    {"allow_private", BD_OPTION_BOOL, 0, "no",
     "allow http: and loopback or private addresses in the webhook", 0, 0},
    {"ca_file", BD_OPTION_PATH, 0, NULL, "PEM certificates to trust in place of the system's", 0, 0},
};

static const struct bd_option provider_options[] = {
    {"plugin", BD_OPTION_TEXT, 0, NULL, "plugin file without .so; default: the section's name", 0, 0},
    {"model", BD_OPTION_TEXT, BD_OPTION_REQUIRED, NULL, "model id as the provider calls it", 0, 0},
    {"api_key_env", BD_OPTION_TEXT, 0, NULL, "environment variable that holds the key", 0, 0},
    {"api_key_file", BD_OPTION_PATH, 0, NULL, "file that holds the key; mode 0600", 0, 0},
    {"base_url", BD_OPTION_URL, 0, NULL, "address of the service", 0, 0},
    {"allow_private", BD_OPTION_BOOL, 0, "no",
     "allow http: and loopback or private addresses in base_url", 0, 0},
    {"ca_file", BD_OPTION_PATH, 0, NULL, "PEM certificates to trust in place of the system's", 0, 0},
    {"stream", BD_OPTION_BOOL, 0, "yes", "ask for the answer piece by piece, so that a part can be kept",
     0, 0},
    {"max_tokens", BD_OPTION_INT, 0, "2048", "limit of an answer; 0 = the provider's own", 0, 1000000},
    {"timeout_simple", BD_OPTION_DURATION, 0, NULL, "a call's limit, question under 20 characters",
     100, MS_MIN(30)},
    {"timeout_normal", BD_OPTION_DURATION, 0, NULL, "a call's limit, question of 20 to 49 characters",
     100, MS_MIN(30)},
    {"timeout_complex", BD_OPTION_DURATION, 0, NULL, "a call's limit, question of 50 characters or more",
     100, MS_MIN(30)},
    {"concurrency", BD_OPTION_INT, 0, "8", "calls at once", 1, 100000},
    {"requests_per_minute", BD_OPTION_INT, 0, "500", "calls a minute; 0 = no limit", 0, 10000000},
    {"tokens_per_minute", BD_OPTION_INT, 0, "0",
     "tokens a minute, input and output; 0 = no limit", 0, 1000000000},
    {"ramp", BD_OPTION_DURATION, 0, "500ms",
     "after a pause, calls at once above 100 open over this; 0 = all in one instant", 0,
     MS_MIN(10)},
    {"price_input", BD_OPTION_REAL, 0, NULL, "price of a million input tokens", 0, 0},
    {"price_output", BD_OPTION_REAL, 0, NULL, "price of a million output tokens", 0, 0},
};
/* clang-format on */

static int level_number(const char *s)
{
    static const char *const names[] = {"debug", "info", "warning", "error", "off"};

    for (int i = 0; i < (int)COUNT(names); i++)
        if (strcmp(s, names[i]) == 0)
            return i;
    return -1;
}

static void check_log(const struct bd_ini_entry *e, struct bd_problems *problems)
{
    if (strcmp(e->key, "level") == 0 && level_number(e->value) < 0)
        bd_problems_add(problems, e->origin,
                        "[log] level is '%.80s': give debug, info, warning, error or off",
                        e->value);
    if (strcmp(e->key, "format") == 0 && strcmp(e->value, "text") != 0 &&
        strcmp(e->value, "json") != 0)
        bd_problems_add(problems, e->origin, "[log] format is '%.80s': give text or json",
                        e->value);
}

static void check_prompt(const struct bd_ini_entry *e, struct bd_problems *problems)
{
    struct bd_error err;
    int rc = 0;

    if (strcmp(e->key, "matrix") == 0)
        rc = bd_prompt_check(e->value, &err);
    else if (strcmp(e->key, "neutral") == 0)
        rc = bd_prompt_check_neutral(e->value, &err);
    if (rc < 0)
        bd_problems_add(problems, e->origin, "[prompt] %s: %s", e->key, err.message);
}

/* It would lower what was spent, and no limit of cost would ever be reached. */
void bd_settings_check_provider(const struct bd_ini_entry *e,
                                struct bd_problems *problems)
{
    if ((strcmp(e->key, "price_input") == 0 || strcmp(e->key, "price_output") == 0) &&
        e->value[0] == '-')
        bd_problems_add(problems, e->origin,
                        "[%s] %s = %.80s is below 0; a server that costs nothing has 0",
                        e->section, e->key, e->value);
}

static const struct bd_section_table sections[] = {
    {"engine", TABLE(engine_options), NULL},
    {"breaker", TABLE(breaker_options), NULL},
    {"retry", TABLE(retry_options), NULL},
    {"hedge", TABLE(hedge_options), NULL},
    {"cache", TABLE(cache_options), NULL},
    {"score", TABLE(score_options), NULL},
    {"storage", TABLE(storage_options), NULL},
    {"prompt", TABLE(prompt_options), check_prompt},
    {"server", TABLE(server_options), NULL},
    {"log", TABLE(log_options), check_log},
    {"alerts", TABLE(alert_options), bd_alert_settings_check},
};

const struct bd_section_table *bd_settings_sections(size_t *count)
{
    *count = COUNT(sections);
    return sections;
}

struct bd_option_table bd_settings_provider_options(void)
{
    return (struct bd_option_table)TABLE(provider_options);
}

void bd_settings_from(struct bd_settings *out, const struct bd_generation *g)
{
    const struct bd_values *e = bd_generation_section(g, "engine");
    const struct bd_values *b = bd_generation_section(g, "breaker");
    const struct bd_values *r = bd_generation_section(g, "retry");
    const struct bd_values *h = bd_generation_section(g, "hedge");
    const struct bd_values *p = bd_generation_section(g, "prompt");
    const struct bd_values *l = bd_generation_section(g, "log");
    const struct bd_values *s = bd_generation_section(g, "server");
    const struct bd_values *w = bd_generation_section(g, "score");

    *out = (struct bd_settings){
        .workers = (unsigned)bd_values_number(e, "workers"),
        .net_threads = (unsigned)bd_values_number(e, "net_threads"),
        .deadline_ms = bd_values_number(e, "deadline"),
        .connect_ms = bd_values_number(e, "connect_timeout"),
        .max_reply_bytes = bd_values_number(e, "max_reply"),
        .max_tasks = bd_values_number(e, "max_tasks"),
        .breaker = {.threshold = (int32_t)bd_values_number(b, "failure_threshold"),
                    .recovery_ms = bd_values_number(b, "recovery_timeout"),
                    .half_open_max = (int32_t)bd_values_number(b, "half_open_max_calls"),
                    .lease_ms = bd_breaker_default.lease_ms,
                    .jitter_ms = bd_values_number(b, "recovery_jitter")},
        .retry = {.max_retries = (int32_t)bd_values_number(r, "max_retries"),
                  .base_ms = bd_values_number(r, "base_delay"),
                  .cap_ms = bd_values_number(r, "max_delay")},
        .hedge = {.enabled = bd_values_number(h, "enabled") != 0,
                  .after_ms = bd_values_number(h, "after"),
                  .percent = (int32_t)bd_values_number(h, "max_percent")},
        .cache_ttl_ms = bd_values_number(bd_generation_section(g, "cache"), "ttl"),
        .weights = {.mention = (int)bd_values_number(w, "mention"),
                    .rank = (int)bd_values_number(w, "rank"),
                    .share_of_voice = (int)bd_values_number(w, "share_of_voice"),
                    .sentiment = (int)bd_values_number(w, "sentiment")},
        .log_level = level_number(bd_values_text(l, "level")),
        .log_json = strcmp(bd_values_text(l, "format"), "json") == 0,
        .prompt_matrix = bd_values_text(p, "matrix"),
        .prompt_neutral = bd_values_text(p, "neutral"),
        .prompt_system = bd_values_text(p, "system"),
        .currency = bd_values_text(e, "currency"),
        .server = {.listen = bd_values_text(s, "listen"),
                   .token_file = bd_values_text(s, "token_file"),
                   .hosts = bd_values_text(s, "hosts"),
                   .origins = bd_values_text(s, "origins"),
                   .running = (unsigned)bd_values_number(s, "running"),
                   .queue = (unsigned)bd_values_number(s, "queue"),
                   .connections = (unsigned)bd_values_number(s, "connections"),
                   .connections_per_ip =
                       (unsigned)bd_values_number(s, "connections_per_ip"),
                   .grace_ms = bd_values_number(s, "grace")},
    };
    bd_alert_settings_from(&out->alerts, bd_generation_section(g, "alerts"));
}
