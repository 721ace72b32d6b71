/* engine/process.h - what this process uses, as the kernel tells. [any] */
#ifndef BD_ENGINE_PROCESS_H
#define BD_ENGINE_PROCESS_H

#include <stdint.h>

struct bd_process { /* -1 = not told: /proc is not there, or not of this kind */
    int64_t resident_bytes, virtual_bytes;
    int64_t threads;
    int64_t open_files, max_files;
    double cpu_seconds;   /* user and system, since the start */
    double start_seconds; /* Unix time */
};

/* Reads /proc and changes nothing; about as long as listing the open descriptors. */
void bd_process_look(struct bd_process *out);

#endif
