/* runtime/alarms.h - "call this at that time", on a network thread. */
#ifndef BD_RUNTIME_ALARMS_H
#define BD_RUNTIME_ALARMS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <uv.h>

struct bd__alarm;
TAILQ_HEAD(bd__alarm_list, bd__alarm);

struct bd__alarms {
    pthread_mutex_t lock;
    struct bd__alarm_list fresh; /* set by others, not yet on the loop; under lock */
    bool closed;                 /* under lock */
    uv_async_t *wake;            /* sent under lock, and not after closed */

    uv_loop_t *uv;             /* [net] */
    struct bd__alarm_list set; /* [net] */
};

void bd__alarms_init(struct bd__alarms *a, uv_loop_t *uv, uv_async_t *wake);
/* [any] -1 when memory is short or after close. */
int bd__alarms_add(struct bd__alarms *a, int64_t at_ms, void (*fn)(void *arg), void *arg);
/* [net] Puts what was added on the loop. */
void bd__alarms_take(struct bd__alarms *a);
/* [net] Rings all that are left, at once. */
void bd__alarms_close(struct bd__alarms *a);
void bd__alarms_free(struct bd__alarms *a);

/* [net] Milliseconds from the loop's idea of now until monotonic at_ms, never too few. */
uint64_t bd__alarms_till(const uv_loop_t *uv, int64_t at_ms);

#endif
