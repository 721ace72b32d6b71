/* face/simulator.h - brandiag-sim as a child of the demo. [main] */
#ifndef BD_FACE_SIMULATOR_H
#define BD_FACE_SIMULATOR_H

#include <sys/types.h>

struct bd_simulator {
    pid_t pid;
    char url[128]; /* "http://127.0.0.1:PORT" */
};

/* Starts the one beside this program, on a free port of the loopback; it takes that key
 * only. *sim is zeroed by the caller. -1 after a complaint. */
int bd_simulator_start(struct bd_simulator *sim, const char *seed, const char *key);
/* Ends it and waits for that. One that was not started is fine. */
void bd_simulator_stop(struct bd_simulator *sim);

#endif
