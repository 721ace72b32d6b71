/* face/args.h - command lines as data.
 *
 * A command describes its options in a table; from it come parsing, --help, and the
 * nearest name for a typing error. [main] */
#ifndef BD_FACE_ARGS_H
#define BD_FACE_ARGS_H

#include <stdbool.h>
#include <stddef.h>

struct bd_arg {
    const char *name;  /* "brand": long option; "" ends a table */
    const char *value; /* "B[=alias,...]"; NULL: takes none */
    const char *help;  /* wrapped; LF starts a line */
};

struct bd_command {
    const char *name, *operands; /* "report", "ID"; "" for none */
    const char *summary;         /* one line */
    const struct bd_arg *args;
    int least, most;                   /* of operands; most is 2 at most */
    int (*run)(int argc, char **argv); /* argv[0] is the command; returns the exit code */
    const char *more; /* stands below the options in --help; NULL: nothing */
};

struct bd_operands {
    const char *words[2];
    int count;
};

/* Calls take(arg, name, value) for each option in order (value NULL if it takes none);
 * not 0 from take ends with 2. Operands go to *out, at most c->most.
 * Returns -1 to go on, else the exit code (after --help, or a usage error that was
 * told). */
int bd_args_parse(const struct bd_command *c, int argc, char **argv,
                  int (*take)(void *arg, const char *name, const char *value), void *arg,
                  struct bd_operands *out);

void bd_args_help(const struct bd_command *c);

/* A known word at least so far away (bd_text_distance) is not what was meant. */
size_t bd_args_typo(const char *word);

/* "brandiag run: ..." on stderr, and 2. */
int bd_args_usage(const char *command, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* "20s" "250ms" "2m" "1h", a bare number is seconds; -1 if it is none of these. */
long long bd_args_duration_ms(const char *s);
/* A whole number from least to most; false otherwise. */
bool bd_args_number(const char *s, long long least, long long most, long long *out);

#endif
