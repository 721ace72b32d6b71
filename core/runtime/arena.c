/* runtime/arena.c - see arena.h.
 *
 * Units of 64 bytes. What is used is noted outside of the arena, so that a child of
 * fork(), which finds it empty, can still free what its parent had taken. */
#define _GNU_SOURCE /* explicit_bzero, MADV_DONTDUMP, MADV_WIPEONFORK */
#include "runtime/arena.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

#define UNIT  ((size_t)64)
#define UNITS (BD__ARENA_BYTES / UNIT)
#define INNER 255 /* belongs to a run that began before */

static char *arena;               /* NULL before the first key; never given back */
static unsigned char runs[UNITS]; /* 0 free; else units from here on, or INNER */

static bool map(void)
{
    void *p;

    if (arena)
        return true;
    p = mmap(NULL, BD__ARENA_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
             -1, 0);
    if (p == MAP_FAILED)
        return false;
    /* Best effort all three: a kernel or a limit that refuses must not cost the keys. */
    (void)madvise(p, BD__ARENA_BYTES, MADV_DONTDUMP);
    (void)madvise(p, BD__ARENA_BYTES, MADV_WIPEONFORK);
    (void)mlock(p, BD__ARENA_BYTES);
    arena = p;
    return true;
}

/* The first of so many free units in a row, or UNITS. */
static size_t find(size_t units)
{
    size_t row = 0;

    for (size_t i = 0; i < UNITS; i++) {
        row = runs[i] ? 0 : row + 1;
        if (row == units)
            return i + 1 - units;
    }
    return UNITS;
}

char *bd__arena_take(size_t n)
{
    size_t units = (n + UNIT - 1) / UNIT, at;

    if (n == 0 || units >= INNER || !map())
        return NULL;
    at = find(units);
    if (at == UNITS)
        return NULL;
    memset(runs + at, INNER, units);
    runs[at] = (unsigned char)units;
    return arena + at * UNIT;
}

void bd__arena_give(char *p)
{
    size_t at, units;

    if (!p)
        return;
    assert(p >= arena && p < arena + BD__ARENA_BYTES);
    at = (size_t)(p - arena) / UNIT;
    units = runs[at];
    assert(units != 0 && units != INNER); /* freed twice, or not ours */
    explicit_bzero(arena + at * UNIT, units * UNIT);
    memset(runs + at, 0, units);
}

size_t bd__arena_used(void)
{
    size_t used = 0;

    for (size_t i = 0; i < UNITS; i++)
        used += runs[i] ? UNIT : 0;
    return used;
}
