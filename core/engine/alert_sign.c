/* engine/alert_sign.c - see alert_sign.h. */
#define _GNU_SOURCE /* explicit_bzero */
#include "engine/alert_sign.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#define TEXT_BYTES 5000 /* a timestamp, a secret of 4 KiB */

static int sign(char out[BD_ALERT_SIGN_BYTES], const struct bd_buf *key,
                const struct bd_buf *message)
{
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned n = 0;

    if (key->failed || message->failed ||
        !HMAC(EVP_sha256(), key->data, (int)key->n, (const unsigned char *)message->data,
              message->n, mac, &n) ||
        n != 32)
        return -1;
    EVP_EncodeBlock((unsigned char *)out, mac, (int)n);
    return 0;
}

static void wipe(struct bd_buf *b)
{
    if (b->cap)
        explicit_bzero(b->data, b->n);
    bd_buf_free(b);
}

int bd_alert_sign_feishu(char out[BD_ALERT_SIGN_BYTES], const char *secret,
                         int64_t timestamp_s)
{
    struct bd_buf key, nothing;
    int rc;

    bd_buf_init(&key, TEXT_BYTES);
    bd_buf_init(&nothing, 0);
    bd_buf_addf(&key, "%lld\n%s", (long long)timestamp_s, secret);
    rc = sign(out, &key, &nothing);
    wipe(&key);
    return rc;
}

int bd_alert_sign_dingtalk(char out[BD_ALERT_SIGN_BYTES], const char *secret,
                           int64_t timestamp_ms)
{
    struct bd_buf key, message;
    int rc;

    bd_buf_init(&key, TEXT_BYTES);
    bd_buf_init(&message, TEXT_BYTES);
    bd_buf_add(&key, secret);
    bd_buf_addf(&message, "%lld\n%s", (long long)timestamp_ms, secret);
    rc = sign(out, &key, &message);
    wipe(&key);
    wipe(&message);
    return rc;
}

/* Base64 as a query's value. */
static void add_encoded(struct bd_buf *out, const char *s)
{
    for (; *s; s++)
        if (strchr("+/=", *s))
            bd_buf_addf(out, "%%%02X", (unsigned)(unsigned char)*s);
        else
            bd_buf_append(out, s, 1);
}

int bd_alert_url(struct bd_buf *out, enum bd_alert_format format, const char *webhook,
                 const char *secret, int64_t wall_ms)
{
    char signature[BD_ALERT_SIGN_BYTES];

    bd_buf_add(out, webhook);
    if (format == BD_ALERT_DINGTALK && secret) {
        if (bd_alert_sign_dingtalk(signature, secret, wall_ms) < 0)
            return -1;
        bd_buf_addf(out, "%ctimestamp=%lld&sign=", strchr(webhook, '?') ? '&' : '?',
                    (long long)wall_ms);
        add_encoded(out, signature);
    }
    return out->failed ? -1 : 0;
}
