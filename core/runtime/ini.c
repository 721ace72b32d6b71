/* runtime/ini.c - the configuration as text: file, --set and what is found by name.
 *
 * inih reads the grammar; the lines it gets come from inisource.c. */
#include "runtime/ini.h"

#include <errno.h>
#include <ini.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "runtime/inisource.h"

#define SOURCE      "config"
#define LINE_BUFFER 4096 /* what inih gives us a line at a time; see BD__INI_LINE_MAX */

struct section {
    char *name, *origin;
};

struct bd_ini {
    unsigned refs;
    char *path;
    struct bd_ini_entry *entries; /* own their strings */
    size_t count, cap;
    struct section *sections;
    size_t section_count, section_cap;
};

struct reading {
    struct bd_ini *ini;
    struct bd__ini_source source;
    struct bd_problems *problems;
    bool no_memory;
};

const char *bd_ini_path(const struct bd_ini *ini)
{
    return ini->path;
}

size_t bd_ini_count(const struct bd_ini *ini)
{
    return ini->count;
}

const struct bd_ini_entry *bd_ini_entry(const struct bd_ini *ini, size_t i)
{
    return i < ini->count ? &ini->entries[i] : NULL;
}

const struct bd_ini_entry *bd_ini_find(const struct bd_ini *ini, const char *section,
                                       const char *key)
{
    for (size_t i = 0; i < ini->count; i++)
        if (strcmp(ini->entries[i].key, key) == 0 &&
            strcmp(ini->entries[i].section, section) == 0)
            return &ini->entries[i];
    return NULL;
}

const char *bd_ini_section(const struct bd_ini *ini, size_t i)
{
    return i < ini->section_count ? ini->sections[i].name : NULL;
}

const char *bd_ini_section_origin(const struct bd_ini *ini, const char *section)
{
    for (size_t i = 0; i < ini->section_count; i++)
        if (strcmp(ini->sections[i].name, section) == 0)
            return ini->sections[i].origin;
    return "";
}

static void free_entry(struct bd_ini_entry *e)
{
    free((char *)e->section);
    free((char *)e->key);
    free((char *)e->value);
    free((char *)e->origin);
}

struct bd_ini *bd_ini_ref(struct bd_ini *ini)
{
    ini->refs++;
    return ini;
}

void bd_ini_free(struct bd_ini *ini)
{
    if (!ini || --ini->refs > 0)
        return;
    for (size_t i = 0; i < ini->count; i++)
        free_entry(&ini->entries[i]);
    for (size_t i = 0; i < ini->section_count; i++) {
        free(ini->sections[i].name);
        free(ini->sections[i].origin);
    }
    free(ini->entries);
    free(ini->sections);
    free(ini->path);
    free(ini);
}

/* Room for one more element in an array that doubles; false when memory is short. */
static bool room(void **array, size_t count, size_t *cap, size_t size)
{
    size_t more = *cap ? *cap * 2 : 16;
    void *p;

    if (count < *cap)
        return true;
    p = realloc(*array, more * size);
    if (!p)
        return false;
    *array = p;
    *cap = more;
    return true;
}

static int add_section(struct bd_ini *ini, const char *name, const char *origin)
{
    struct section s;

    if (!room((void **)&ini->sections, ini->section_count, &ini->section_cap, sizeof(s)))
        return -1;
    s = (struct section){strdup(name), strdup(origin)};
    if (!s.name || !s.origin) {
        free(s.name);
        free(s.origin);
        return -1;
    }
    ini->sections[ini->section_count++] = s;
    return 0;
}

static int add_entry(struct bd_ini *ini, const char *section, const char *key,
                     const char *value, const char *origin)
{
    struct bd_ini_entry e;

    if (!room((void **)&ini->entries, ini->count, &ini->cap, sizeof(e)))
        return -1;
    e = (struct bd_ini_entry){strdup(section), strdup(key), strdup(value),
                              strdup(origin)};
    if (!e.section || !e.key || !e.value || !e.origin) {
        free_entry(&e);
        return -1;
    }
    ini->entries[ini->count++] = e;
    return 0;
}

static int replace(char **old, const char *with)
{
    char *p = strdup(with);

    if (!p)
        return -1;
    free(*old);
    *old = p;
    return 0;
}

/* From the source: a section header in good form. */
static void on_section(void *arg, const char *name, const char *origin)
{
    struct reading *r = arg;
    const char *first = bd_ini_section_origin(r->ini, name);

    if (first[0])
        bd_problems_add(r->problems, origin,
                        "section [%s] is there twice, first at %s; join them", name,
                        first);
    else if (add_section(r->ini, name, origin) < 0)
        r->no_memory = true;
}

static void on_pair(struct reading *r, const char *key, const char *value)
{
    const struct bd__ini_source *s = &r->source;
    const struct bd_ini_entry *first;
    char origin[BD__INI_ORIGIN];

    bd__ini_origin(s, origin);
    first = bd_ini_find(r->ini, s->section, key);
    if (!key[0])
        bd_problems_add(r->problems, origin, "no key in front of '='");
    else if (!s->section[0])
        bd_problems_add(r->problems, origin,
                        "'%.80s' is in no section; put it below a [section] line", key);
    else if (first)
        bd_problems_add(r->problems, origin,
                        "[%s] %.80s is there twice, first at %s; remove one", s->section,
                        key, first->origin);
    else if (add_entry(r->ini, s->section, key, value, origin) < 0)
        r->no_memory = true;
}

/* An indented line below a key. inih leaves the comment in. */
static void on_more(struct reading *r, const char *key, const char *more)
{
    struct bd_ini_entry *e = r->ini->count ? &r->ini->entries[r->ini->count - 1] : NULL;
    size_t n = bd__ini_uncommented(more), old;
    char *p;

    if (!e || strcmp(e->key, key) != 0 || strcmp(e->section, r->source.section) != 0)
        return; /* continues a line that was refused already */
    old = strlen(e->value);
    p = realloc((char *)e->value, old + 1 + n + 1);
    if (!p) {
        r->no_memory = true;
        return;
    }
    p[old] = '\n';
    memcpy(p + old + 1, more, n);
    p[old + 1 + n] = '\0';
    e->value = p;
}

static int on_line(void *arg, const char *section, const char *key, const char *value)
{
    struct reading *r = arg;

    (void)section; /* cut at 49 bytes by inih; the source knows it whole */
    if (bd__ini_taken(&r->source))
        on_more(r, key, value);
    else if (!r->source.lost)
        on_pair(r, key, value);
    return 1;
}

static int read_file(struct reading *r, const char *path, struct bd_error *err)
{
    struct bd_buf text;
    int rc = -1;

    bd_buf_init(&text, BD__INI_FILE_MAX);
    if (bd__ini_load(&text, path, r->problems, err) < 0)
        goto done;
    ini_use_stack = false;
    ini_allow_realloc = false;
    ini_max_line = ini_initial_alloc = LINE_BUFFER;
    ini_allow_multiline = ini_allow_bom = ini_allow_inline_comments = true;
    ini_stop_on_first_error = ini_allow_no_value = false;
    bd__ini_source_init(&r->source, path, &text, r->problems);
    r->source.section_found = on_section;
    r->source.arg = r;
    if (ini_parse_stream(bd__ini_next, &r->source, on_line, r) == -2 || r->no_memory)
        bd_fail(err, BD_ERR_INTERNAL, ENOMEM, SOURCE, "out of memory");
    else
        rc = 0;
done:
    bd_buf_free(&text);
    return rc;
}

static int set_value(struct bd_ini *ini, const char *section, const char *key,
                     const char *value)
{
    struct bd_ini_entry *e = (struct bd_ini_entry *)bd_ini_find(ini, section, key);

    if (e)
        return replace((char **)&e->value, value) < 0 ||
                       replace((char **)&e->origin, "--set") < 0
                   ? -1
                   : 0;
    if (!bd_ini_section_origin(ini, section)[0] && add_section(ini, section, "--set") < 0)
        return -1;
    return add_entry(ini, section, key, value, "--set");
}

/* "provider:doubao.model=x": sections may hold dots, keys may not. */
static int apply_set(struct bd_ini *ini, const char *set, struct bd_problems *problems)
{
    char section[BD__INI_SECTION_MAX + 1], key[BD__INI_SECTION_MAX + 1];
    const char *equals = strchr(set, '='), *dot = equals;

    while (dot && dot > set && *dot != '.')
        dot--;
    if (!dot || dot == set || dot + 1 == equals ||
        (size_t)(dot - set) >= sizeof(section) || (size_t)(equals - dot) > sizeof(key)) {
        bd_problems_add(problems, "--set", "'%.80s' is not of the form section.key=value",
                        set);
        return 0;
    }
    snprintf(section, sizeof(section), "%.*s", (int)(dot - set), set);
    snprintf(key, sizeof(key), "%.*s", (int)(equals - dot - 1), dot + 1);
    return set_value(ini, section, key, equals + 1);
}

int bd_ini_read(struct bd_ini **out, const char *path, const char *const *sets,
                size_t set_count, struct bd_problems *problems, struct bd_error *err)
{
    struct reading r = {.problems = problems};

    r.ini = calloc(1, sizeof(*r.ini));
    if (!r.ini)
        goto no_memory;
    r.ini->refs = 1;
    if (path && !(r.ini->path = strdup(path)))
        goto no_memory;
    if (path && read_file(&r, path, err) < 0)
        goto fail;
    for (size_t i = 0; i < set_count; i++)
        if (apply_set(r.ini, sets[i], problems) < 0)
            goto no_memory;
    *out = r.ini;
    return 0;
no_memory:
    bd_fail(err, BD_ERR_INTERNAL, ENOMEM, SOURCE, "out of memory");
fail:
    bd_ini_free(r.ini);
    return -1;
}
