/* bd/option.h - a plugin's settings as data.
 *
 * From one table come the checking of the INI section, the defaults,
 * `brandiag plugins`, the sample INI and the documentation. The core adds its own
 * options to every provider section; a plugin that lists one of those names
 * (base_url, model) replaces its default and help. */
#ifndef BD_OPTION_H
#define BD_OPTION_H

#include <stdint.h>

enum bd_option_type {
    BD_OPTION_TEXT = 1, /* any UTF-8 without control characters */
    BD_OPTION_INT,      /* decimal, within min..max */
    BD_OPTION_REAL,     /* decimal with a point, "0.8" */
    BD_OPTION_BOOL,     /* yes no true false on off 1 0 */
    BD_OPTION_DURATION, /* "250ms" "15s" "2m" "1h"; a bare number is seconds; read as ms
                         */
    BD_OPTION_SIZE,     /* "64KiB" "8MiB" "1000"; read as bytes */
    BD_OPTION_PATH,     /* a file or directory; "~/" is the home directory */
    BD_OPTION_URL       /* https://host[:port][/path] */
};

enum bd_option_flag {
    BD_OPTION_REQUIRED = 1, /* no default: the section is refused without it */
    BD_OPTION_SECRET = 2,   /* never printed, logged or stored */
    BD_OPTION_LINES = 4     /* TEXT that may span lines (indented continuation lines) */
};

/* All strings are constant for as long as the plugin is loaded. */
struct bd_option {
    const char *name;          /* as in the INI: [a-z0-9_]+ */
    uint32_t type;             /* enum bd_option_type */
    uint32_t flags;            /* enum bd_option_flag, or-ed */
    const char *default_value; /* as it would be written in the INI; NULL = unset */
    const char *help;          /* one line, English */
    int64_t min, max;          /* INT, DURATION (ms), SIZE; both 0 = no bounds */
};

#endif
