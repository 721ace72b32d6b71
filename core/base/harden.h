/* base/harden.h - a process that holds keys shows its memory to nobody. [main]
 *
 * No core dump is written, and no other process of the same user may read this one's
 * memory, environment or descriptors (/proc/PID/mem, ptrace); root still may. What the
 * process itself needs of /proc goes on working for every user: /proc/self/exe, and
 * /proc/self/fd/N, which plugins are loaded through. Only /proc/self/environ can then be
 * read by root alone.
 *
 * BRANDIAG_ALLOW_CORE=1 in the environment leaves everything as it was, for a debugger or
 * a core dump. A build with a sanitizer does so too: its leak checker attaches to the
 * process. Programs that are started from here begin with the usual state, but for the
 * size of core dumps, which stays 0. */
#ifndef BD_BASE_HARDEN_H
#define BD_BASE_HARDEN_H

#include <stdbool.h>

/* First in main(), before keys are read. false: left as it was. */
bool bd_process_harden(void);

#endif
