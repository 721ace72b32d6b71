/* base/thread.h - which thread is this? [any]
 *
 * A thread says once what it is; functions that belong to one kind of thread assert
 * it in their first line. In a release build BD_ON costs nothing. */
#ifndef BD_BASE_THREAD_H
#define BD_BASE_THREAD_H

#include <assert.h>

enum bd_thread { BD_MAIN = 1, BD_NET, BD_WORKER, BD_STORE, BD_API, BD_DNS, BD_RUNNER };

/* Marks the calling thread and names it for gdb and top ("bd-net", at most 15). */
void bd_thread_is(enum bd_thread what, const char *name);
enum bd_thread bd_thread_what(void);

#define BD_ON(what) assert(bd_thread_what() == (what))

#endif
