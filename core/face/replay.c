/* face/replay.c - `brandiag replay`: stored answers read again, and what that changes. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "domain/compare/replay.h"
#include "face/commands.h"
#include "face/progress.h"
#include "face/setup.h"

#define LIMIT ((size_t)256 << 20)

struct options {
    struct bd_setup setup;
    const char *output, *lang;
    bool json;
};

static int take(void *arg, const char *name, const char *value)
{
    struct options *o = arg;
    int rc = bd_setup_take(&o->setup, "replay", name, value);

    if (rc != 0)
        return rc > 0 ? 0 : -1;
    if (strcmp(name, "output") == 0) {
        o->output = value;
    } else if (strcmp(name, "format") == 0) {
        o->json = strcmp(value, "json") == 0;
        if (!o->json && strcmp(value, "terminal") != 0)
            return bd_args_usage("replay", "--format is '%s': use terminal or json",
                                 value),
                   -1;
    } else {
        o->lang = value;
        if (strcmp(value, "zh") != 0 && strcmp(value, "en") != 0)
            return bd_args_usage("replay", "--lang is '%s': use zh or en", value), -1;
    }
    return 0;
}

static int print(void *arg, struct bd_engine *e, struct bd_record *rec)
{
    const struct options *o = arg;
    const struct bd_replay r = bd_replay_count(rec);
    bool to_stdout = !o->output || strcmp(o->output, "-") == 0;
    struct bd_report_style style = {
        .columns = to_stdout ? bd_meter_columns(STDOUT_FILENO) : 80,
        .colour = to_stdout && bd_meter_colour(STDOUT_FILENO),
    };
    struct bd_buf out;
    int rc;

    (void)e;
    snprintf(style.lang, sizeof(style.lang), "%s", o->lang ? o->lang : "");
    bd_buf_init(&out, LIMIT);
    rc = o->json ? bd_replay_json(&out, rec) : bd_replay_terminal(&out, rec, &style);
    if (rc < 0)
        fprintf(stderr, "brandiag replay: there is more than can be written\n");
    else
        rc = bd_setup_write(o->output, out.data, out.n);
    bd_buf_free(&out);
    return rc < 0 ? 1 : bd_replay_exit_code(&r);
}

static int replay(int argc, char **argv)
{
    struct options o = {0};
    struct bd_operands operands;
    int rc = bd_args_parse(&bd_command_replay, argc, argv, take, &o, &operands);

    return rc >= 0 ? rc : bd_setup_stored(&o.setup, operands.words[0], print, &o);
}

static const struct bd_arg args[] = {
    {"format", "terminal|json", "of what is printed"},
    {"output", "FILE", "write it there; default: stdout"},
    {"lang", "zh|en", "of the table; default: as it was asked"},
    BD_SETUP_ARGS,
    {"", NULL, NULL},
};

const struct bd_command bd_command_replay = {
    "replay",
    "ID",
    "Reads stored answers again: what today's rules read otherwise.",
    args,
    1,
    1,
    replay,
    "Exit codes:\n"
    "  0  every answer is read as it was when the diagnosis ended\n"
    "  5  some are read otherwise; they are listed\n"
    "  3  nothing changed where it can be told; some answers are older than\n"
    "     their reading was kept\n"
    "  4  all are\n"
    "  2  wrong options or configuration\n"
    "  1  anything else, such as an ID that is not there\n"
    "\nNothing is asked and nothing is stored: `brandiag report ID` always shows\n"
    "today's reading.\n",
};
