/* engine/settings.h - every option of the core, as tables, and what they say.
 *
 * The tables are the only place that names a key of the INI: checking, defaults,
 * `check --show` and the sample INI come from them. [main] */
#ifndef BD_ENGINE_SETTINGS_H
#define BD_ENGINE_SETTINGS_H

#include "engine/alert_settings.h"
#include "engine/engine.h"
#include "policy/breaker.h"
#include "policy/hedge.h"
#include "policy/retry.h"
#include "runtime/generation.h"

/* [engine] [breaker] [retry] [hedge] [cache] [score] [storage] [prompt] [server] [log]
 * [alerts]; *count of them. */
const struct bd_section_table *bd_settings_sections(size_t *count);

/* The core's options of every [provider:NAME]. */
struct bd_option_table bd_settings_provider_options(void);
/* What the table cannot say against a value of one: a price below 0. */
void bd_settings_check_provider(const struct bd_ini_entry *e,
                                struct bd_problems *problems);

struct bd_settings {               /* pointers live as long as the generation */
    unsigned workers, net_threads; /* 0 = by the number of cores */
    int64_t deadline_ms;
    int64_t connect_ms; /* limit of look-up, connect and TLS */
    int64_t max_reply_bytes;
    int64_t max_tasks; /* of one diagnosis */
    struct bd_breaker_config breaker;
    struct bd_retry_config retry;
    struct bd_hedge_config hedge;
    int64_t cache_ttl_ms; /* 0 = no answer is kept */
    struct bd_score_weights weights;
    int log_level;
    int log_json;
    const char *prompt_matrix; /* NULL: the default of the report's language */
    const char *prompt_neutral;
    const char *prompt_system; /* NULL: none */
    const char *currency;
    struct bd_server_settings server;
    struct bd_alert_settings alerts;
};

void bd_settings_from(struct bd_settings *out, const struct bd_generation *g);

#endif
