/* runtime/convert.h - one option's value: from the text of an INI to what it means.
 *
 * Strict: a value is either exactly one of the forms below or refused, with a reason
 * that says what would be right. [main] (PATH looks at $HOME) */
#ifndef BD_RUNTIME_CONVERT_H
#define BD_RUNTIME_CONVERT_H

#include <stddef.h>
#include <stdint.h>

#include "base/fail.h"
#include "bd/option.h"

#define BD__WHY_BYTES 256

struct bd__value {
    char *text;     /* TEXT, PATH ("~/" replaced), URL (no '/' at the end); else NULL */
    int64_t number; /* INT, BOOL, DURATION in ms, SIZE in bytes */
    double real;
};

/* TEXT      UTF-8 on one line, no control characters
 * INT       -?[0-9]+ within the bounds; "auto" reads as 0 where the default is "auto"
 * REAL      -?[0-9]+(.[0-9]+)? with at most 15 digits
 * BOOL      yes no true false on off 1 0
 * DURATION  [0-9]+ followed by ms, s, m, h or nothing (seconds)
 * SIZE      [0-9]+ followed by B, kB, MB, GB (1000), KiB, MiB, GiB (1024) or nothing
 * PATH      not empty; "~/..." is below $HOME
 * URL       http or https, a host, maybe a port and a path; no user, query, fragment
 *
 * -1 and why otherwise. The caller frees out->text. */
int bd__convert(const struct bd_option *o, const char *text, struct bd__value *out,
                char why[BD__WHY_BYTES]) BD_MUST_CHECK;

/* "text", "integer" ...; NULL for a number that is no type. */
const char *bd__convert_type(uint32_t type);

#endif
