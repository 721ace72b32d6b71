/* runtime/outcome.c - how a call ended, for a person at night.
 *
 * Messages name the host and the phase, never the path or the query (they may hold a
 * key) and never a header. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"
#include "runtime/http_call.h"

#define SOURCE "http"

static const struct {
    CURLcode rc;
    enum bd_error_type type;
    const char *what;
} kinds[] = {
    {CURLE_COULDNT_RESOLVE_HOST, BD_ERR_NETWORK, "the name cannot be resolved"},
    {CURLE_COULDNT_RESOLVE_PROXY, BD_ERR_NETWORK, "the name cannot be resolved"},
    {CURLE_COULDNT_CONNECT, BD_ERR_NETWORK, "cannot connect"},
    {CURLE_SSL_CONNECT_ERROR, BD_ERR_NETWORK, "the TLS handshake failed"},
    {CURLE_PEER_FAILED_VERIFICATION, BD_ERR_NETWORK, "its certificate is not trusted"},
    {CURLE_SSL_ISSUER_ERROR, BD_ERR_NETWORK, "its certificate is not trusted"},
    {CURLE_SSL_INVALIDCERTSTATUS, BD_ERR_NETWORK, "its certificate is not trusted"},
    {CURLE_GOT_NOTHING, BD_ERR_NETWORK, "the connection was closed without an answer"},
    {CURLE_SEND_ERROR, BD_ERR_NETWORK, "the connection broke while sending"},
    {CURLE_SEND_FAIL_REWIND, BD_ERR_NETWORK, "the connection broke while sending"},
    {CURLE_RECV_ERROR, BD_ERR_NETWORK, "the connection broke while receiving"},
    {CURLE_FILESIZE_EXCEEDED, BD_ERR_TOO_LARGE, "the reply is larger than allowed"},
    {CURLE_SSL_CACERT_BADFILE, BD_ERR_CONFIG, "the file of trusted certificates is bad"},
    {CURLE_URL_MALFORMAT, BD_ERR_CONFIG, "the address is not a valid URL"},
    {CURLE_UNSUPPORTED_PROTOCOL, BD_ERR_PROTOCOL, "the reply is not HTTP"},
    {CURLE_WEIRD_SERVER_REPLY, BD_ERR_PROTOCOL, "the reply is not HTTP"},
    {CURLE_HTTP2, BD_ERR_PROTOCOL, "the HTTP/2 of the other side is broken"},
    {CURLE_BAD_CONTENT_ENCODING, BD_ERR_PROTOCOL, "the reply's compression is broken"},
    {CURLE_WRITE_ERROR, BD_ERR_PROTOCOL, "the reply's compression is broken"},
    {CURLE_OUT_OF_MEMORY, BD_ERR_INTERNAL, "this machine is out of memory"},
    {CURLE_SETOPT_OPTION_SYNTAX, BD_ERR_INTERNAL, "this machine is out of memory"},
};

/* Where the call is. */
static const char *phase(const struct bd__call *c)
{
    if (c->headed)
        return "in the middle of the reply";
    if (c->asked_ms)
        return c->header_bytes ? "in the reply's headers"
                               : "while waiting for the first byte";
    if (c->name && !c->resolve)
        return "during the name look-up";
    if (!c->easy)
        return "before it could begin";
    if (!c->dialled)
        return "during the name look-up";
    return c->greeted ? "in the TLS handshake" : "while connecting";
}

/* Out of files, memory or ports: our failure, which must not count against the host. */
static bool is_local(int code)
{
    return code == EMFILE || code == ENFILE || code == ENOMEM || code == ENOBUFS ||
           code == EADDRNOTAVAIL;
}

static void local(int code, struct bd_error *err)
{
    errno = code;
    bd_fail_errno(err, BD_ERR_INTERNAL, SOURCE,
                  "this machine cannot open another connection");
}

static void timed_out(const struct bd__call *c, struct bd_error *err)
{
    int64_t now = bd_clock_ms();

    if (c->cut == BD__CUT_IDLE)
        bd_fail(err, BD_ERR_TIMEOUT, CURLE_OPERATION_TIMEDOUT, SOURCE,
                "%s: no byte came for %d ms %s, after %zu bytes of it", c->host,
                (int)c->in.idle_ms, phase(c), c->body_bytes);
    else if (!c->asked_ms && now < c->in.deadline_ms)
        bd_fail(err, BD_ERR_TIMEOUT, CURLE_OPERATION_TIMEDOUT, SOURCE,
                "%s: no connection within %d ms: time ran out %s", c->host,
                (int)c->in.connect_ms, phase(c));
    else
        bd_fail(err, BD_ERR_TIMEOUT, CURLE_OPERATION_TIMEDOUT, SOURCE,
                "%s: time ran out after %lld ms %s (%zu bytes of it came)", c->host,
                (long long)(now - c->submit_ms), phase(c), c->body_bytes);
}

static void cut_short(const struct bd__call *c, struct bd_error *err)
{
    curl_off_t got = 0, whole = -1;

    curl_easy_getinfo(c->easy, CURLINFO_SIZE_DOWNLOAD_T, &got);
    curl_easy_getinfo(c->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &whole);
    if (whole > 0)
        bd_fail(err, BD_ERR_NETWORK, CURLE_PARTIAL_FILE, SOURCE,
                "%s: the reply ended after %lld of %lld bytes", c->host, (long long)got,
                (long long)whole);
    else
        bd_fail(err, BD_ERR_NETWORK, CURLE_PARTIAL_FILE, SOURCE,
                "%s: the reply ended after %lld bytes, before its end", c->host,
                (long long)got);
}

/* Why we ended it ourselves; false if we did not. */
static bool ours(const struct bd__call *c, CURLcode rc, struct bd_error *err)
{
    switch (c->cut) {
    case BD__CUT_NONE:
        return false;
    case BD__CUT_CANCELLED:
    case BD__CUT_STOPPED:
        bd_fail(err, BD_ERR_CANCELLED, (int)rc, SOURCE, "%s: cancelled %s%s", c->host,
                phase(c), c->cut == BD__CUT_STOPPED ? ", at shutdown" : "");
        return true;
    case BD__CUT_DEADLINE:
    case BD__CUT_IDLE:
        timed_out(c, err);
        return true;
    case BD__CUT_BODY:
        bd_fail(err, BD_ERR_TOO_LARGE, (int)rc, SOURCE,
                "%s: the reply is larger than %zu bytes", c->host, c->in.max_body_bytes);
        return true;
    case BD__CUT_REFUSED:
        bd_fail(err, BD_ERR_TOO_LARGE, (int)rc, SOURCE,
                "%s: more of the reply than can be kept, after %zu bytes", c->host,
                c->body_bytes);
        return true;
    case BD__CUT_HEADERS:
        bd_fail(err, BD_ERR_TOO_LARGE, (int)rc, SOURCE,
                "%s: the reply's headers are too many or too long (%zu lines, %zu bytes)",
                c->host, c->header_lines, c->header_bytes);
        return true;
    case BD__CUT_PRIVATE:
        bd_fail(err, BD_ERR_CONFIG, (int)rc, SOURCE,
                "%s: it is a loopback or private address; if that is meant, set "
                "allow_private = yes for this provider",
                c->host);
        return true;
    case BD__CUT_RESEND:
        bd_fail(err, BD_ERR_NETWORK, (int)rc, SOURCE,
                "%s: the connection was closed without an answer after %lld ms", c->host,
                (long long)(bd_clock_ms() - c->asked_ms));
        return true;
    case BD__CUT_LOCAL:
        local(c->cut_errno, err);
        return true;
    case BD__CUT_NAME:
        *err = c->name_error;
        return true;
    }
    return false;
}

/* A chunk whose size is no number: curl calls it a broken connection. */
static bool is_framing(const struct bd__call *c, CURLcode rc)
{
    return rc == CURLE_RECV_ERROR && strstr(c->detail, "chunked-encoding");
}

/* curl's own text may quote a certificate or a reply: no control characters of theirs
 * reach a terminal. */
static void from_table(const struct bd__call *c, CURLcode rc, struct bd_error *err)
{
    const char *detail = c->detail[0] ? c->detail : curl_easy_strerror(rc);
    const char *what = "the call failed";
    enum bd_error_type type = BD_ERR_NETWORK;
    struct bd_buf clean;

    if (rc == CURLE_SEND_ERROR && c->headed) /* what had to be sent was */
        rc = CURLE_RECV_ERROR;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (kinds[i].rc == rc) {
            type = kinds[i].type;
            what = kinds[i].what;
        }
    if (is_framing(c, rc)) {
        type = BD_ERR_PROTOCOL;
        what = "the reply is not proper HTTP";
    }
    bd_buf_init(&clean, 1024);
    (void)bd_text_clean(&clean, detail, strlen(detail), true); /* it is only a detail */
    bd_fail(err, type, (int)rc, SOURCE, "%s: %s (%s)", c->host, what, clean.data);
    bd_buf_free(&clean);
}

bool bd__outcome(const struct bd__call *c, CURLcode rc, struct bd_error *err)
{
    long os = 0;

    if (rc == CURLE_OK) /* a cut that came too late does not spoil a whole reply */
        return false;
    if (ours(c, rc, err))
        return true;
    if (c->easy)
        curl_easy_getinfo(c->easy, CURLINFO_OS_ERRNO, &os);
    if (rc == CURLE_COULDNT_CONNECT && is_local((int)os))
        local((int)os, err);
    else if (rc == CURLE_OPERATION_TIMEDOUT)
        timed_out(c, err);
    else if (rc == CURLE_PARTIAL_FILE)
        cut_short(c, err);
    else if (rc == CURLE_OUT_OF_MEMORY && c->header_bytes > 0 && !c->headed)
        /* libcurl says this of a header line past 100 KB, which never reaches us. Without
         * a line before it, it is what it says. */
        bd_fail(err, BD_ERR_TOO_LARGE, (int)rc, SOURCE,
                "%s: a header line of the reply is too long", c->host);
    else
        from_table(c, rc, err);
    return true;
}
