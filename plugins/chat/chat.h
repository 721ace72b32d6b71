/* chat/chat.h - what the adapters of chat-completions services share.
 *
 * All of them speak one protocol with small differences, and the differences are data:
 * each adapter is a constant struct chat_vendor, a table of options and a descriptor.
 * The methods here fill the descriptor as they are. An instance is never changed after
 * open, so they may run in many threads at once.
 *
 * Only core/include and jansson are seen from here. */
#ifndef CHAT_CHAT_H
#define CHAT_CHAT_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "bd/error.h"
#include "bd/plugin.h"
#include "bd/provider.h"

/* An error code, or an error type, of the service. "Throttling*" is every code that
 * begins so; the first row that fits wins, exact ones before beginnings. */
struct chat_code {
    const char *code;
    int32_t type; /* enum bd_error_type */
};

/* What a message says outweighs its code: services reuse codes, not sentences. */
struct chat_saying {
    const char *text; /* found anywhere in the message, ASCII case ignored */
    const char *code; /* only with this code, NULL = any */
    int32_t status;   /* only with this HTTP status, 0 = any */
    int32_t type;     /* enum bd_error_type */
};

enum chat_thinking {                      /* how thinking is switched */
                     CHAT_THINKING_NONE,  /* it cannot be */
                     CHAT_THINKING_TYPE,  /* "thinking": {"type": "disabled"} */
                     CHAT_THINKING_ENABLE /* "enable_thinking": false */
};

struct chat;
/* Adds to the body what the ask wants. -1 when memory is short or a text no UTF-8. */
typedef int chat_search_fn(const struct chat *c, const struct bd_ask *ask, json_t *body);

/* Another protocol of the same service, for asks with web search. */
struct chat_api {
    const char *strip;          /* dropped from the end of the base URL; NULL = nothing */
    const char *path;           /* behind what is left */
    const char *headers;        /* sent always; NULL = none */
    const char *stream_headers; /* sent where a stream is asked for */
    int32_t auth;               /* enum bd_auth */
    chat_search_fn *fill;       /* makes the whole body */
    /* Reads a body or event that is no error: 1; 0 if it is none of this protocol; -1
     * when the text is full or memory short. */
    int (*read)(const struct chat *c, const json_t *o, struct bd_answer *out);
};

struct chat_vendor {
    const char *base_url;    /* used when the option is unset */
    const char *path;        /* behind the base URL */
    const char *limit_field; /* name of the answer's limit, NULL = it has none */
    enum chat_thinking thinking;
    int stream_options; /* 1: asks for the usage of a stream */
    int quota_is_rate;  /* 1: "insufficient_quota" means tokens per minute */
    /* How a search is asked for: beside the question, or by another protocol. Both NULL:
     * not at all. */
    chat_search_fn *search;
    const struct chat_api *api;
    int32_t empty_body;                /* error type of a 2xx reply without a body */
    const struct chat_code *codes;     /* ends with {NULL, 0} */
    const struct chat_saying *sayings; /* ends with {NULL}; may be NULL */
};

struct chat { /* an instance: the vendor's values as the section changed them */
    const struct bd_host *host;
    const struct chat_vendor *vendor;
    const char *limit_field;
    char *url, *search_url; /* the latter where the vendor has an api */
    char *extra;            /* JSON object merged into each request, NULL = none */
    int thinking, stream_options, quota_is_rate;
};

/* bd_provider.open for a vendor; reads the options base_url and thinking. */
int chat_open(struct chat **out, const struct chat_vendor *vendor,
              const struct bd_host *host, struct bd_error *err);
/* Keeps text to be merged into each request. Refuses what is not a JSON object, and
 * members that build() must own. */
int chat_set_extra(struct chat *c, const char *text, struct bd_error *err);

void chat_close(void *self);
int chat_build(void *self, const struct bd_ask *ask, struct bd_request *out,
               struct bd_error *err);
int chat_reply(void *self, const struct bd_reply *reply, struct bd_answer *out,
               struct bd_error *err);
int chat_event(void *self, const struct bd_event *event, struct bd_answer *out,
               struct bd_error *err);
void chat_error(void *self, const struct bd_reply *reply, struct bd_error *err);

/* The rest is between the files of chat/. */

/* Parses n bytes. Where a service sends a broken character, the character is replaced
 * and the rest is kept. NULL if it is not JSON. */
json_t *chat_parse(const char *s, size_t n);
/* Are there more values in it than any answer has? Then chat_parse() does not try: a
 * megabyte of "{}," would take a hundred megabytes. */
int chat_is_bloated(const char *s, size_t n);

/* Does o name an error, at the top or where a gateway hides it? */
int chat_has_error(const json_t *o);
/* Fills *err with the class of the error in o (NULL: none is readable) and returns -1.
 * raw is shown when there is no message. */
int chat_fail(const struct chat *c, const json_t *o, int32_t status, const char *raw,
              size_t raw_bytes, struct bd_error *err);

/* Takes a piece of the answer; a "<think>...</think>" in front of it goes to the
 * reasoning, wherever the pieces are cut. memory is bd_answer.scratch. -1 when
 * out->text is full. */
int chat_think(const struct bd_host *host, const char *s, size_t n,
               struct bd_answer *out);
/* The answer has ended: what was held back as a possible tag is text after all. */
int chat_think_end(const struct bd_host *host, struct bd_answer *out);

/* Of a page: "[3]" in the text cites it if the service says so, or if it is the third. */
enum chat_mark { CHAT_NO_MARK, CHAT_TOLD_MARK, CHAT_BY_ORDER };

/* Adds the pages that a body or chunk, and a message or delta, brings, and says that a
 * search ran if there are any. -1 when memory is short. */
int chat_read_sources(const struct bd_host *host, const json_t *o, struct bd_answer *out);
int chat_annotations(const struct bd_host *host, const json_t *list, enum chat_mark mark,
                     struct bd_answer *out);
/* One page. */
int chat_source(const struct bd_host *host, const json_t *o, enum chat_mark mark,
                struct bd_answer *out);

/* Pieces that the protocols share. A member that is missing or of another type says
 * nothing. */
const char *chat_word(const json_t *o, const char *key); /* "" if it is no string */
/* Nothing if v is no string; -1 when out is full. */
int chat_append(const struct bd_host *host, struct bd_buf *out, const json_t *v);
void chat_set_finish(struct bd_answer *out, const char *word);
void chat_read_usage(const json_t *usage, struct bd_answer *out);
void chat_read_head(const struct bd_host *host, const json_t *o, struct bd_answer *out);
/* choices[] of o, each with its text under key. -1 when the text is full. */
int chat_read_choices(const struct chat *c, const json_t *o, const char *key,
                      struct bd_answer *out);
int chat_add_message(json_t *messages, const char *role, const char *content);
int chat_add_thinking(const struct chat *c, json_t *body);

/* The last bytes of bd_answer.scratch; think.c has the front. */
enum chat_flag { CHAT_TOLD_MODEL = 1, CHAT_TOLD_ID = 2, CHAT_HAS_TEXT = 4 };
int chat_flag(const struct bd_answer *out, enum chat_flag flag);
void chat_set_flag(struct bd_answer *out, enum chat_flag flag);
/* How many pages were numbered by their order, at most 255. */
void chat_set_order(struct bd_answer *out, unsigned char pages);
unsigned char chat_next_order(struct bd_answer *out);

/* The Responses API (responses.c). */
int chat_responses_fill(const struct chat *c, const struct bd_ask *ask, json_t *body);
int chat_responses_read(const struct chat *c, const json_t *o, struct bd_answer *out);

/* The codes that many services share. */
extern const struct chat_code chat_shared_codes[];
extern const struct chat_saying chat_shared_sayings[];

#endif
