/* tests/runtime/sanitized.h - is this a sanitizer build? They keep plugins loaded, and
 * take signals for themselves. */
#ifndef BD_TESTS_RUNTIME_SANITIZED_H
#define BD_TESTS_RUNTIME_SANITIZED_H

#include <stdbool.h>
#include <stdlib.h>

static inline bool sanitized(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
    return true;
#endif
#endif
    return false;
}

/* In children from here on: a signal ends a process as it does without a sanitizer. */
static inline void crashes_are_crashes(void)
{
    static const char options[] = "handle_segv=0:handle_abort=0:handle_sigbus=0:"
                                  "handle_sigill=0:handle_sigfpe=0:detect_leaks=0";

    if (setenv("ASAN_OPTIONS", options, 1) != 0 ||
        setenv("TSAN_OPTIONS", options, 1) != 0)
        abort();
}

#endif
