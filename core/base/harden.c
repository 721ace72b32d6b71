/* base/harden.c - see harden.h. */
#include "base/harden.h"

#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#if defined(__has_feature)
#define HAS_FEATURE(x) __has_feature(x)
#else
#define HAS_FEATURE(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || \
    HAS_FEATURE(address_sanitizer) || HAS_FEATURE(thread_sanitizer)
#define SANITIZED true
#else
#define SANITIZED false
#endif

static bool is_allowed(void)
{
    const char *s = getenv("BRANDIAG_ALLOW_CORE"); /* NOLINT(concurrency-mt-unsafe) */

    return SANITIZED || (s && strcmp(s, "1") == 0);
}

bool bd_process_harden(void)
{
    const struct rlimit none = {0, 0};

    if (is_allowed())
        return false;
    /* The limit alone would not do: a program behind the kernel's core_pattern, as
     * systemd-coredump is, gets its dump whatever the limit says. */
    (void)setrlimit(RLIMIT_CORE, &none); /* lowering it cannot fail */
    return prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L) == 0;
}
