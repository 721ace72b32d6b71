/* sim/provider.h - the services that are imitated: names, paths, request bodies.
 *
 * Five protocols on one port, told apart by the path. What differs between them in
 * replies is in reply.h, in errors in trouble.h. */
#ifndef SIM_PROVIDER_H
#define SIM_PROVIDER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum sim_provider {
    SIM_DOUBAO,
    SIM_QWEN,
    SIM_DEEPSEEK,
    SIM_ZHIPU,
    SIM_OPENAI,
    SIM_PROVIDERS,
};

const char *sim_provider_name(int provider);
/* -1 if there is none of that name. */
int sim_provider_find(const char *name, size_t n);

struct sim_way { /* by which a request came */
    bool known;  /* a path to ask at; else one that only lies below the prefix */
    bool other;  /* of the protocol that only searches speak */
    bool parts;  /* contents are lists of parts there */
    bool events, versioned; /* by headers: X-DashScope-SSE, anthropic-version */
};

/* Whose path is it? Fills what the path tells of *way. -1: nobody's. A query string is
 * ignored. */
int sim_provider_of_path(const char *path, struct sim_way *way);

/* What a chat request asks for. */
struct sim_ask {
    int provider;
    char model[96];
    bool stream, include_usage, thinking;
    bool other, parts, events, versioned; /* as in struct sim_way */
    bool search;          /* with web search, and with the pages that it finds */
    int64_t max_tokens;   /* 0: no limit */
    struct bd_buf prompt; /* the text of all messages, a line feed between two */
    size_t question;      /* where in prompt the last user message begins */
    const char *text;     /* the last user message: prompt.data + question */
};

/* Where a request falls short: the word of the error to answer with (trouble.h), and
 * what to put into its text. */
struct sim_objection {
    const char *word; /* NULL: nothing to object to */
    char param[48];
    char detail[160];
};

/* Reads and checks a body as that provider does. *ask is only filled as far as it was
 * read, and must be freed in either case. */
void sim_ask_read(struct sim_ask *ask, int provider, const struct sim_way *way,
                  const char *body, size_t n, struct sim_objection *no);
void sim_ask_free(struct sim_ask *ask);

#endif
