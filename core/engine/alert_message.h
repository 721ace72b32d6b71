/* engine/alert_message.h - one alert as the JSON that a webhook takes.
 *
 * generic is our own, for programs; the others are what the group robots of Feishu,
 * DingTalk and WeCom and Slack's incoming webhooks take: one text. It always holds the
 * word "brandiag", which a robot may be told to look for. Pure: time is an argument.
 * [any] */
#ifndef BD_ENGINE_ALERT_MESSAGE_H
#define BD_ENGINE_ALERT_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum bd_alert_format {
    BD_ALERT_GENERIC,
    BD_ALERT_FEISHU,
    BD_ALERT_DINGTALK,
    BD_ALERT_WECOM,
    BD_ALERT_SLACK,
    BD_ALERT_FORMATS
};

enum bd_alert_kind {
    BD_ALERT_SUCCESS_RATE,    /* of a provider: too few of its calls are answered */
    BD_ALERT_LATENCY,         /* of a provider: its p95 is too high */
    BD_ALERT_BREAKER_OPEN,    /* of a model and brand, or of a connection */
    BD_ALERT_PROVIDER_OFF,    /* its key is refused, or its account is empty */
    BD_ALERT_RELOAD_FAILED,   /* the old configuration is still the one in use */
    BD_ALERT_STORAGE_FAILING, /* rows cannot be stored */
    BD_ALERT_PLUGIN_ZOMBIE,   /* a plugin that is to be unloaded does not let go */
    BD_ALERT_KINDS
};

struct bd_alert {
    enum bd_alert_kind kind;
    bool resolved;                       /* else it fires */
    bool again;                          /* it was told before, and still fires */
    bool zh;                             /* Chinese words, else English */
    const char *subject, *detail, *host; /* "" if there is none; never NULL */
    const char *unit;                    /* "%" "ms"; NULL: no value and no threshold */
    double value, threshold;             /* in that unit */
    int64_t since_ms;   /* Unix milliseconds: when the condition came true */
    uint64_t held_back; /* messages that were not sent before this one */
};

/* The text's limit in bytes. A longer one is cut between two characters, with an ellipsis
 * at its end. The whole body stays below 20,000 bytes, which Feishu and DingTalk demand,
 * and Slack's below the 40,000 at which it cuts, whatever has to be escaped. */
#define BD_ALERT_TEXT_WECOM 2048 /* what WeCom takes */
#define BD_ALERT_TEXT_MOST  6000

/* Appends the body. secret: NULL = not signed; it is used by Feishu alone, whose
 * signature stands in the body. -1 when out is full, memory is short, or subject and
 * detail are longer than 64 KiB and 256 KiB. */
int bd_alert_body(struct bd_buf *out, enum bd_alert_format format,
                  const struct bd_alert *m, const char *secret, int64_t wall_ms);

/* Did the service take it? Its HTTP status is not enough: Feishu, DingTalk and WeCom
 * say in the reply whether they did, and a reply that does not say so is a refusal. */
bool bd_alert_accepted(enum bd_alert_format format, int32_t status, const char *reply,
                       size_t n);
/* The number that Feishu, DingTalk or WeCom give in their reply; 0 if there is none. */
int64_t bd_alert_code(enum bd_alert_format format, const char *reply, size_t n);

/* "success_rate" ... */
const char *bd_alert_kind_name(enum bd_alert_kind kind);
/* "generic" ...; -1 if there is no such format. */
int bd_alert_format_of(const char *name);

#endif
