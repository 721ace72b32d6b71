/* runtime/names.h - what is known of host names.
 *
 *   unknown ──look up──► known ──60 s──► stale: still given out, while it is looked up
 * anew │                                   └──1 h without news──► unknown └──failed──►
 * the failure is told for 1 s, then it is looked up again
 *
 * One look-up of a name at a time, however many ask. At most 256 names; past that the one
 * that was asked for longest ago goes. No thread and no clock of its own: now_ms is
 * monotonic. [owner] runtime/resolver.c keeps one under its lock. */
#ifndef BD_RUNTIME_NAMES_H
#define BD_RUNTIME_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fail.h"

#define BD_NAMES_MAX        256
#define BD_NAMES_FRESH_MS   60000
#define BD_NAMES_STALE_MS   3600000
#define BD_NAMES_FAILED_MS  1000
#define BD_NAMES_ADDRESSES  1024 /* bytes of a list: some twenty addresses */
#define BD_NAMES_HOST_BYTES 256

enum bd_name_state {
    BD_NAME_KNOWN,  /* addresses are filled */
    BD_NAME_WAIT,   /* it is being looked up: ask again when there is news */
    BD_NAME_FAILED, /* error is filled */
};

struct bd_name_answer {
    char addresses[BD_NAMES_ADDRESSES]; /* "192.0.2.1,[2001:db8::1]" */
    struct bd_error error;
};

struct bd_names;

int bd_names_new(struct bd_names **out, struct bd_error *err) BD_MUST_CHECK;
void bd_names_free(struct bd_names *n); /* NULL is fine */

/* *look_up: the caller looks the name up and says so with bd_names_told. */
enum bd_name_state bd_names_ask(struct bd_names *n, const char *host, int64_t now_ms,
                                struct bd_name_answer *out, bool *look_up);

/* What a look-up brought; addresses NULL: it failed, err says why. A failure does not
 * make a name unknown whose addresses are still there. */
void bd_names_told(struct bd_names *n, const char *host, const char *addresses,
                   const struct bd_error *err, int64_t now_ms);

#endif
