/* face/reply.c - answers: JSON, text, and what went wrong (RFC 9457). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "face/web.h"

#define REPLY_LIMIT ((size_t)256 << 20)
#define GZIP_FROM   1024 /* bytes; less is not worth it */

static const struct {
    unsigned status;
    const char *title;
} titles[] = {
    {400, "Bad Request"},         {401, "Unauthorized"},
    {403, "Forbidden"},           {404, "Not Found"},
    {405, "Method Not Allowed"},  {409, "Conflict"},
    {413, "Content Too Large"},   {415, "Unsupported Media Type"},
    {421, "Misdirected Request"}, {422, "Unprocessable Content"},
    {429, "Too Many Requests"},   {500, "Internal Server Error"},
    {501, "Not Implemented"},     {503, "Service Unavailable"},
};

static const char *title_of(unsigned status)
{
    for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
        if (titles[i].status == status)
            return titles[i].title;
    return "Error";
}

static unsigned status_of(const struct bd_error *err)
{
    switch (err->type) {
    case BD_ERR_INVALID_REQUEST:
        return err->code == EEXIST ? 422 : 400;
    case BD_ERR_CONFIG:
        return 422;
    case BD_ERR_TOO_LARGE:
        return 413;
    case BD_ERR_RATE_LIMITED:
        return 429;
    case BD_ERR_OVERLOADED:
        return 503;
    case BD_ERR_STORAGE:
        return err->code == ENOENT ? 404 : 503;
    default:
        return 500;
    }
}

const char *bd_web_argument(const struct bd_web_request *r, const char *name)
{
    return MHD_lookup_connection_value(r->connection, MHD_GET_ARGUMENT_KIND, name);
}

const char *bd_web_header(const struct bd_web_request *r, const char *name)
{
    return MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, name);
}

static void add(struct MHD_Response *response, const char *name, const char *value)
{
    if (MHD_add_response_header(response, name, value) != MHD_YES)
        bd_log(BD_LOG_WARNING, "server", "no memory for the header %s", name);
}

static void harden(struct MHD_Response *response)
{
    add(response, "X-Content-Type-Options", "nosniff");
    add(response, "Referrer-Policy", "no-referrer");
    add(response, "Cache-Control", "no-store");
    add(response, "Content-Security-Policy",
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'none'");
}

static void queue(struct bd_web_request *r, unsigned status,
                  struct MHD_Response *response)
{
    harden(response);
    r->result = MHD_queue_response(r->connection, status, response);
    r->answered = true;
    MHD_destroy_response(response);
    bd_web_count(r->daemon->web, status);
}

void bd_reply_stream(struct bd_web_request *r, struct MHD_Response *response)
{
    queue(r, MHD_HTTP_OK, response);
}

void bd_reply_with(struct bd_web_request *r, unsigned status, const char *type,
                   struct bd_buf *text, const char *const *headers)
{
    struct bd_buf packed;
    struct MHD_Response *response;
    bool gzip = false;
    size_t n;
    char *body;

    bd_buf_init(&packed, REPLY_LIMIT);
    if (text->n >= GZIP_FROM && bd_gzip_is_accepted(bd_web_header(r, "Accept-Encoding")))
        gzip = bd_gzip(&packed, text->data, text->n) == 0;
    n = gzip ? packed.n : text->n;
    body = bd_buf_take(gzip ? &packed : text);
    bd_buf_free(&packed);
    bd_buf_free(text);
    response =
        body ? MHD_create_response_from_buffer(n, body, MHD_RESPMEM_MUST_FREE) : NULL;
    if (!response) {
        free(body);
        r->result = MHD_NO; /* the connection is closed */
        r->answered = true;
        return;
    }
    add(response, "Content-Type", type);
    if (gzip)
        add(response, "Content-Encoding", "gzip");
    add(response, "Vary", "Accept-Encoding");
    for (; headers && headers[0]; headers += 2)
        add(response, headers[0], headers[1]);
    queue(r, status, response);
}

void bd_reply_text(struct bd_web_request *r, unsigned status, const char *type,
                   struct bd_buf *text)
{
    bd_reply_with(r, status, type, text, NULL);
}

void bd_reply_json(struct bd_web_request *r, unsigned status, json_t *o)
{
    struct bd_buf text;

    bd_buf_init(&text, REPLY_LIMIT);
    if (!o || bd_json_write(&text, o, false) < 0 || bd_buf_add(&text, "\n") < 0)
        bd_buf_reset(&text); /* an empty body; memory is short */
    json_decref(o);
    bd_reply_text(r, text.n ? status : 500, "application/json", &text);
}

static void reply_problem(struct bd_web_request *r, unsigned status,
                          const struct bd_error *err, int32_t retry_after_s)
{
    char seconds[16];
    const char *headers[5] = {0};
    size_t n = 0;
    struct bd_buf text;
    json_t *o = json_pack("{s:s, s:s, s:i, s:s, s:o}", "type", "about:blank", "title",
                          title_of(status), "status", (int)status, "detail", err->message,
                          "error", bd_json_from_error(err));

    if (retry_after_s > 0) {
        snprintf(seconds, sizeof(seconds), "%d", (int)retry_after_s);
        headers[n++] = "Retry-After";
        headers[n++] = seconds;
    }
    if (status == 401) {
        headers[n++] = "WWW-Authenticate";
        headers[n++] = "Bearer";
    }
    bd_buf_init(&text, REPLY_LIMIT);
    if (o)
        (void)bd_json_write(&text, o, false); /* then the status alone says it */
    json_decref(o);
    bd_reply_with(r, status, "application/problem+json", &text, headers);
}

void bd_reply_problem(struct bd_web_request *r, unsigned status,
                      const struct bd_error *err)
{
    reply_problem(r, status, err, (err->retry_after_ms + 999) / 1000);
}

void bd_reply_error(struct bd_web_request *r, const struct bd_error *err)
{
    unsigned status = status_of(err);
    int32_t wait_s = (err->retry_after_ms + 999) / 1000;

    if (status == 503 && wait_s == 0)
        wait_s = 5;
    reply_problem(r, status, err, wait_s);
}

void bd_reply_refused(struct bd_web_request *r, const struct bd_guard_verdict *v)
{
    reply_problem(r, (unsigned)v->status, &v->error, v->retry_after_s);
}

bool bd_web_object(struct bd_web_request *r, json_t **out)
{
    struct bd_error err;

    if (r->body.n == 0 && (*out = json_object()))
        return true;
    if (bd_guard_json(r->body.data, r->body.n, out, &err) < 0) {
        bd_reply_problem(r, (unsigned)err.code, &err);
        return false;
    }
    if (json_is_object(*out))
        return true;
    json_decref(*out);
    (void)bd_fail(&err, BD_ERR_INVALID_REQUEST, 400, "server",
                  "the body is no JSON object");
    bd_reply_problem(r, 400, &err);
    return false;
}
