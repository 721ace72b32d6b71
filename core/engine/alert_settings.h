/* engine/alert_settings.h - [alerts] of the INI: who is told, how, and from when on.
 * [main] */
#ifndef BD_ENGINE_ALERT_SETTINGS_H
#define BD_ENGINE_ALERT_SETTINGS_H

#include "engine/alert_message.h"
#include "policy/alarm.h"
#include "runtime/values.h"

struct bd_alert_settings { /* pointers live as long as the generation */
    const char *webhook;   /* of these three one; NULL each: nobody is told */
    const char *webhook_env, *webhook_file;
    const char *secret_env, *secret_file; /* at most one; NULL each: not signed */
    enum bd_alert_format format;
    bool zh;
    struct bd_alarm_config alarm; /* hold, resolve, repeat */
    int32_t success_below;        /* percent; 0 = no such alert */
    int64_t p95_above_ms;         /* 0 = no such alert */
    int64_t min_cells;            /* fewer in window_ms say nothing */
    int32_t max_messages;         /* in window_ms */
    int64_t window_ms;
    bool allow_private;
    const char *ca_file; /* NULL: the system's */
};

struct bd_alert_target {
    char *url;    /* NULL: nobody is told */
    char *secret; /* NULL: not signed */
};

/* What the table of [alerts] cannot say against one value. */
void bd_alert_settings_check(const struct bd_ini_entry *e, struct bd_problems *problems);

/* v: the checked section. */
void bd_alert_settings_from(struct bd_alert_settings *out, const struct bd_values *v);

/* Reads the address and the secret from where they are kept. -1 when two places are
 * given for one, when there is nothing to be read, when the address is not https without
 * allow_private, or when the format has no use for a secret; *key is then the option at
 * fault. No message holds a byte of either. */
int bd_alert_target_read(struct bd_alert_target *out, const struct bd_alert_settings *s,
                         const char **key, struct bd_error *err) BD_MUST_CHECK;
/* Wipes both. */
void bd_alert_target_free(struct bd_alert_target *t);

/* For `check`: what read would say, as a problem with its line. */
void bd_alert_settings_problems(const struct bd_values *v, struct bd_problems *problems);

#endif
