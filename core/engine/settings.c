/* engine/settings.c - the option tables of the core. */
#include "engine/settings.h"

#include <string.h>

#include "domain/prompt.h"

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
    {"half_open_max_calls", BD_OPTION_INT, 0, "1", "trial calls that must succeed", 1,
     BD_BREAKER_PROBES},
};

static const struct bd_option retry_options[] = {
    {"max_retries", BD_OPTION_INT, 0, "2", "further attempts of a failed call; 0 = none", 0, 10},
    {"base_delay", BD_OPTION_DURATION, 0, "250ms", "first delay is random up to this, then doubles",
     1, MS_MIN(1)},
    {"max_delay", BD_OPTION_DURATION, 0, "4s", "delays grow up to this", 1, MS_MIN(10)},
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

static const struct bd_option log_options[] = {
    {"level", BD_OPTION_TEXT, 0, "warning", "debug, info, warning, error or off", 0, 0},
    {"format", BD_OPTION_TEXT, 0, "text", "text, or json: one object a line", 0, 0},
};

static const struct bd_option provider_options[] = {
    {"plugin", BD_OPTION_TEXT, 0, NULL, "plugin file without .so; default: the section's name", 0, 0},
    {"model", BD_OPTION_TEXT, BD_OPTION_REQUIRED, NULL, "model id as the provider calls it", 0, 0},
    {"api_key_env", BD_OPTION_TEXT, 0, NULL, "environment variable that holds the key", 0, 0},
    {"api_key_file", BD_OPTION_PATH, 0, NULL, "file that holds the key; mode 0600", 0, 0},
    {"base_url", BD_OPTION_URL, 0, NULL, "address of the service", 0, 0},
    {"allow_private", BD_OPTION_BOOL, 0, "no",
     "allow http: and loopback or private addresses in base_url", 0, 0},
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
    {"price_input", BD_OPTION_REAL, 0, NULL, "price of a million input tokens", 0, 0},
    {"price_output", BD_OPTION_REAL, 0, NULL, "price of a million output tokens", 0, 0},
};
/* clang-format on */

static const struct bd_section_table sections[] = {
    {"engine", TABLE(engine_options)}, {"breaker", TABLE(breaker_options)},
    {"retry", TABLE(retry_options)},   {"storage", TABLE(storage_options)},
    {"prompt", TABLE(prompt_options)}, {"log", TABLE(log_options)},
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

static int level_number(const char *s)
{
    static const char *const names[] = {"debug", "info", "warning", "error", "off"};

    for (int i = 0; i < (int)COUNT(names); i++)
        if (strcmp(s, names[i]) == 0)
            return i;
    return -1;
}

void bd_settings_from(struct bd_settings *out, const struct bd_generation *g)
{
    const struct bd_values *e = bd_generation_section(g, "engine");
    const struct bd_values *b = bd_generation_section(g, "breaker");
    const struct bd_values *r = bd_generation_section(g, "retry");
    const struct bd_values *p = bd_generation_section(g, "prompt");
    const struct bd_values *l = bd_generation_section(g, "log");

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
                    .lease_ms = bd_breaker_default.lease_ms},
        .retry = {.max_retries = (int32_t)bd_values_number(r, "max_retries"),
                  .base_ms = bd_values_number(r, "base_delay"),
                  .cap_ms = bd_values_number(r, "max_delay")},
        .log_level = level_number(bd_values_text(l, "level")),
        .log_json = strcmp(bd_values_text(l, "format"), "json") == 0,
        .prompt_matrix = bd_values_text(p, "matrix"),
        .prompt_neutral = bd_values_text(p, "neutral"),
        .prompt_system = bd_values_text(p, "system"),
        .currency = bd_values_text(e, "currency"),
    };
}

static void check_prompt(const struct bd_values *p, const char *name,
                         int (*check)(const char *template, struct bd_error *err),
                         struct bd_problems *problems)
{
    const char *text = bd_values_text(p, name);
    struct bd_error err;

    if (text && check(text, &err) < 0)
        bd_problems_add(problems, bd_values_origin(p, name), "[prompt] %s: %s", name,
                        err.message);
}

void bd_settings_check(const struct bd_generation *g, struct bd_problems *problems)
{
    const struct bd_values *p = bd_generation_section(g, "prompt");
    const struct bd_values *l = bd_generation_section(g, "log");
    const char *format = bd_values_text(l, "format");

    check_prompt(p, "matrix", bd_prompt_check, problems);
    check_prompt(p, "neutral", bd_prompt_check_neutral, problems);
    if (level_number(bd_values_text(l, "level")) < 0)
        bd_problems_add(problems, bd_values_origin(l, "level"),
                        "[log] level is '%s': give debug, info, warning, error or off",
                        bd_values_text(l, "level"));
    if (strcmp(format, "text") != 0 && strcmp(format, "json") != 0)
        bd_problems_add(problems, bd_values_origin(l, "format"),
                        "[log] format is '%s': give text or json", format);
}
