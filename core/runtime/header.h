/* runtime/header.h - checking header lines we send, reading ones we get. [any] */
#ifndef BD_RUNTIME_HEADER_H
#define BD_RUNTIME_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fail.h"

/* Are all of the n bytes one "Name: value", with nothing in it that could start another
 * line? Names that the core itself sets (Host, Content-Length, Transfer-Encoding,
 * Connection, Expect) are refused. The message names the header, never its value. */
int bd_header_check(const char *line, size_t n, struct bd_error *err) BD_MUST_CHECK;

/* The value of a "Name: value\r\n" line without the blanks around it, if the line is of
 * that name (in small letters; case does not matter); NULL otherwise. Lent by line. */
const char *bd_header_value(const char *line, size_t n, const char *name, size_t *size);

/* What "Retry-After" asks for, in ms: seconds, also with a fraction, or an HTTP date
 * seen from wall_ms. 0 if it asks for nothing (garbage, negative, past); INT32_MAX at
 * most. in_ms: the value of "retry-after-ms", a number of milliseconds. */
int32_t bd_header_retry_after(const char *value, size_t n, bool in_ms, int64_t wall_ms);

#endif
