/* tests/runtime/short.h - memory that runs out when a test says so; link with
 * -Wl,--wrap= for each function here. */
#ifndef BD_TESTS_RUNTIME_SHORT_H
#define BD_TESTS_RUNTIME_SHORT_H

#include <stddef.h>

/* Memory runs out at the allocation that `allowed` counts down to; -1 = never. The
 * linker sends every allocation of the core here (not those of libraries). */
static long allowed = -1;
static int refusals;

static int short_of_memory(void)
{
    if (allowed < 0 || allowed-- > 0)
        return 0;
    allowed = -1;
    refusals++;
    return 1;
}

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
char *__real_strdup(const char *s);
char *__real_strndup(const char *s, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
char *__wrap_strdup(const char *s);
char *__wrap_strndup(const char *s, size_t n);

void *__wrap_malloc(size_t n)
{
    return short_of_memory() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return short_of_memory() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
    return short_of_memory() ? NULL : __real_realloc(p, n);
}

char *__wrap_strdup(const char *s)
{
    return short_of_memory() ? NULL : __real_strdup(s);
}

char *__wrap_strndup(const char *s, size_t n)
{
    return short_of_memory() ? NULL : __real_strndup(s, n);
}

#endif
