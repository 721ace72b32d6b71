/* base/fail.h - making and passing errors. [any] No locks, no allocation. */
#ifndef BD_BASE_FAIL_H
#define BD_BASE_FAIL_H

#include <stdarg.h>
#include <stddef.h>

#include "bd/error.h"
#include "bd/plugin.h" /* BD_PRINTF */

#define BD_MUST_CHECK __attribute__((warn_unused_result))

/* Fills *err and returns -1, so that a failing function can end with
 * "return bd_fail(...)". err may be NULL when the caller needs only the -1. */
int bd_fail(struct bd_error *err, enum bd_error_type type, int code, const char *source,
            const char *fmt, ...) BD_PRINTF(5, 6);
int bd_vfail(struct bd_error *err, enum bd_error_type type, int code, const char *source,
             const char *fmt, va_list ap) BD_PRINTF(5, 0);

/* The same, with errno as the code and its text behind what. */
int bd_fail_errno(struct bd_error *err, enum bd_error_type type, const char *source,
                  const char *what);

/* Puts a step in front of the context and returns -1. A step that does not fit
 * is left out; the cause and the steps nearer to it stay. */
int bd_fail_in(struct bd_error *err, const char *fmt, ...) BD_PRINTF(2, 3);

/* "context: message (type code, source)" for people; the API prints the fields. */
void bd_error_print(const struct bd_error *err, char *out, size_t size);

const char *bd_error_name(int32_t type);
/* The type of that name; BD_ERR_INTERNAL if there is none. */
int32_t bd_error_type(const char *name);

#endif
