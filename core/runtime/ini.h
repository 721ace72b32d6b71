/* runtime/ini.h - the configuration as text: sections and keys, each with its origin.
 *
 * Nothing is interpreted here but the INI grammar (inih): what a key means, and
 * whether it may be there, is said by option tables (values.h). --set lines come after
 * the file and win over it. Immutable once read, and counted. [main] */
#ifndef BD_RUNTIME_INI_H
#define BD_RUNTIME_INI_H

#include <stddef.h>

#include "base/buf.h"
#include "base/fail.h"

/* Everything found wrong, one line each: "brandiag.ini:12: unknown key ...". */
struct bd_problems {
    struct bd_buf lines; /* each ends with LF */
    int count;
};

void bd_problems_init(struct bd_problems *p);
void bd_problems_free(struct bd_problems *p);
/* where may be "" or NULL: a problem of the whole. */
void bd_problems_add(struct bd_problems *p, const char *where, const char *fmt, ...)
    BD_PRINTF(3, 4);

struct bd_ini_entry {
    const char *section, *key, *value; /* the value may hold LF: continued lines */
    const char *origin;                /* "brandiag.ini:12" or "--set" */
};

struct bd_ini;

/* Reads path (NULL: no file, everything is default) and the sets ("section.key=value";
 * the key is what follows the last '.' before the first '='). Problems: not readable,
 * lines that are neither, a line over 4,000 bytes, NUL, invalid UTF-8, duplicate keys
 * and duplicate sections, files over 1 MiB. -1 only when nothing could be read at all;
 * the caller looks at problems->count too. */
int bd_ini_read(struct bd_ini **out, const char *path, const char *const *sets,
                size_t set_count, struct bd_problems *problems,
                struct bd_error *err) BD_MUST_CHECK;
struct bd_ini *bd_ini_ref(struct bd_ini *ini); /* returns it */
/* Drops a reference. NULL is fine. */
void bd_ini_free(struct bd_ini *ini);

const char *bd_ini_path(const struct bd_ini *ini); /* NULL without a file */
size_t bd_ini_count(const struct bd_ini *ini);
const struct bd_ini_entry *bd_ini_entry(const struct bd_ini *ini, size_t i);
const struct bd_ini_entry *bd_ini_find(const struct bd_ini *ini, const char *section,
                                       const char *key);
/* The i-th different section name in file order; NULL past the last. */
const char *bd_ini_section(const struct bd_ini *ini, size_t i);
/* Where a section begins, "brandiag.ini:7"; "" if it is not there. */
const char *bd_ini_section_origin(const struct bd_ini *ini, const char *section);

#endif
