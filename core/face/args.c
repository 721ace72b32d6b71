/* face/args.c - see args.h. */
#include "face/args.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

int bd_args_usage(const char *command, const char *fmt, ...)
{
    va_list ap;

    fprintf(stderr, "brandiag %s: ", command);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fprintf(stderr, "\n`brandiag %s --help` lists the options.\n", command);
    return 2;
}

enum { HELP_COLUMN = 30, HELP_WIDTH = 80 - HELP_COLUMN };

/* Broken at spaces alone, since it holds paths; LF begins another line. It is ASCII. */
static void print_help_text(const char *help)
{
    for (;;) {
        size_t n = strcspn(help, "\n"), cut = n > HELP_WIDTH ? HELP_WIDTH : n;

        while (cut > 0 && !strchr(" \n", help[cut])) /* strchr finds the end, too */
            cut--;
        if (cut == 0)
            cut = n;
        printf("%.*s\n", (int)cut, help);
        if (!help[cut])
            return;
        help += cut + 1;
        printf("%*s", HELP_COLUMN, "");
    }
}

static void print_arg(const struct bd_arg *a)
{
    char left[64];

    snprintf(left, sizeof(left), "  --%s%s%s", a->name, a->value ? " " : "",
             a->value ? a->value : "");
    if (strlen(left) > 28)
        printf("%s\n%*s", left, HELP_COLUMN, "");
    else
        printf("%-*s", HELP_COLUMN, left);
    print_help_text(a->help);
}

void bd_args_help(const struct bd_command *c)
{
    printf("Usage: brandiag %s%s%s%s%s\n\n%s\n", c->name,
           c->args[0].name[0] ? " [options]" : "", c->operands[0] ? " " : "", c->operands,
           "", c->summary);
    if (c->args[0].name[0])
        printf("\nOptions:\n");
    for (const struct bd_arg *a = c->args; a->name[0]; a++)
        print_arg(a);
    printf("%-*s%s\n", HELP_COLUMN, "  --help", "this text");
    if (c->more)
        printf("\n%s", c->more);
}

static const struct bd_arg *find(const struct bd_command *c, const char *name, size_t n)
{
    for (const struct bd_arg *a = c->args; a->name[0]; a++)
        if (strlen(a->name) == n && memcmp(a->name, name, n) == 0)
            return a;
    return NULL;
}

size_t bd_args_typo(const char *word)
{
    size_t n = strlen(word);

    return n < 4 ? n : 4;
}

static int unknown(const struct bd_command *c, const char *option)
{
    const char *best = NULL;
    char name[64];
    size_t distance;

    snprintf(name, sizeof(name), "%.*s", (int)strcspn(option, "="), option);
    distance = bd_args_typo(name);
    for (const struct bd_arg *a = c->args; a->name[0]; a++)
        if (bd_text_distance(name, a->name) < distance) {
            distance = bd_text_distance(name, a->name);
            best = a->name;
        }
    if (best)
        return bd_args_usage(c->name, "there is no option '--%s'; did you mean '--%s'?",
                             name, best);
    return bd_args_usage(c->name, "there is no option '--%s'", name);
}

/* One option at argv[*i]; -1 to go on. */
static int take_option(const struct bd_command *c, int argc, char **argv, int *i,
                       int (*take)(void *arg, const char *name, const char *value),
                       void *arg)
{
    const char *option = argv[*i] + 2;
    const char *equals = strchr(option, '=');
    const struct bd_arg *a = find(c, option, strcspn(option, "="));
    const char *value = equals ? equals + 1 : NULL;

    if (strcmp(option, "help") == 0) {
        bd_args_help(c);
        return 0;
    }
    if (!a)
        return unknown(c, option);
    if (a->value && !value) {
        if (*i + 1 >= argc)
            return bd_args_usage(c->name, "--%s needs a value: --%s %s", a->name, a->name,
                                 a->value);
        value = argv[++*i];
    }
    if (!a->value && value)
        return bd_args_usage(c->name, "--%s takes no value", a->name);
    return take(arg, a->name, value) ? 2 : -1;
}

int bd_args_parse(const struct bd_command *c, int argc, char **argv,
                  int (*take)(void *arg, const char *name, const char *value), void *arg,
                  struct bd_operands *out)
{
    bool only_operands = false;

    out->count = 0;
    for (int i = 1; i < argc; i++) {
        int rc = -1;

        if (!only_operands && strcmp(argv[i], "--") == 0)
            only_operands = true;
        else if (!only_operands && strcmp(argv[i], "-h") == 0)
            return bd_args_help(c), 0;
        else if (!only_operands && strncmp(argv[i], "--", 2) == 0)
            rc = take_option(c, argc, argv, &i, take, arg);
        else if (!only_operands && argv[i][0] == '-' && argv[i][1])
            rc = bd_args_usage(c->name, "there is no option '%s'", argv[i]);
        else if (out->count >= c->most)
            rc = bd_args_usage(c->name, "'%s' is one argument too many", argv[i]);
        else
            out->words[out->count++] = argv[i];
        if (rc >= 0)
            return rc;
    }
    if (out->count < c->least)
        return bd_args_usage(c->name, "%s is missing", c->operands);
    return -1;
}

bool bd_args_number(const char *s, long long least, long long most, long long *out)
{
    char *end;
    long long v;

    if (*s != '-' && (*s < '0' || *s > '9')) /* strtoll takes blanks and '+', too */
        return false;
    errno = 0;
    v = strtoll(s, &end, 10);
    if (end == s || *end || errno || v < least || v > most)
        return false;
    *out = v;
    return true;
}

long long bd_args_duration_ms(const char *s)
{
    static const struct {
        const char *unit;
        double ms;
    } units[] = {{"", 1000}, {"s", 1000}, {"ms", 1}, {"m", 60000}, {"h", 3600000}};
    char *end;
    double v;

    if (*s < '0' || *s > '9') /* no sign, no "inf", no "nan" */
        return -1;
    v = strtod(s, &end);
    if (strspn(s, "0123456789.") != (size_t)(end - s)) /* "0x10", "1e3" */
        return -1;
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
        if (strcmp(end, units[i].unit) == 0)
            return v * units[i].ms < 1e12 ? (long long)(v * units[i].ms) : -1;
    return -1;
}
