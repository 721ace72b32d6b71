/* bd/error.h - the one error value, used by every floor and every plugin.
 *
 * A struct bd_error is plain data: no pointers, nothing to free, safe to copy
 * between threads and to keep after the plugin that filled it was unloaded.
 * It is filled once, where the failure is first seen. The floors above add to
 * context and change nothing else, so the cause reaches the user whole. */
#ifndef BD_ERROR_H
#define BD_ERROR_H

#include <stdint.h>

/* clang-format off */
/* type, name, may the same call succeed later? New types go at the end. */
#define BD_ERROR_MAP(X)                           \
    X(NONE,             "none",             0)    \
    X(AUTH,             "auth",             0)    \
    X(QUOTA,            "quota",            0)    \
    X(RATE_LIMITED,     "rate_limited",     1)    \
    X(OVERLOADED,       "overloaded",       1)    \
    X(TIMEOUT,          "timeout",          1)    \
    X(INVALID_REQUEST,  "invalid_request",  0)    \
    X(CONTENT_FILTERED, "content_filtered", 0)    \
    X(MODEL_NOT_FOUND,  "model_not_found",  0)    \
    X(EMPTY_ANSWER,     "empty_answer",     1)    \
    X(NETWORK,          "network",          1)    \
    X(TOO_LARGE,        "too_large",        0)    \
    X(PROTOCOL,         "protocol",         1)    \
    X(CANCELLED,        "cancelled",        0)    \
    X(CONFIG,           "config",           0)    \
    X(PLUGIN,           "plugin",           0)    \
    X(STORAGE,          "storage",          1)    \
    X(INTERNAL,         "internal",         1)

enum bd_error_type {
#define X(id, name, again) BD_ERR_##id,
    BD_ERROR_MAP(X)
#undef X
    BD_ERR_COUNT
};
/* clang-format on */

struct bd_error {
    int32_t type;           /* enum bd_error_type */
    int32_t code;           /* the failing layer's own: errno, CURLcode, HTTP status */
    int32_t recoverable;    /* 1 if the same call may succeed later */
    int32_t retry_after_ms; /* the wait the other side asked for, 0 if none */
    int64_t time_ms;        /* Unix milliseconds when the failure was seen */
    char source[24];        /* who saw it: "http", "doubao" */
    char message[304];      /* the cause, UTF-8, whole characters only */
    char context[160];      /* what was being done, outermost first: "run 7: q 12" */
};
_Static_assert(sizeof(struct bd_error) == 512, "bd_error is part of the plugin ABI");

#endif
