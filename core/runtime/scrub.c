/* runtime/scrub.c - see scrub.h. */
#include "runtime/scrub.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/text.h"

#define MASK "****"

static bool is_key_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           c == '-' || c == '_' || c == '.';
}

static bool ends_with_word(const char *s, size_t n, const char *word)
{
    size_t k = strlen(word);

    return n >= k && strncasecmp(s + n - k, word, k) == 0;
}

/* Does the text before a word speak of a key: "API key: X", "Bearer X", "token=X"? */
static bool announces_key(const char *s, size_t n)
{
    static const char *const words[] = {"key",    "token",  "bearer",   "secret",
                                        "key is", "apikey", "provided", "密钥"};

    while (n > 0 && strchr(" :=\"'`(", s[n - 1]))
        n--;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (ends_with_word(s, n, words[i]))
            return true;
    return false;
}

/* "0123456789abcdef0123456789abcdef.AbCdEfGh12345678": an id, a dot, a secret. */
static bool is_id_and_secret(const char *s, size_t n)
{
    const char *dot = memchr(s, '.', n);
    size_t id = dot ? (size_t)(dot - s) : n;

    for (size_t i = 0; i < id; i++)
        if (!strchr("0123456789abcdefABCDEF", s[i]))
            return false;
    return id >= 24 && n - id > 8;
}

/* A request id looks much like a key and helps the operator, so length alone is no
 * sign: the word's beginning, its shape, or the words before it are. */
static bool looks_like_key(const char *s, size_t at, size_t n)
{
    bool digit = false;

    for (size_t i = 0; i < n; i++)
        digit |= s[at + i] >= '0' && s[at + i] <= '9';
    if (n >= 10 &&
        (strncasecmp(s + at, "sk-", 3) == 0 || strncasecmp(s + at, "ak-", 3) == 0))
        return true;
    return is_id_and_secret(s + at, n) || (n >= 12 && digit && announces_key(s, at));
}

static void mask_keys(struct bd_buf *out, const char *s)
{
    for (size_t i = 0, n; s[i]; i += n ? n : 1) {
        for (n = 0; is_key_char(s[i + n]); n++)
            ;
        if (n == 0)
            bd_buf_append(out, s + i, 1);
        else if (looks_like_key(s, i, n))
            bd_buf_add(out, MASK);
        else
            bd_buf_append(out, s + i, n);
    }
}

static void to_one_line(char *s, size_t size)
{
    struct bd_buf clean;

    s[size - 1] = '\0';
    bd_text_trim_partial(s);
    bd_buf_init(&clean, 4 * size);
    (void)bd_text_clean(&clean, s, strlen(s), true); /* cut below if it grew */
    for (size_t i = 0; i < clean.n; i++)
        if (clean.data[i] == '\n' || clean.data[i] == '\t')
            clean.data[i] = ' ';
    snprintf(s, size, "%s", clean.data);
    bd_text_trim_partial(s);
    bd_buf_free(&clean);
}

void bd_scrub_error(struct bd_error *err, const char *source)
{
    struct bd_buf masked;

    to_one_line(err->message, sizeof(err->message));
    to_one_line(err->context, sizeof(err->context));
    to_one_line(err->source, sizeof(err->source));
    bd_buf_init(&masked, 2 * sizeof(err->message));
    mask_keys(&masked, err->message);
    snprintf(err->message, sizeof(err->message), "%s", masked.data);
    bd_text_trim_partial(err->message);
    bd_buf_free(&masked);
    if (err->type <= BD_ERR_NONE || err->type >= BD_ERR_COUNT) {
        err->type = BD_ERR_PROTOCOL;
        err->recoverable = 1;
        if (!err->message[0])
            snprintf(err->message, sizeof(err->message),
                     "the plugin failed without saying why");
    }
    err->recoverable = err->recoverable != 0;
    if (err->retry_after_ms < 0)
        err->retry_after_ms = 0;
    if (err->time_ms <= 0)
        err->time_ms = bd_clock_wall_ms();
    if (!err->source[0])
        snprintf(err->source, sizeof(err->source), "%s", source);
}

int bd_scrub_tail(struct bd_buf *text, size_t from)
{
    struct bd_buf clean;
    int rc;

    if (from > text->n) /* a plugin that shortens the text takes back what was shown */
        from = text->n;
    if (bd_text_valid(text->data + from, text->n - from))
        return 0;
    bd_buf_init(&clean, 3 * (text->n - from) + 1);
    rc = bd_text_clean(&clean, text->data + from, text->n - from, false);
    text->n = from;
    text->data[from] = '\0';
    if (rc == 0)
        rc = bd_buf_append(text, clean.data, clean.n);
    bd_buf_free(&clean);
    return rc;
}
