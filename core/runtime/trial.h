/* runtime/trial.h - a plugin is tried in another process before it is loaded in ours.
 *
 * What it may do when its code first runs, a crash or a hang, is done there. The child
 * runs `program plugins try NAME` with the plugin's private copy as descriptor 3, all
 * other descriptors closed, nothing to read, and an environment without keys: PATH, HOME,
 * LD_LIBRARY_PATH, LC_ALL=C and the sanitizers' options. A plugin is good if the child
 * ends with exit code 0 and BD__TRIAL_GOOD as its last line on stderr: exit() in a
 * constructor is no success. [main] */
#ifndef BD_RUNTIME_TRIAL_H
#define BD_RUNTIME_TRIAL_H

#include <stdint.h>

#include "base/fail.h"

#define BD__TRIAL_MS   5000 /* how long a trial may take */
#define BD__TRIAL_GOOD "it loads"

struct bd__trial {
    const char *program; /* its path */
    const char *name;    /* the plugin's */
    int fd;              /* its private copy; lent */
    int64_t limit_ms;
};

/* Waits for the child. -1: the plugin is refused (BD_ERR_PLUGIN, with what the child said
 * last, or how it ended), or the child could not be started. The child and what it has
 * started are gone when this returns. */
int bd__trial_run(const struct bd__trial *t, struct bd_error *err) BD_MUST_CHECK;

#endif
