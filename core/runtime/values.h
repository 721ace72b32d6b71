/* runtime/values.h - one section of the INI, checked against option tables.
 *
 * Several tables may describe one section (the core's provider options and the
 * plugin's); an option in a later table replaces the default and help of one with the
 * same name in an earlier, and may make it required. Immutable, and to be freed before
 * the plugin whose table it was made from is unloaded. [main] makes and frees, [any]
 * reads. */
#ifndef BD_RUNTIME_VALUES_H
#define BD_RUNTIME_VALUES_H

#include <stdbool.h>

#include "bd/option.h"
#include "runtime/ini.h"

struct bd_option_table {
    const struct bd_option *options;
    uint32_t count;
    uint32_t size; /* of one element, as its author compiled it */
};

struct bd_values;

/* Every key of the section must be in a table and its value of the right type and
 * within bounds; required ones must be there. Each fault is added to problems with
 * file:line, for unknown keys with the nearest known name. -1 if there was any. */
int bd_values_check(struct bd_values **out, const struct bd_ini *ini, const char *section,
                    const struct bd_option_table *tables, size_t table_count,
                    struct bd_problems *problems) BD_MUST_CHECK;
void bd_values_free(struct bd_values *v);

/* The option of that name as the tables together describe it; NULL if it is in none. */
const struct bd_option *bd_values_option(const struct bd_values *v, const char *name);

/* As bd_host.text/number/real: unset reads as NULL, 0. A name in no table asserts. The
 * core also reads secret options here; the host table (host.h) hides them. */
const char *bd_values_text(const struct bd_values *v, const char *name);
int64_t bd_values_number(const struct bd_values *v, const char *name);
double bd_values_real(const struct bd_values *v, const char *name);
/* "brandiag.ini:12", "--set", "default" or "unset". */
const char *bd_values_origin(const struct bd_values *v, const char *name);

/* For `check --show` and `plugins`: the i-th option and its value as text ("***" if
 * secret, "" if unset). false past the last. */
bool bd_values_at(const struct bd_values *v, size_t i, const struct bd_option **option,
                  const char **value, const char **origin);

/* Have both the same options, each with the same value, wherever it comes from? */
bool bd_values_same(const struct bd_values *a, const struct bd_values *b);

/* The nearest of the names, or NULL if none is near. For messages. */
const char *bd_values_nearest(const char *name, const char *const *names, size_t count);

#endif
