/* runtime/provider.c - see provider.h. */
#include "runtime/provider.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/sources.h"
#include "base/text.h"
#include "runtime/scrub.h"

/* A method that this provider must have for what the core does. */
static int lacks(const struct bd_provider *p, const char *method, struct bd_error *err)
{
    return bd_fail(err, BD_ERR_PLUGIN, 0, p->base.name, "the plugin has no %s()", method);
}

/* The result of a method; afterwards rc is 0, or -1 with an error fit to be shown. */
static int checked(const struct bd_provider *p, int rc, struct bd_error *err)
{
    if (rc == 0) {
        *err = (struct bd_error){0}; /* a plugin may write to it and succeed */
        return 0;
    }
    if (rc != -1)
        return bd_fail(err, BD_ERR_PLUGIN, rc, p->base.name,
                       "the plugin returned %d where only 0 and -1 are results", rc);
    bd_scrub_error(err, p->base.name);
    return -1;
}

static bool headers_are_fine(const struct bd_buf *headers)
{
    const char *p = headers->data, *end = p + headers->n;

    while (p < end) {
        const char *line = memchr(p, '\n', (size_t)(end - p));
        const char *colon = line ? memchr(p, ':', (size_t)(line - p)) : NULL;

        if (!colon || colon == p)
            return false;
        for (; p < line; p++)
            if ((unsigned char)*p < 0x20 || (unsigned char)*p == 0x7F)
                return false;
        p = line + 1;
    }
    return true;
}

static int check_request(const struct bd_provider *p, const char *base_url,
                         const struct bd_request *out, struct bd_error *err)
{
    const char *name = p->base.name;

    if (out->url->failed || out->headers->failed || out->body->failed)
        return bd_fail(err, BD_ERR_TOO_LARGE, 0, name,
                       "the request is larger than the limit");
    if (strlen(out->url->data) != out->url->n ||
        !bd_provider_same_origin(base_url, out->url->data))
        return bd_fail(err, BD_ERR_PLUGIN, 0, name,
                       "the plugin's URL leaves the host of base_url = %s", base_url);
    if (!headers_are_fine(out->headers))
        return bd_fail(err, BD_ERR_PLUGIN, 0, name,
                       "the plugin's headers are not lines of \"Name: value\"");
    if (out->auth < BD_AUTH_BEARER || out->auth > BD_AUTH_NONE)
        return bd_fail(err, BD_ERR_PLUGIN, 0, name, "the plugin asked for auth %d",
                       (int)out->auth);
    return 0;
}

int bd_provider_build(const struct bd_provider *p, void *self, const char *base_url,
                      const struct bd_ask *ask, struct bd_request *out,
                      struct bd_error *err)
{
    struct bd_ask asked = *ask;

    if (!BD_HAS(p, struct bd_provider, build))
        return lacks(p, "build", err);
    asked.struct_size = sizeof(asked);
    asked.stream = ask->stream && (p->capabilities & BD_CAN_STREAM);
    asked.search = ask->search && (p->capabilities & BD_CAN_SEARCH);
    out->struct_size = sizeof(*out);
    out->auth = BD_AUTH_BEARER;
    bd_buf_reset(out->url);
    bd_buf_reset(out->headers);
    bd_buf_reset(out->body);
    *err = (struct bd_error){0};
    if (checked(p, p->build(self, &asked, out, err), err) < 0)
        return -1;
    return check_request(p, base_url, out, err);
}

static void settle_usage(struct bd_usage *u)
{
    int32_t *counts[] = {&u->input, &u->output, &u->cached, &u->reasoning};

    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
        if (*counts[i] < -1)
            *counts[i] = -1;
}

struct mark { /* how far the buffers were filled before a call */
    size_t text, reasoning;
};

static struct mark mark_of(const struct bd_answer *a)
{
    return (struct mark){a->text->n, a->reasoning->n};
}

/* Checks what a method wrote behind the mark; rc is its result. */
static int settle(const struct bd_provider *p, int rc, struct mark mark,
                  struct bd_answer *out, struct bd_error *err)
{
    if (out->finish < BD_FINISH_NONE || out->finish > BD_FINISH_OTHER)
        out->finish = BD_FINISH_OTHER;
    out->done = out->done != 0;
    out->searched = out->searched != 0 || out->sources->count > 0;
    settle_usage(&out->usage);
    out->finish_word[sizeof(out->finish_word) - 1] = '\0';
    bd_text_trim_partial(out->finish_word);
    (void)bd_scrub_tail(out->reasoning, mark.reasoning); /* these may be cut: */
    (void)bd_scrub_tail(out->model, 0);                  /* no answer is lost */
    (void)bd_scrub_tail(out->request_id, 0);
    (void)bd_scrub_tail(out->text, mark.text);
    if (out->text->failed) /* whatever the plugin made of it */
        return bd_fail(err, BD_ERR_TOO_LARGE, 0, p->base.name,
                       "the answer is larger than %zu bytes", out->text->limit);
    return checked(p, rc, err);
}

int bd_provider_reply(const struct bd_provider *p, void *self,
                      const struct bd_reply *reply, struct bd_answer *out,
                      struct bd_error *err)
{
    struct mark mark = mark_of(out);

    if (!BD_HAS(p, struct bd_provider, reply))
        return lacks(p, "reply", err);
    *err = (struct bd_error){0};
    return settle(p, p->reply(self, reply, out, err), mark, out, err);
}

int bd_provider_event(const struct bd_provider *p, void *self,
                      const struct bd_event *event, struct bd_answer *out,
                      struct bd_error *err)
{
    struct mark mark = mark_of(out);

    if (!BD_HAS(p, struct bd_provider, event))
        return lacks(p, "event", err);
    *err = (struct bd_error){0};
    return settle(p, p->event(self, event, out, err), mark, out, err);
}

void bd_provider_error(const struct bd_provider *p, void *self,
                       const struct bd_reply *reply, struct bd_error *err)
{
    *err = (struct bd_error){0};
    if (!BD_HAS(p, struct bd_provider, error)) {
        (void)lacks(p, "error", err);
        return;
    }
    p->error(self, reply, err);
    if (err->type == BD_ERR_NONE)
        (void)bd_fail(err, BD_ERR_PROTOCOL, reply->status, p->base.name,
                      "HTTP %d, and the plugin does not say what it means",
                      (int)reply->status);
    bd_scrub_error(err, p->base.name);
}

static bool is_blank(const struct bd_buf *text)
{
    int32_t cp;

    for (size_t i = 0; i < text->n;) {
        i += bd_text_next(text->data + i, text->n - i, &cp);
        if (!(cp >= 0 && cp <= ' ') && cp != 0xA0 && cp != 0x3000 && cp != 0x200B &&
            cp != 0xFEFF)
            return false;
    }
    return true;
}

int bd_provider_judge(const struct bd_provider *p, struct bd_answer *out, uint64_t events,
                      struct bd_error *err)
{
    const char *name = p->base.name, *word = out->finish_word;

    if (out->finish == BD_FINISH_FILTERED)
        return bd_fail(err, BD_ERR_CONTENT_FILTERED, 0, name,
                       "the provider refused to answer (\"%s\")", word);
    if (out->finish == BD_FINISH_FAILED)
        return bd_fail(err, BD_ERR_OVERLOADED, 0, name,
                       "the provider gave up in the middle (\"%s\")", word);
    if (out->finish == BD_FINISH_TOOL)
        return bd_fail(err, BD_ERR_INVALID_REQUEST, 0, name,
                       "the model wants a tool that was not offered (\"%s\")", word);
    if (events == 0)
        return bd_fail(err, BD_ERR_TIMEOUT, 0, name,
                       "the provider ended the stream without an answer");
    if (out->finish == BD_FINISH_NONE && !out->done)
        return bd_fail(err, BD_ERR_OVERLOADED, 0, name,
                       "the stream ended without a finish, after %zu bytes of text",
                       out->text->n);
    if (is_blank(out->text))
        return bd_fail(err, BD_ERR_EMPTY_ANSWER, 0, name, "the answer has no text%s",
                       out->finish == BD_FINISH_LENGTH
                           ? ": max_tokens went into thinking, raise it"
                           : "");
    if (out->finish == BD_FINISH_NONE)
        out->finish = BD_FINISH_STOP;
    return 0;
}

/* Does the text begin as a line of an event stream does? */
static enum bd_body field_begins(const char *p, size_t n, bool all)
{
    static const char *const fields[] = {
        "data:", "event:", "id:", "retry:", ":", "status:", "HTTP_STATUS/"};
    bool maybe = false;

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        size_t k = strlen(fields[i]);

        if (n >= k && memcmp(p, fields[i], k) == 0)
            return BD_BODY_EVENTS;
        if (n < k && memcmp(p, fields[i], n) == 0)
            maybe = true;
    }
    return maybe && !all ? BD_BODY_UNKNOWN : BD_BODY_WHOLE;
}

enum bd_body bd_provider_sniff(const char *content_type, const char *p, size_t n,
                               bool all)
{
    static const char stream[] = "text/event-stream";
    bool announced = strncasecmp(content_type, stream, sizeof(stream) - 1) == 0;
    size_t i = 0;

    if (n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
        i = 3;
    while (i < n && strchr(" \t\r\n", p[i]) && p[i])
        i++;
    if (i == n && all)
        return announced ? BD_BODY_EVENTS : BD_BODY_WHOLE;
    if (i == n)
        return BD_BODY_UNKNOWN;
    if (p[i] == '{' || p[i] == '[' || p[i] == '<')
        return BD_BODY_WHOLE;
    return announced ? BD_BODY_EVENTS : field_begins(p + i, n - i, all);
}

static bool same_part(CURLU *a, CURLU *b, CURLUPart part)
{
    char *x = NULL, *y = NULL;
    bool same = curl_url_get(a, part, &x, CURLU_DEFAULT_PORT) == CURLUE_OK &&
                curl_url_get(b, part, &y, CURLU_DEFAULT_PORT) == CURLUE_OK &&
                strcasecmp(x, y) == 0;

    curl_free(x);
    curl_free(y);
    return same;
}

static bool has_part(CURLU *u, CURLUPart part)
{
    char *x = NULL;
    bool has = curl_url_get(u, part, &x, 0) == CURLUE_OK;

    curl_free(x);
    return has;
}

bool bd_provider_same_origin(const char *base_url, const char *url)
{
    CURLU *a = curl_url(), *b = curl_url();
    bool same = a && b && curl_url_set(a, CURLUPART_URL, base_url, 0) == CURLUE_OK &&
                curl_url_set(b, CURLUPART_URL, url, 0) == CURLUE_OK &&
                same_part(a, b, CURLUPART_SCHEME) && same_part(a, b, CURLUPART_HOST) &&
                same_part(a, b, CURLUPART_PORT) && !has_part(b, CURLUPART_USER) &&
                !has_part(b, CURLUPART_PASSWORD);

    curl_url_cleanup(a);
    curl_url_cleanup(b);
    return same;
}
