/* engine/alert_sign.h - how Feishu and DingTalk know that a message is ours. [any] */
#ifndef BD_ENGINE_ALERT_SIGN_H
#define BD_ENGINE_ALERT_SIGN_H

#include <stdint.h>

#include "base/buf.h"
#include "engine/alert_message.h"

#define BD_ALERT_SIGN_BYTES 48 /* base64 of 32 bytes, and a NUL */

/* Feishu's signature: base64 of HMAC-SHA256 whose key is "TIMESTAMP\nSECRET" and whose
 * message is empty. The timestamp is in seconds, at most an hour off. -1 when it cannot
 * be computed. */
int bd_alert_sign_feishu(char out[BD_ALERT_SIGN_BYTES], const char *secret,
                         int64_t timestamp_s);

/* DingTalk's: the same text as the message, the secret as the key; milliseconds. */
int bd_alert_sign_dingtalk(char out[BD_ALERT_SIGN_BYTES], const char *secret,
                           int64_t timestamp_ms);

/* Appends the address a message goes to: the webhook and, for DingTalk with a secret,
 * timestamp and signature behind it. -1 when out is full or memory is short. */
int bd_alert_url(struct bd_buf *out, enum bd_alert_format format, const char *webhook,
                 const char *secret, int64_t wall_ms);

#endif
