/* face/resume.c - `brandiag resume`: finishing what was interrupted. */
#include <stdio.h>
#include <string.h>

#include "face/ask.h"
#include "face/commands.h"
#include "face/setup.h"

struct options {
    struct bd_setup setup;
    struct bd_ask_options ask;
    bool failed;
};

static int take(void *arg, const char *name, const char *value)
{
    struct options *o = arg;
    int rc = bd_setup_take(&o->setup, "resume", name, value);

    if (rc != 0)
        return rc > 0 ? 0 : -1;
    if (strcmp(name, "format") == 0) {
        o->ask.format = value;
        return bd_ask_format("resume", value) ? 0 : -1;
    }
    if (strcmp(name, "output") == 0)
        o->ask.output = value;
    else if (strcmp(name, "answers") == 0)
        o->ask.answers = true;
    else if (strcmp(name, "quiet") == 0)
        o->ask.quiet = true;
    else
        o->failed = true;
    return 0;
}

static int resume(int argc, char **argv)
{
    static struct options o;
    struct bd_operands operands;
    struct bd_engine_plan plan;
    struct bd_engine *e;
    int rc;

    o = (struct options){.ask.format = "terminal"};
    rc = bd_args_parse(&bd_command_resume, argc, argv, take, &o, &operands);
    if (rc >= 0)
        return rc;
    if (bd_setup_plan(&o.setup, &plan) < 0)
        return 2;
    plan.alone = true; /* whoever else works here may be at this very diagnosis */
    e = bd_setup_start(&plan, BD_ENGINE_KEEPS, &o.setup);
    if (!e)
        return 2;
    rc = bd_ask_resume(e, operands.words[0], o.failed ? BD_RESUME_FAILED : BD_RESUME_CUT,
                       &o.ask);
    bd_engine_stop(e);
    return rc;
}

static const struct bd_arg args[] = {
    {"failed", NULL, "ask those cells anew, too, that ended in an error or timed out"},
    {"format", "terminal|json|html|md|csv", "of the report; default: terminal"},
    {"output", "FILE", "write the report there; default: stdout"},
    {"answers", NULL, "terminal: show what was answered"},
    {"quiet", NULL, "no progress on stderr"},
    BD_SETUP_ARGS,
    {"", NULL, NULL},
};

const struct bd_command bd_command_resume = {
    "resume",
    "ID",
    "Finishes an interrupted diagnosis; answered cells are kept.",
    args,
    1,
    1,
    resume,
    BD_ASK_CODES
    "\n`brandiag list --unfinished` shows which there are. Cells for which a "
    "call of the\ninterrupted run may have been billed are marked "
    "maybe_billed_twice in the report.\n",
};
