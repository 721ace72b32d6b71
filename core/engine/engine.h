/* engine/engine.h - everything that runs, started and stopped as one.
 *
 * One engine a process: pool, network threads, store, scheduler and the generation in
 * use. Faces see only engine headers. [main] but where said. */
#ifndef BD_ENGINE_ENGINE_H
#define BD_ENGINE_ENGINE_H

#include "base/fail.h"
#include "base/json.h"
#include "domain/record.h"

struct bd_engine;

enum bd_engine_use {                      /* of the storage */
                     BD_ENGINE_KEEPS = 0, /* opened, and created if it is not there */
                     BD_ENGINE_LOOKS =
                         1, /* opened if it is there: nothing is created by looking */
                     BD_ENGINE_FORGETS =
                         2 /* not opened; diagnoses run and leave no trace */
};

struct bd_server_settings { /* of the daemon; strings live as long as the generation */
    const char *listen;
    const char *token_file;      /* NULL: no token is needed */
    const char *hosts, *origins; /* with commas; NULL: none */
    unsigned running, queue;
    unsigned connections, connections_per_ip; /* per ip 0: by the address it listens on */
    int64_t grace_ms;
};

struct bd_engine_plan {
    const char *ini_path;    /* NULL = defaults only */
    const char *const *sets; /* "section.key=value", they win over the file */
    size_t set_count;
    const char *plugin_dir; /* used where [engine] plugin_dir is unset */
    bool alone; /* no other process may work on the storage, see engine/claim.h */
    const char *trial_program; /* this program: tries plugins in a process of its own
                                  before they are loaded; NULL: none */
    /* [any] Something waits for bd_engine_reap(); must not block. May be NULL. */
    void (*on_spent)(void *arg);
    void *on_spent_arg;
    /* [main] Looks at the settings that a reload brings, lent for the call, before
     * anything changes. -1: with them, nothing does. May be NULL. */
    int (*accept)(void *arg, const struct bd_server_settings *next, struct bd_error *err);
    void *accept_arg;
    enum bd_engine_use use;
};

/* The plan's strings are lent until stop. Reads the configuration, loads the plugins,
 * opens the storage, starts the threads. Every problem of the configuration is appended
 * to problems, one line each. */
int bd_engine_start(struct bd_engine **out, const struct bd_engine_plan *plan,
                    struct bd_buf *problems, struct bd_error *err) BD_MUST_CHECK;
/* [main] Waits until nothing runs any more, until monotonic until_ms at most. False: a
 * call of a plugin does not return, and bd_engine_stop() would wait for it for ever.
 * Diagnoses must be freed before. */
bool bd_engine_settle(struct bd_engine *e, int64_t until_ms);
/* Ends calls that run, stores what is queued, joins. Diagnoses must be freed before.
 * NULL is fine. */
void bd_engine_stop(struct bd_engine *e);

const struct bd_server_settings *bd_engine_server(const struct bd_engine *e);

/* [any] How the providers are, for people and programs: an array of objects, as in
 * docs/openapi.yaml. NULL when memory is short. */
json_t *bd_engine_providers(struct bd_engine *e);
/* [any] The storage: {"plugin", "failing", ...}. */
json_t *bd_engine_storage(struct bd_engine *e);
/* [any] Does the storage take rows? While it does not, a row is put now and then to find
 * out; call it once a second. */
bool bd_engine_storing(struct bd_engine *e);

int64_t bd_engine_deadline_ms(const struct bd_engine *e);
const char *bd_engine_currency(const struct bd_engine *e);
/* The i-th configured provider's name; NULL past the last. */
const char *bd_engine_provider(const struct bd_engine *e, size_t i);

/* What a stored diagnosis was: its inquiry and cells, the answers read again with
 * today's rules. BD_ERR_STORAGE if there is none with that id, or no
 * storage yet. *out is the caller's. */
int bd_engine_load(struct bd_engine *e, const char *id, struct bd_record *out,
                   struct bd_error *err) BD_MUST_CHECK;

struct bd_listed { /* lent for the call */
    const char *id, *brand;
    int64_t created_ms;
    bool running;           /* or interrupted */
    const json_t *summary;  /* the report's summary; NULL while running */
    const char *client_key; /* what a service keeps with it; NULL: nothing */
    const json_t *request;  /* what was asked, as `run --from` takes it */
};
/* Newest first, at most limit (0 = all), ids below before_id (NULL = from the newest).
 * None if there is no storage yet. */
int bd_engine_list(struct bd_engine *e, int limit, const char *before_id,
                   void (*each)(void *arg, const struct bd_listed *row), void *arg,
                   struct bd_error *err) BD_MUST_CHECK;
/* The same of those that are running or were interrupted, all of them. */
int bd_engine_list_unfinished(struct bd_engine *e,
                              void (*each)(void *arg, const struct bd_listed *row),
                              void *arg, struct bd_error *err) BD_MUST_CHECK;
/* Calls each once, or not at all if there is none with that id. */
int bd_engine_look_up(struct bd_engine *e, const char *id,
                      void (*each)(void *arg, const struct bd_listed *row), void *arg,
                      struct bd_error *err) BD_MUST_CHECK;

#endif
