/* bd/provider.h - an AI provider as a set of translations.
 *
 * A provider turns a question into an HTTP request and an HTTP reply into an
 * answer. It does no I/O: the core moves the bytes, cuts streams into events, adds
 * the key, and owns time limits, retries, rate limits and the breaker.
 *
 * The core judges. An adapter reports what it reads: the text so far, how the model
 * said it ended, or an error the provider named. From that the core decides whether
 * there is an answer: an end without `finish` and without `done` is a cut stream, a
 * blank text is an empty answer, BD_FINISH_FILTERED is a refusal, and so on. */
#ifndef BD_PROVIDER_H
#define BD_PROVIDER_H

#include "bd/plugin.h"

enum bd_capability { /* or-ed */
                     BD_CAN_STREAM = 1,
                     BD_CAN_SEARCH = 2, /* answers with web search and sources */
                     BD_CAN_THINK = 4   /* has a thinking mode that can be switched */
};

enum bd_auth {                     /* how the core adds the key to a request */
               BD_AUTH_BEARER = 0, /* Authorization: Bearer KEY */
               BD_AUTH_X_API_KEY,  /* x-api-key: KEY */
               BD_AUTH_NONE
};

/* Time limits of one call by the question's length in characters: fewer than 20,
 * 20 to 49, 50 or more. The INI overrides each. */
struct bd_timeouts {
    int32_t simple_ms, normal_ms, complex_ms;
};

struct bd_ask {
    uint32_t struct_size;
    int32_t stream;     /* 1: ask for server-sent events */
    int32_t search;     /* 1: with web search (only if BD_CAN_SEARCH) */
    int32_t max_tokens; /* limit of the answer, 0 = leave it out */
    const char *model;  /* as the provider calls it */
    const char *system; /* UTF-8, NULL = none */
    const char *prompt; /* UTF-8 */
};

/* Filled by build(). The buffers are empty when it is called. */
struct bd_request {
    uint32_t struct_size;
    int32_t auth;           /* enum bd_auth, 0 when build() is called */
    struct bd_buf *url;     /* absolute; scheme, host and port must be base_url's */
    struct bd_buf *headers; /* "Name: value\n" lines; without the key, Content-Type:
                               application/json is there already */
    struct bd_buf *body;
};

enum bd_finish {
    BD_FINISH_NONE = 0, /* not ended yet, or the provider never said */
    BD_FINISH_STOP,     /* natural end */
    BD_FINISH_LENGTH,   /* cut by the token limit */
    BD_FINISH_FILTERED, /* moderation or refusal */
    BD_FINISH_FAILED,   /* the provider gave up in the middle */
    BD_FINISH_TOOL,     /* wants a tool we did not offer */
    BD_FINISH_OTHER     /* a word we do not know */
};

/* Token counts; -1 = not told. output includes reasoning. */
struct bd_usage {
    int32_t input, output, cached, reasoning;
};

/* A page that the provider's search returned beside the answer, lent for the call of
 * bd_host.source. UTF-8; NULL or "" = not told. What the prose links is none: the core
 * reads that itself. */
struct bd_web_page {
    uint32_t struct_size;
    uint32_t reserved;
    const char *url; /* http or https */
    const char *title;
    const char *site; /* what the site is called */
    const char *mark; /* how the text cites it, without the brackets: "ref_1", "1" */
};

/* The answer so far: written by reply() and event(), kept and read by the core. */
struct bd_answer {
    uint32_t struct_size;
    int32_t finish;            /* enum bd_finish */
    int32_t done;              /* 1: a terminal event was seen; ignore what follows */
    struct bd_usage usage;     /* the last one told wins, counts are never added up */
    struct bd_buf *text;       /* the answer for people, UTF-8 */
    struct bd_buf *reasoning;  /* chain of thought, never part of the answer */
    struct bd_buf *model;      /* the model that the provider says answered; once */
    struct bd_buf *request_id; /* the provider's id of this call; once */
    char finish_word[32];      /* finish as the provider spelled it */
    unsigned char scratch[64]; /* zeroed at the start of a call; the adapter's own
                                  memory between two events of the same call */

    /* Since 1.1. */
    int32_t searched; /* 1: the reply proves that a search ran for this answer. Only a
                         proof counts, not that one was asked for; pages are one */
    int32_t reserved;
    struct bd_sources *sources; /* filled with bd_host.source */
};

struct bd_reply { /* an HTTP reply, lent */
    uint32_t struct_size;
    int32_t status;           /* HTTP status */
    const char *content_type; /* "" if none */
    const char *body;         /* not NUL-terminated */
    size_t body_bytes;
};

struct bd_event { /* one server-sent event, lent */
    uint32_t struct_size;
    int32_t status;   /* from a "status:" or ":HTTP_STATUS/" line of the event, else 0 */
    const char *name; /* "" if the event has no name */
    const char *data; /* NUL-terminated, data lines joined by LF, trimmed */
    size_t data_bytes;
};

struct bd_provider {
    struct bd_plugin base; /* must stay first */
    struct bd_timeouts timeouts;
    uint32_t capabilities; /* enum bd_capability, or-ed */
    uint32_t reserved;

    /* [main] Makes an instance from a checked section. host stays valid until close()
     * returned. On success *self is set and close() will be called once; on failure
     * *self is untouched. */
    int (*open)(const struct bd_host *host, void **self, struct bd_error *err);
    /* [main] After the last call on self has returned. NULL is fine. */
    void (*close)(void *self);

    /* [worker] The rest is called by many threads at once: self must not change. */
    int (*build)(void *self, const struct bd_ask *ask, struct bd_request *out,
                 struct bd_error *err);
    /* A whole body that came with a 2xx status. -1 if it names an error. */
    int (*reply)(void *self, const struct bd_reply *reply, struct bd_answer *out,
                 struct bd_error *err);
    /* One event of a stream with a 2xx status, in order, one thread at a time for one
     * answer. -1 if it names an error: the stream is over then. */
    int (*event)(void *self, const struct bd_event *event, struct bd_answer *out,
                 struct bd_error *err);
    /* A reply with any other status: fills *err with its class. Cannot fail. */
    void (*error)(void *self, const struct bd_reply *reply, struct bd_error *err);
};

#define BD_PROVIDER_SIZE_1_0 sizeof(struct bd_provider)
_Static_assert(offsetof(struct bd_provider, base) == 0, "base must stay first");

#endif
