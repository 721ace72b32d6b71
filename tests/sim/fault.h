/* sim/fault.h - what can go wrong with a call, by word, and scripts of it.
 *
 * A script is a list of entries "WORD", "WORD xN" or "WORD forever" that calls consume
 * in the order of their arrival; "ok" is a word like the others. A script that is used
 * up leaves its calls to plain behaviour. */
#ifndef SIM_FAULT_H
#define SIM_FAULT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/fail.h"
#include "sim/trouble.h"

enum sim_fault {
    SIM_OK,
    SIM_TROUBLE,       /* an error reply of the provider's own: sim_act.trouble */
    SIM_HANG,          /* reads the request, never answers */
    SIM_HANG_ACCEPT,   /* stops reading */
    SIM_RESET,         /* RST instead of an answer */
    SIM_RESET_MID,     /* RST after half of the body */
    SIM_HALF_BODY,     /* FIN after half of the body, which HTTP calls incomplete */
    SIM_CUT_STREAM,    /* HTTP ends well after half of the events, the answer does not */
    SIM_CUT_UTF8,      /* the same, inside a character */
    SIM_STALL,         /* silent after half of the body, the connection stays open */
    SIM_DRIP,          /* one byte of the body a second */
    SIM_KEEPALIVE,     /* comments or blank lines, for ever */
    SIM_SLOW_HEADERS,  /* five bytes of the head a second */
    SIM_EMPTY,         /* 200 without a body */
    SIM_ERROR_IN_200,  /* 200 with an error body */
    SIM_ERROR_MID,     /* an error event after half of the text */
    SIM_GARBAGE,       /* 200 with what is not JSON */
    SIM_WRONG_TYPE,    /* JSON where a stream was asked for, and the other way round */
    SIM_EMPTY_CONTENT, /* a proper reply that says nothing */
    SIM_SENSITIVE,     /* moderation stops the answer half-way */
    SIM_NETWORK_ERROR, /* the provider's finish reason for its own trouble */
    SIM_NO_DONE,       /* ends without [DONE] */
    SIM_CRLF,          /* lines end in CR LF, a comment before each event */
    SIM_LONG_LINE,     /* an event of 2 MiB, most of it an unknown member */
    SIM_FLOOD,         /* a body that never ends, as fast as it is read */
    /* What is no proper HTTP, or no proper answer */
    SIM_TWO_STATUS,    /* the status line stands there twice */
    SIM_SHORT_LENGTH,  /* Content-Length is half of what comes */
    SIM_LONG_LENGTH,   /* Content-Length is more than what comes, then FIN */
    SIM_WRONG_LABEL,   /* what was asked for, under the other's Content-Type */
    SIM_NO_TYPE,       /* no Content-Type at all */
    SIM_GZIP,          /* compressed, although nobody asked for it */
    SIM_BAD_UTF8,      /* bytes inside the text that are no UTF-8 */
    SIM_DEEP_JSON,     /* brackets in brackets, 10,000 of them */
    SIM_MANY_VALUES,   /* a few MiB of JSON in a million tiny pieces */
    SIM_BAD_CHUNKS,    /* half of the body, then a chunk whose size is no number */
    SIM_CONTINUE_HANG, /* 100 Continue, and then nothing */
    SIM_EARLY_HINTS,   /* 103 with headers of its own, then the answer */
    SIM_HTTP09,        /* the body without any head */
    SIM_REDIRECT,      /* 302 to the setting's location */
    SIM_RESET_HEAD,    /* RST after the head */
    SIM_RESET_END,     /* RST right behind a whole answer */
    SIM_OTHER_MODEL,   /* another model says that it answered */
    SIM_SNAPSHOT,      /* the model calls itself by its dated name */
    SIM_HTML,          /* 200 with a web page */
    SIM_LATE,          /* the answer, 15 s later than it would be */
    SIM_HANGUP,        /* an answer; the connection closes when the next request comes */
    /* Too much of it: generated while it is sent, never held */
    SIM_HUGE_BODY,    /* 1 GiB in chunks */
    SIM_HUGE_LINE,    /* an event of 16 MiB */
    SIM_HUGE_HEADER,  /* a header of 1 GiB */
    SIM_MANY_HEADERS, /* 100,000 of them */
    SIM_GZIP_BOMB,    /* 1 GiB, a thousandth of it on the wire */
    SIM_ZSTD_BOMB,    /* 1 GiB, 32 KiB on the wire */
};

struct sim_act {
    enum sim_fault kind;
    const struct sim_trouble *trouble; /* for TROUBLE, ERROR_IN_200 and the like */
    char word[32];                     /* as written, for log and counters */
};

/* "hang", "429", "SetLimitExceeded": -1 and *err (naming the word and the remedy) if
 * that provider cannot do it. */
int sim_act_read(struct sim_act *act, int provider, const char *word, size_t n,
                 struct bd_error *err) BD_MUST_CHECK;

struct sim_step {
    struct sim_act act;
    uint32_t times;
    bool forever;
};

struct sim_script {
    struct sim_step *steps;
    size_t n, at;
    uint32_t used; /* of steps[at] */
};

/* list is an array of strings; path names it in errors. s is replaced on success. */
int sim_script_read(struct sim_script *s, int provider, const json_t *list,
                    const char *path, struct bd_error *err) BD_MUST_CHECK;
void sim_script_free(struct sim_script *s);
void sim_script_rewind(struct sim_script *s);
/* What the next call gets, without consuming it; NULL: the script is used up. */
const struct sim_act *sim_script_peek(const struct sim_script *s);
const struct sim_act *sim_script_take(struct sim_script *s);

#endif
