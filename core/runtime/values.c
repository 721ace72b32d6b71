/* runtime/values.c - one section of the INI, checked against option tables. */
#define _GNU_SOURCE /* explicit_bzero */
#include "runtime/values.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "runtime/convert.h"
#include "runtime/url.h"

#define MAX_OPTIONS 256 /* of one section; far above any real table */
#define QUOTE_BYTES 80  /* of a wrong value that is shown */

struct item {
    struct bd_option option; /* joined from all tables; strings are the tables' */
    struct bd__value value;
    char *shown;  /* as it was written; NULL if unset */
    char *origin; /* NULL: default or unset */
};

struct bd_values {
    size_t count;
    struct item items[];
};

static void release(char *s, bool secret)
{
    if (s && secret)
        explicit_bzero(s, strlen(s));
    free(s);
}

void bd_values_free(struct bd_values *v)
{
    if (!v)
        return;
    for (size_t i = 0; i < v->count; i++) {
        bool secret = v->items[i].option.flags & BD_OPTION_SECRET;

        release(v->items[i].value.text, secret);
        release(v->items[i].shown, secret);
        free(v->items[i].origin);
    }
    free(v);
}

static struct item *find(const struct bd_values *v, const char *name)
{
    for (size_t i = 0; i < v->count; i++)
        if (strcmp(v->items[i].option.name, name) == 0)
            return (struct item *)&v->items[i];
    return NULL;
}

static const struct item *must_find(const struct bd_values *v, const char *name)
{
    const struct item *item = find(v, name);

    assert(item); /* the caller's own table is wrong */
    return item;
}

/* A later table says what is usual for this plugin; what the value is stays with the
 * first. */
static void join(struct item *item, const struct bd_option *later)
{
    item->option.default_value = later->default_value;
    if (later->help)
        item->option.help = later->help;
    item->option.flags |= later->flags;
    if (later->default_value)
        item->option.flags &= ~(uint32_t)BD_OPTION_REQUIRED;
}

static void add_table(struct bd_values *v, const struct bd_option_table *t)
{
    for (uint32_t i = 0; i < t->count; i++) {
        const char *at = (const char *)t->options + (size_t)i * t->size;
        struct bd_option o = {0};
        struct item *item;

        memcpy(&o, at, t->size < sizeof(o) ? t->size : sizeof(o));
        item = find(v, o.name);
        if (item)
            join(item, &o);
        else
            v->items[v->count++].option = o;
    }
}

static size_t room_needed(const struct bd_option_table *tables, size_t count)
{
    size_t n = 0;

    for (size_t i = 0; i < count; i++)
        n += tables[i].count;
    return n;
}

const char *bd_values_nearest(const char *name, const char *const *names, size_t count)
{
    size_t best = 1 + (strlen(name) > 6 ? strlen(name) / 3 : 2);
    const char *nearest = NULL;

    for (size_t i = 0; i < count; i++) {
        size_t d = bd_text_distance(name, names[i]);

        if (d < best && d < strlen(names[i])) {
            best = d;
            nearest = names[i];
        }
    }
    return nearest;
}

static void add_unknown(const struct bd_values *v, const struct bd_ini_entry *e,
                        struct bd_problems *problems)
{
    const char *names[MAX_OPTIONS], *nearest;

    for (size_t i = 0; i < v->count; i++)
        names[i] = v->items[i].option.name;
    nearest = bd_values_nearest(e->key, names, v->count);
    if (nearest)
        bd_problems_add(problems, e->origin,
                        "[%s] has no key '%.80s'; did you mean '%s'?", e->section, e->key,
                        nearest);
    else
        bd_problems_add(
            problems, e->origin, "[%s] has no key '%.80s'; `brandiag %s` lists the keys",
            e->section, e->key, strchr(e->section, ':') ? "plugins" : "check --show");
}

static void add_wrong(const struct item *item, const struct bd_ini_entry *e,
                      const char *why, struct bd_problems *problems)
{
    const char *given = item->option.flags & BD_OPTION_SECRET ? "***" : e->value;
    const char *usual = item->option.default_value;
    char masked[QUOTE_BYTES + 2]; /* one more, to see that it is cut */
    size_t n;

    if (given == e->value && item->option.type == BD_OPTION_URL) {
        bd_url_mask(given, masked, sizeof(masked));
        given = masked;
    }
    n = bd_text_cut(given, strlen(given), QUOTE_BYTES);

    bd_problems_add(problems, e->origin, "[%s] %s = %.*s%s %s%s%s%s", e->section, e->key,
                    (int)n, given, given[n] ? "..." : "", why, usual ? " (default " : "",
                    usual ? usual : "", usual ? ")" : "");
}

static int take(struct item *item, const struct bd_ini_entry *e,
                struct bd_problems *problems)
{
    char why[BD__WHY_BYTES];

    if (e->value[0] == '\0' && (item->option.flags & BD_OPTION_REQUIRED ||
                                item->option.type != BD_OPTION_TEXT)) {
        bd_problems_add(
            problems, e->origin, "[%s] %s has no value; give one%s", e->section, e->key,
            item->option.flags & BD_OPTION_REQUIRED ? "" : " or remove the line");
        return -1;
    }
    if (bd__convert(&item->option, e->value, &item->value, why) < 0) {
        add_wrong(item, e, why, problems);
        return -1;
    }
    item->shown = strdup(e->value);
    item->origin = strdup(e->origin);
    if (item->shown && item->origin)
        return 0;
    bd_problems_add(problems, e->origin, "out of memory");
    return -1;
}

static int take_default(struct item *item, const char *section, const char *where,
                        struct bd_problems *problems)
{
    const struct bd_option *o = &item->option;
    char why[BD__WHY_BYTES];

    if (!o->default_value && o->flags & BD_OPTION_REQUIRED) {
        bd_problems_add(problems, where, "[%s] needs the key '%s' (%s)", section, o->name,
                        o->help ? o->help : "");
        return -1;
    }
    if (!o->default_value)
        return 0;
    if (bd__convert(o, o->default_value, &item->value, why) < 0) {
        bd_problems_add(problems, where, "[%s] %s: its default '%s' %s", section, o->name,
                        o->default_value, why);
        return -1;
    }
    item->shown = strdup(o->default_value);
    if (item->shown)
        return 0;
    bd_problems_add(problems, where, "out of memory");
    return -1;
}

static int fill(struct bd_values *v, const struct bd_ini *ini, const char *section,
                struct bd_problems *problems)
{
    const char *where = bd_ini_section_origin(ini, section);
    const struct bd_ini_entry *e;
    int rc = 0;

    if (!where[0] && bd_ini_path(ini))
        where = bd_ini_path(ini);
    for (size_t i = 0; i < v->count; i++) {
        e = bd_ini_find(ini, section, v->items[i].option.name);
        if ((e ? take(&v->items[i], e, problems)
               : take_default(&v->items[i], section, where, problems)) < 0)
            rc = -1;
    }
    for (size_t i = 0; (e = bd_ini_entry(ini, i)); i++)
        if (strcmp(e->section, section) == 0 && !find(v, e->key)) {
            add_unknown(v, e, problems);
            rc = -1;
        }
    return rc;
}

int bd_values_check(struct bd_values **out, const struct bd_ini *ini, const char *section,
                    const struct bd_option_table *tables, size_t table_count,
                    struct bd_problems *problems)
{
    size_t n = room_needed(tables, table_count);
    struct bd_values *v;

    if (n > MAX_OPTIONS) {
        bd_problems_add(problems, "", "[%s] has %zu options, more than 256", section, n);
        return -1;
    }
    v = calloc(1, sizeof(*v) + n * sizeof(v->items[0]));
    if (!v) {
        bd_problems_add(problems, "", "out of memory");
        return -1;
    }
    for (size_t i = 0; i < table_count; i++)
        add_table(v, &tables[i]);
    if (fill(v, ini, section, problems) < 0) {
        bd_values_free(v);
        return -1;
    }
    *out = v;
    return 0;
}

const struct bd_option *bd_values_option(const struct bd_values *v, const char *name)
{
    const struct item *item = find(v, name);

    return item ? &item->option : NULL;
}

const char *bd_values_text(const struct bd_values *v, const char *name)
{
    return must_find(v, name)->value.text;
}

int64_t bd_values_number(const struct bd_values *v, const char *name)
{
    return must_find(v, name)->value.number;
}

double bd_values_real(const struct bd_values *v, const char *name)
{
    return must_find(v, name)->value.real;
}

static const char *origin_of(const struct item *item)
{
    if (item->origin)
        return item->origin;
    return item->shown ? "default" : "unset";
}

const char *bd_values_origin(const struct bd_values *v, const char *name)
{
    return origin_of(must_find(v, name));
}

bool bd_values_at(const struct bd_values *v, size_t i, const struct bd_option **option,
                  const char **value, const char **origin)
{
    const struct item *item;

    if (i >= v->count)
        return false;
    item = &v->items[i];
    *option = &item->option;
    *value = item->shown ? item->shown : "";
    if (item->shown && item->option.flags & BD_OPTION_SECRET)
        *value = "***";
    *origin = origin_of(item);
    return true;
}

static bool same_value(const struct item *a, const struct item *b)
{
    const char *x = a->value.text, *y = b->value.text;

    return strcmp(a->option.name, b->option.name) == 0 &&
           a->option.type == b->option.type && !a->shown == !b->shown &&
           a->value.number == b->value.number && a->value.real == b->value.real &&
           (x && y ? strcmp(x, y) == 0 : x == y);
}

bool bd_values_same(const struct bd_values *a, const struct bd_values *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!same_value(&a->items[i], &b->items[i]))
            return false;
    return true;
}
