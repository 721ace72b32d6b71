/* base/thread.c - the thread-local mark behind BD_ON. */
#define _GNU_SOURCE /* pthread_setname_np */
#include "base/thread.h"

#include <pthread.h>

static _Thread_local enum bd_thread mine;

void bd_thread_is(enum bd_thread what, const char *name)
{
    mine = what;
    if (what != BD_MAIN) /* the program keeps its own name */
        (void)pthread_setname_np(pthread_self(), name); /* cosmetic */
}

enum bd_thread bd_thread_what(void)
{
    return mine;
}
