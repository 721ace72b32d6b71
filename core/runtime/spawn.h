/* runtime/spawn.h - starting a thread that leaves signals to [main]. [any] */
#ifndef BD_RUNTIME_SPAWN_H
#define BD_RUNTIME_SPAWN_H

#include <pthread.h>

/* pthread_create with every signal blocked but those that a thread causes itself (a
 * debugger, a sanitizer and a core dump need these). Returns 0 or an errno value. */
int bd__spawn(pthread_t *thread, void *(*run)(void *arg), void *arg);

#endif
