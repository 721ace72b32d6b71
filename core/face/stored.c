/* face/stored.c - `brandiag report` and `brandiag list`: what was stored. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/json.h"
#include "base/text.h"
#include "domain/compare/replay.h"
#include "face/ask.h"
#include "face/commands.h"
#include "face/setup.h"
#include "face/versus.h"

struct options {
    struct bd_setup setup;
    struct bd_ask_options ask;
    const char *command, *lang, *before, *compare;
    long long limit;
    bool unfinished;
};

static int take(void *arg, const char *name, const char *value)
{
    struct options *o = arg;
    int rc = bd_setup_take(&o->setup, o->command, name, value);

    if (rc != 0)
        return rc > 0 ? 0 : -1;
    if (strcmp(name, "format") == 0) {
        o->ask.format = value;
        return bd_ask_format(o->command, value) ? 0 : -1;
    }
    if (strcmp(name, "output") == 0)
        o->ask.output = value;
    else if (strcmp(name, "answers") == 0)
        o->ask.answers = true;
    else if (strcmp(name, "before") == 0)
        o->before = value;
    else if (strcmp(name, "compare") == 0)
        o->compare = value;
    else if (strcmp(name, "unfinished") == 0)
        o->unfinished = true;
    else if (strcmp(name, "lang") == 0 &&
             (strcmp(value, "zh") == 0 || strcmp(value, "en") == 0))
        o->lang = value;
    else if (strcmp(name, "lang") == 0)
        return bd_args_usage(o->command, "--lang is '%s': use zh or en", value), -1;
    else if (!bd_args_number(value, 1, 100000, &o->limit))
        return bd_args_usage(o->command, "--limit is '%s': give 1 to 100000", value), -1;
    return 0;
}

/* With a note where today's reading is another than that of its time. */
static int show(const struct bd_record *rec, const struct options *o)
{
    struct bd_buf note;
    const char *text;
    int rc;

    bd_buf_init(&note, 4096);
    rc = bd_replay_note(&note, rec, strcmp(rec->inquiry.lang, "en") != 0);
    text = note.data;
    rc = bd_ask_report(rec, &text, rc == 0 && note.n ? 1 : 0, &o->ask);
    bd_buf_free(&note);
    return rc;
}

static int show_loaded(void *arg, struct bd_engine *e, struct bd_record *rec)
{
    const struct options *o = arg;

    if (o->lang)
        snprintf(rec->inquiry.lang, sizeof(rec->inquiry.lang), "%s", o->lang);
    return o->compare ? bd_versus(e, rec, o->compare, &o->ask) : show(rec, o);
}

static int report(int argc, char **argv)
{
    struct options o = {.command = "report", .ask.format = "terminal"};
    struct bd_operands operands;
    int rc = bd_args_parse(&bd_command_report, argc, argv, take, &o, &operands);

    return rc >= 0 ? rc : bd_setup_stored(&o.setup, operands.words[0], show_loaded, &o);
}

struct listing {
    json_t *array; /* NULL: print */
    const char *before;
    bool unfinished;
    int rows;
};

static void print_row(const struct bd_listed *row)
{
    time_t s = (time_t)(row->created_ms / 1000);
    char when[32] = "";
    struct tm tm;
    struct bd_buf brand;

    if (localtime_r(&s, &tm))
        strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", &tm);
    bd_buf_init(&brand, 1024);
    bd_text_pad(&brand, row->brand, 16, false);
    printf("%-30s %s  %s ", row->id, when, brand.data);
    if (row->summary)
        printf("%lld of %lld answered, %.1f s\n",
               (long long)bd_json_int(row->summary, "completed", 0),
               (long long)bd_json_int(row->summary, "total", 0),
               (double)bd_json_int(row->summary, "elapsed_ms", 0) / 1000);
    else
        printf("unfinished\n");
    bd_buf_free(&brand);
}

static void add_row(json_t *array, const struct bd_listed *row)
{
    json_t *o =
        json_pack("{s:s, s:s, s:I, s:b}", "id", row->id, "brand", row->brand,
                  "created_ms", (json_int_t)row->created_ms, "finished", !row->running);

    json_object_set(o, "summary", row->summary ? (json_t *)row->summary : json_null());
    json_array_append_new(array, o);
}

static void each(void *arg, const struct bd_listed *row)
{
    struct listing *l = arg;

    l->rows++;
    if (l->array)
        add_row(l->array, row);
    else
        print_row(row);
}

static int finish_list(struct listing *l)
{
    struct bd_buf out;
    int rc = 0;

    if (!l->array) {
        if (!l->rows && l->unfinished)
            printf("nothing is unfinished\n");
        else if (!l->rows && l->before)
            printf("nothing older than '%s' is stored\n", l->before);
        else if (!l->rows)
            printf("nothing is stored yet\n");
        return 0;
    }
    bd_buf_init(&out, (size_t)256 << 20);
    if (bd_json_write(&out, l->array, true) < 0 || bd_buf_add(&out, "\n") < 0 ||
        bd_setup_write(NULL, out.data, out.n) < 0)
        rc = 1;
    bd_buf_free(&out);
    json_decref(l->array);
    return rc;
}

static int list(int argc, char **argv)
{
    struct options o = {.command = "list", .limit = 20, .ask.format = "terminal"};
    struct listing l = {0};
    struct bd_operands operands;
    struct bd_error err;
    struct bd_engine *e;
    int rc = bd_args_parse(&bd_command_list, argc, argv, take, &o, &operands);

    if (rc >= 0)
        return rc;
    e = bd_setup_engine(&o.setup, BD_ENGINE_LOOKS);
    if (!e)
        return 2;
    if (strcmp(o.ask.format, "json") == 0)
        l.array = json_array();
    l.before = o.before;
    l.unfinished = o.unfinished;
    rc = o.unfinished ? bd_engine_list_unfinished(e, each, &l, &err)
                      : bd_engine_list(e, (int)o.limit, o.before, each, &l, &err);
    if (rc < 0) {
        bd_setup_complain(&err);
        json_decref(l.array);
        rc = 1;
    } else {
        rc = finish_list(&l);
    }
    bd_engine_stop(e);
    return rc;
}

static const struct bd_arg report_args[] = {
    {"format", "terminal|json|html|md|csv", "of the report; default: terminal"},
    {"output", "FILE", "write the report there; default: stdout"},
    {"lang", "zh|en", "of the report; default: as it was asked"},
    {"answers", NULL, "terminal: show what was answered"},
    {"compare", "ID",
     "what changed since that stored diagnosis, and whether it is more than noise"},
    BD_SETUP_ARGS,
    {"", NULL, NULL},
};

static const struct bd_arg list_args[] = {
    {"limit", "N", "at most so many, newest first; default 20"},
    {"before", "ID", "only those older than this one"},
    {"unfinished", NULL, "all those that run now or were interrupted; see `resume`"},
    {"format", "terminal|json", "a line each, or one JSON array"},
    BD_SETUP_ARGS,
    {"", NULL, NULL},
};

const struct bd_command bd_command_report = {
    "report",    "ID", "A stored diagnosis again, its answers read with today's rules.",
    report_args, 1,    1,
    report,      NULL,
};
const struct bd_command bd_command_list = {
    "list", "", "The stored diagnoses.", list_args, 0, 0, list, NULL,
};
