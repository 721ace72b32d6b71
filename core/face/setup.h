/* face/setup.h - what every command needs before it can begin: which configuration,
 * where the plugins are, how to say what is wrong. [main] */
#ifndef BD_FACE_SETUP_H
#define BD_FACE_SETUP_H

#include "engine/engine.h"
#include "face/args.h"

#define BD_SETUP_SETS 256 /* --set options of one command line */

struct bd_setup {
    const char *config; /* --config; NULL: looked for */
    const char *sets[BD_SETUP_SETS];
    size_t set_count;
};

/* The options that all of these commands have, for their tables. */
#define BD_SETUP_ARGS                                                               \
    {"config", "FILE",                                                              \
     "configuration; default: $BRANDIAG_CONFIG, ./brandiag.ini, "                   \
     "~/.config/brandiag/brandiag.ini, /etc/brandiag/brandiag.ini"},                \
    {                                                                               \
        "set", "section.key=value", "one setting, over the file's; may be repeated" \
    }

/* Takes --config and --set: 1 if it was one of them, 0 if not, -1 after a complaint. */
int bd_setup_take(struct bd_setup *s, const char *command, const char *name,
                  const char *value);

/* The plan for the engine; paths are found here. The strings live as long as the
 * program. -1 after a complaint: a --config or $BRANDIAG_CONFIG that is not there. */
int bd_setup_plan(const struct bd_setup *s, struct bd_engine_plan *plan);

/* Starts the engine; NULL after telling every problem on stderr (exit code 2). */
struct bd_engine *bd_setup_engine(const struct bd_setup *s, enum bd_engine_use use);

/* The same with a plan of one's own, which bd_setup_plan() filled. */
struct bd_engine *bd_setup_start(struct bd_engine_plan *plan, enum bd_engine_use use,
                                 const struct bd_setup *s);

/* Starts the engine to look, loads that diagnosis for fn, and stops. The exit code: fn's,
 * or 2 or 1 after a complaint. */
int bd_setup_stored(const struct bd_setup *s, const char *id,
                    int (*fn)(void *arg, struct bd_engine *e, struct bd_record *rec),
                    void *arg);

/* The directory of this program, or one beside it: <bin>/../<name>. */
const char *bd_setup_beside(const char *name, char *out, size_t size);

/* Says on stderr that no configuration was found, if none was. */
void bd_setup_hint(const struct bd_setup *s);

/* "brandiag: context: message (type code, source)" on stderr; without the bracket where
 * the message is for whoever wrote the command line or the configuration. */
void bd_setup_complain(const struct bd_error *err);

/* Writes all to the file (or stdout if NULL or "-"), whole or not at all: through a
 * file beside it that is renamed. 0, or -1 after a complaint. */
int bd_setup_write(const char *path, const char *p, size_t n);

#endif
