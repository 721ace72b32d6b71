/* tests/fuzz/fuzz.h - what the fuzz targets share.
 *
 * A target is one function that is called with any bytes. Under libFuzzer (preset
 * `fuzz`) these come from coverage; in every other build drive.c calls it with the seeds
 * and with a fixed number of changed ones, as a test like the others. What must hold is
 * said with must(). */
#ifndef BD_TESTS_FUZZ_H
#define BD_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define must(what)                                                                    \
    do {                                                                              \
        if (!(what)) {                                                                \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #what); \
            abort();                                                                  \
        }                                                                             \
    } while (0)

/* The bytes in memory of exactly their size, so that a sanitizer sees one byte more. The
 * caller's. */
static inline char *exactly(const uint8_t *data, size_t n)
{
    char *copy = malloc(n ? n : 1);

    must(copy);
    if (n)
        memcpy(copy, data, n);
    return copy;
}

#endif
