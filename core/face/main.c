/* face/main.c - the program brandiag: picks the command. */
#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include "base/harden.h"
#include "base/log.h"
#include "base/text.h"
#include "base/thread.h"
#include "face/commands.h"

static const struct bd_command *const commands[] = {
    &bd_command_run,    &bd_command_demo,    &bd_command_serve,  &bd_command_ctl,
    &bd_command_report, &bd_command_replay,  &bd_command_resume, &bd_command_list,
    &bd_command_check,  &bd_command_plugins, &bd_command_read,
};
enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static void help(void)
{
    printf("brandiag %s - how does a brand fare in the answers of AI assistants?\n\n"
           "Usage: brandiag COMMAND [options]\n\nCommands:\n",
           BD_VERSION);
    for (int i = 0; i < COMMANDS; i++)
        printf("  %-10s %s\n", commands[i]->name, commands[i]->summary);
    printf(
        "\n`brandiag COMMAND --help` lists the options of a command. Begin with\n"
        "`brandiag demo`: it needs no key and no network.\n\n"
        "Exit codes: 0 all cells completed, 3 some, 4 none, 2 usage or configuration,\n"
        "1 anything else; `brandiag run --help` says what completed means, and\n"
        "`brandiag replay --help` what its own codes do.\n");
}

static const struct bd_command *find(const char *name)
{
    for (int i = 0; i < COMMANDS; i++)
        if (strcmp(name, commands[i]->name) == 0)
            return commands[i];
    return NULL;
}

static int unknown(const char *name)
{
    const char *best = NULL;
    size_t distance = bd_args_typo(name);

    for (int i = 0; i < COMMANDS && name[0] != '-'; i++)
        if (bd_text_distance(name, commands[i]->name) < distance) {
            distance = bd_text_distance(name, commands[i]->name);
            best = commands[i]->name;
        }
    fprintf(stderr, "brandiag: there is no %s '%s'%s%s%s\n",
            name[0] == '-' ? "option" : "command", name, best ? "; did you mean '" : "",
            best ? best : "", best ? "'?" : "");
    fprintf(stderr, "`brandiag --help` lists the commands.\n");
    return 2;
}

/* `help`, or `help COMMAND`. */
static int say_help(int argc, char **argv)
{
    const struct bd_command *c = argc > 2 ? find(argv[2]) : NULL;

    if (argc > 2 && !c)
        return unknown(argv[2]);
    if (c)
        bd_args_help(c);
    else
        help();
    return 0;
}

/* Large blocks go back to the system when they are freed. glibc would raise the bound
 * each time one is, and keep the memory of an oversized reply ever after. */
static void return_large_blocks(void)
{
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): before there are other threads */
    (void)mallopt(M_MMAP_THRESHOLD, 128 << 10);
}

int main(int argc, char **argv)
{
    const struct bd_command *c;

    (void)bd_process_harden(); /* false: as the user wants it */
    return_large_blocks();
    bd_thread_is(BD_MAIN, "brandiag");
    bd_log_setup(BD_LOG_WARNING, 0);
    if (argc < 2) {
        help();
        return 2;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0)
        return say_help(argc, argv);
    if (strcmp(argv[1], "--version") == 0) {
        printf("brandiag %s\n", BD_VERSION);
        return 0;
    }
    c = find(argv[1]);
    return c ? c->run(argc - 1, argv + 1) : unknown(argv[1]);
}
