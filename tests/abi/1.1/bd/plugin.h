/* bd/plugin.h - what every plugin is made of.
 *
 * A plugin exports one symbol, BD_PLUGIN_ENTRY, which returns a constant
 * descriptor. It links against nothing of ours: all it needs from the host
 * comes in struct bd_host. A plugin starts no threads, keeps no globals that
 * change, installs no handlers, and never blocks outside the calls below.
 *
 * Versions. The major number is in the symbol's name, so a host that cannot
 * use a plugin does not find it. Within a major, fields are only added, and
 * only at the end of a struct; each addition raises BD_ABI_MINOR. A host takes a
 * plugin whose minor is not above its own, and treats fields past the plugin's
 * struct_size as absent. Arrays of structs carry their element's size.
 *
 * Ownership. Nothing changes hands across this line: arguments are lent for
 * the length of the call, and results are written into the host's buffers.
 *
 * Results. A method returns 0, or -1 after filling *err (host->fail does both).
 *
 * Log of the ABI (newest first):
 *   1.1  web search: bd_host.source, bd_answer.searched and .sources
 *   1.0  first */
#ifndef BD_PLUGIN_H
#define BD_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#include "bd/error.h"
#include "bd/option.h"

#define BD_PLUGIN_MAGIC      0x62645031u /* "bdP1" */
#define BD_ABI_MAJOR         1u
#define BD_ABI_MINOR         1u
#define BD_PLUGIN_ENTRY      bd_plugin_v1
#define BD_PLUGIN_ENTRY_NAME "bd_plugin_v1"
#define BD_EXPORT            __attribute__((visibility("default")))
#define BD_PRINTF(f, a)      __attribute__((format(printf, f, a)))

enum bd_plugin_kind { BD_PROVIDER = 1, BD_STORAGE = 2 };

/* First member of every descriptor; never grows. Fixed-width fields, no enums,
 * no bools. */
struct bd_plugin {
    uint32_t magic;       /* BD_PLUGIN_MAGIC */
    uint32_t abi_minor;   /* BD_ABI_MINOR it was built with */
    uint32_t struct_size; /* sizeof the whole descriptor it was built with */
    uint32_t kind;        /* enum bd_plugin_kind */
    const char *name;     /* "doubao"; [a-z0-9_]{1,32}, the same as the file's */
    const char *version;  /* its own, shown to people, never compared */
    const struct bd_option *options; /* option_count elements of option_size bytes */
    uint32_t option_count;
    uint32_t option_size;
};

/* True if descriptor p is new enough to have method m, and fills it. */
#define BD_HAS(p, type, m)                                   \
    (((const struct bd_plugin *)(p))->struct_size >=         \
         offsetof(type, m) + sizeof(((const type *)0)->m) && \
     (p)->m != NULL)

/* A growing byte buffer of the host, with a limit. A plugin only appends. */
struct bd_buf;

/* A list of the host of pages that a search found (bd/provider.h). A plugin only adds. */
struct bd_sources;
struct bd_web_page;

/* What the host gives an instance: valid from open() until close() returned.
 * Grows at the end, like everything here. [any] Every function may be called from
 * any thread on which the host calls the plugin. */
struct bd_host {
    uint32_t struct_size;
    uint32_t abi_minor;
    void *ctx; /* pass it back as the first argument, do not look inside */

    /* Fills *err with this plugin as its source and returns -1. code is the
     * plugin's own number (HTTP status, errno), 0 if there is none. */
    int (*fail)(void *ctx, struct bd_error *err, int32_t type, int32_t code,
                const char *fmt, ...) BD_PRINTF(5, 6);
    /* Appends n bytes. Returns 0, or -1 when the buffer's limit is reached or
     * memory is short; the buffer then refuses everything after. */
    int (*append)(void *ctx, struct bd_buf *out, const void *p, size_t n);
    /* Options of this instance's section, checked and with defaults filled in.
     * text: NULL when unset. number: INT as it is, BOOL 0/1, DURATION in ms, SIZE
     * in bytes, 0 when unset. Secret options read as NULL. */
    const char *(*text)(void *ctx, const char *name);
    int64_t (*number)(void *ctx, const char *name);
    double (*real)(void *ctx, const char *name);
    /* One line for the operator. level: 0 debug, 1 info, 2 warning, 3 error. */
    void (*log)(void *ctx, int32_t level, const char *fmt, ...) BD_PRINTF(3, 4);

    /* Since 1.1: a plugin built with 1.1 finds it in every host that takes it. */

    /* Adds a page to an answer's sources, in the provider's order. Returns 0, also where
     * the host leaves the page out: it has no address of http or https, is there
     * already, or there are too many. -1 when memory is short. */
    int (*source)(void *ctx, struct bd_sources *to, const struct bd_web_page *page);
};

typedef const struct bd_plugin *bd_plugin_entry_fn(void);
bd_plugin_entry_fn BD_PLUGIN_ENTRY BD_EXPORT;

#endif
