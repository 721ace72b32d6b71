/* runtime/sections.c - what is wrong with an INI before any plugin is asked; see
 * sections.h. */
#include "runtime/sections.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"

struct check {
    const struct bd_ini *ini;
    const struct bd_generation_plan *plan;
    struct bd_problems *problems;
};

static bool begins(const char *s, const char *with)
{
    return strncmp(s, with, strlen(with)) == 0;
}

/* "there is no section [weather]; there are [engine], [storage] and [provider:NAME]" */
static void add_strange_section(const struct check *c, const char *section,
                                const char *where)
{
    struct bd_buf known;

    bd_buf_init(&known, 1000);
    for (size_t i = 0; i < c->plan->section_count; i++)
        (void)bd_buf_addf(&known, "[%s] ", c->plan->sections[i].section); /* a help */
    bd_problems_add(c->problems, where,
                    "there is no section [%s]; there are %sand [provider:NAME]", section,
                    known.data);
    bd_buf_free(&known);
}

static void add_unknown_section(const struct check *c, const char *section)
{
    const char *names[64], *nearest, *colon = strchr(section, ':');
    const char *where = bd_ini_section_origin(c->ini, section);
    char kind[64];
    size_t n = 0;

    for (; n < c->plan->section_count && n < 62; n++)
        names[n] = c->plan->sections[n].section;
    names[n++] = "provider";
    snprintf(kind, sizeof(kind), "%.*s", colon ? (int)(colon - section) : 63, section);
    nearest = bd_values_nearest(kind, names, n);
    if (nearest && strcmp(nearest, "provider") == 0)
        bd_problems_add(c->problems, where,
                        "there is no section [%s]; did you mean [provider:%s]?", section,
                        colon && colon[1] ? colon + 1 : "NAME");
    else if (nearest)
        bd_problems_add(c->problems, where,
                        "there is no section [%s]; did you mean [%s%s]?", section,
                        nearest, colon && strcmp(nearest, "storage") == 0 ? colon : "");
    else
        add_strange_section(c, section, where);
}

static bool is_fixed(const struct check *c, const char *section)
{
    for (size_t i = 0; i < c->plan->section_count; i++)
        if (strcmp(c->plan->sections[i].section, section) == 0)
            return true;
    return false;
}

static void check_section_names(const struct check *c)
{
    const char *section;

    for (size_t i = 0; (section = bd_ini_section(c->ini, i)); i++)
        if (!is_fixed(c, section) && !begins(section, "provider:") &&
            !begins(section, "storage:"))
            add_unknown_section(c, section);
}

static void check_provider_values(const struct check *c)
{
    const struct bd_ini_entry *e;

    for (size_t i = 0; c->plan->check_provider && (e = bd_ini_entry(c->ini, i)); i++)
        if (begins(e->section, "provider:"))
            c->plan->check_provider(e, c->problems);
}

void bd__sections_check(const struct bd_ini *ini, const struct bd_generation_plan *plan,
                        struct bd_problems *problems)
{
    const struct check c = {ini, plan, problems};

    check_section_names(&c);
    check_provider_values(&c);
}
