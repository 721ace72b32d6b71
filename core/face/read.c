/* face/read.c - `brandiag read`: what is read in an answer, without asking anybody. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/reading/reading.h"
#include "face/commands.h"
#include "face/setup.h"

#define ANSWER_BYTES ((size_t)16 << 20) /* of one answer, and of one line of --jsonl */

struct options {
    struct bd_inquiry inquiry;
    const char *brand, *file;
    const char *competitors[BD_INQUIRY_BRANDS];
    int competitor_count;
    bool jsonl, cut;
};

static int take(void *arg, const char *name, const char *value)
{
    struct options *o = arg;

    if (strcmp(name, "brand") == 0)
        o->brand = value;
    else if (strcmp(name, "jsonl") == 0)
        o->jsonl = true;
    else if (strcmp(name, "cut") == 0)
        o->cut = true;
    else if (o->competitor_count < BD_INQUIRY_BRANDS - 1)
        o->competitors[o->competitor_count++] = value;
    else
        return bd_args_usage("read", "more than %d competitors", BD_INQUIRY_BRANDS - 1),
               -1;
    return 0;
}

struct question {
    const char *id, *text, *finish; /* NULL: not given */
    const char *answer;
    size_t bytes;
};

/* Any reason but a whole answer's leaves absence unknown. */
static bool is_cut(const char *finish)
{
    return finish && *finish && strcmp(finish, "stop") != 0 &&
           strcmp(finish, "content_filter") != 0;
}

static const char *state_of(const struct bd_observation *geo)
{
    const struct bd_sighting *b = &geo->brands[0];

    if (b->mentioned == BD_YES)
        return "mentioned";
    if (b->type == BD_MENTION_DISCLAIMED || b->type == BD_MENTION_ECHO)
        return bd_mention_name(b->type);
    return b->mentioned == BD_NO ? "absent" : "unknown";
}

/* The names that are put forward, in the order of the text. */
static json_t *recommended(const struct bd_observation *geo)
{
    json_t *list = json_array();

    for (size_t i = 0; i < geo->offer_count; i++)
        json_array_append_new(
            list, bd_json_string(geo->offers[i].name, strlen(geo->offers[i].name)));
    return list;
}

static json_t *text_or_null(const char *s)
{
    return s ? bd_json_string(s, strlen(s)) : json_null();
}

static int print_one(const struct bd_inquiry *q, const struct question *in,
                     struct bd_error *err)
{
    const struct bd_answer_text text = {
        .text = in->answer, .bytes = in->bytes, .cut = is_cut(in->finish), .echo = -1};
    struct bd_observation *geo = NULL;
    struct bd_reader *reader = NULL;
    struct bd_buf line;
    json_t *o;
    int rc = -1;

    if (bd_reader_new(&reader, q, err) < 0)
        return -1;
    if (bd_reader_read(reader, &text, &geo, err) == 0) {
        bd_buf_init(&line, (size_t)64 << 20);
        o = bd_observation_json(geo, q, in->answer, in->bytes);
        json_object_set_new(o, "id", text_or_null(in->id));
        json_object_set_new(o, "question", text_or_null(in->text));
        json_object_set_new(o, "state", json_string(state_of(geo)));
        json_object_set_new(o, "recommended", recommended(geo));
        json_object_set_new(o, "citations",
                            bd_citations_json(geo, q, in->answer, in->bytes));
        rc = bd_json_write(&line, o, false) < 0 || bd_buf_add(&line, "\n") < 0 ||
                     fwrite(line.data, 1, line.n, stdout) != line.n
                 ? bd_fail(err, BD_ERR_INTERNAL, 0, "read", "cannot write")
                 : 0;
        json_decref(o);
        bd_buf_free(&line);
    }
    bd_observation_free(geo);
    bd_reader_free(reader);
    return rc;
}

/* "A，B" is two names: lists that people keep have them in one. */
static int add_names(struct bd_inquiry *q, const char *spec, struct bd_error *err)
{
    static const char *const commas[] = {"，", "、", "；", ",", ";"};
    const char *end = spec + strlen(spec), *at = end;
    size_t width = 0;
    char name[BD_INQUIRY_NAME_BYTES + 1];

    if (strchr(spec, '=')) /* with aliases */
        return bd_inquiry_add_brand(q, spec, err);
    for (size_t i = 0; i < sizeof(commas) / sizeof(commas[0]); i++) {
        const char *found = strstr(spec, commas[i]);

        if (found && found < at) {
            at = found;
            width = strlen(commas[i]);
        }
    }
    snprintf(name, sizeof(name), "%.*s", (int)(at - spec), spec);
    if (name[strspn(name, " \t")] && bd_inquiry_add_brand(q, name, err) < 0)
        return -1;
    return width ? add_names(q, at + width, err) : 0;
}

static int inquiry_of(struct bd_inquiry *q, const json_t *o, struct bd_error *err)
{
    const json_t *competitors = json_object_get(o, "competitors"), *c;
    size_t i;

    bd_inquiry_init(q);
    if (bd_inquiry_add_brand(q, bd_json_text(o, "brand", ""), err) < 0)
        return -1;
    json_array_foreach(competitors, i,
                       c) if (json_is_string(c) &&
                              add_names(q, json_string_value(c), err) < 0) return -1;
    return 0;
}

static int read_object(const json_t *o, struct bd_error *err)
{
    const json_t *answer = json_object_get(o, "answer");
    struct question in = {
        .id = bd_json_text(o, "id", NULL),
        .text = bd_json_text(o, "question", NULL),
        .finish = bd_json_text(o, "finish_reason", NULL),
        .answer = json_string_value(answer),
        .bytes = json_string_length(answer),
    };
    struct bd_inquiry q;
    int rc;

    if (!in.answer)
        return bd_fail(err, BD_ERR_INVALID_REQUEST, 0, "read",
                       "\"answer\" is missing or no text");
    rc = inquiry_of(&q, o, err);
    if (rc == 0)
        rc = print_one(&q, &in, err);
    bd_inquiry_free(&q);
    return rc;
}

static int read_line(const char *line, size_t n, long number)
{
    struct bd_error err;
    json_t *o = bd_json_parse(line, n, "read", &err);
    int rc = o ? read_object(o, &err) : -1;

    json_decref(o);
    if (rc < 0)
        fprintf(stderr, "brandiag read: line %ld: %s\n", number, err.message);
    return rc;
}

static int read_lines(FILE *in)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t n;
    int wrong = 0;

    for (long number = 1; (n = getline(&line, &size, in)) >= 0; number++)
        if (line[strspn(line, " \t\r\n")])
            wrong += read_line(line, (size_t)n, number) < 0;
    free(line);
    return wrong ? 1 : 0;
}

static int read_answer(struct options *o, FILE *in)
{
    struct question q = {.finish = o->cut ? "length" : NULL};
    struct bd_error err;
    struct bd_buf text;
    char piece[65536];
    size_t n;
    int rc;

    bd_buf_init(&text, ANSWER_BYTES);
    while ((n = fread(piece, 1, sizeof(piece), in)) > 0 &&
           bd_buf_append(&text, piece, n) == 0)
        ;
    if (text.failed) {
        fprintf(stderr, "brandiag read: the answer is over %zu MiB\n",
                ANSWER_BYTES >> 20);
        bd_buf_free(&text);
        return 1;
    }
    q.answer = text.data;
    q.bytes = text.n;
    rc = print_one(&o->inquiry, &q, &err);
    if (rc < 0)
        bd_setup_complain(&err);
    bd_buf_free(&text);
    return rc < 0 ? 1 : 0;
}

static int add_brands(struct options *o)
{
    struct bd_error err;
    int rc = 0;

    if (o->jsonl)
        return 0;
    if (!o->brand)
        return bd_args_usage("read", "--brand is missing");
    rc = bd_inquiry_add_brand(&o->inquiry, o->brand, &err);
    for (int i = 0; rc == 0 && i < o->competitor_count; i++)
        rc = bd_inquiry_add_brand(&o->inquiry, o->competitors[i], &err);
    return rc < 0 ? bd_args_usage("read", "%s", err.message) : 0;
}

static int run(int argc, char **argv)
{
    static struct options o;
    struct bd_operands operands;
    FILE *in = stdin;
    int rc;

    o = (struct options){0};
    rc = bd_args_parse(&bd_command_read, argc, argv, take, &o, &operands);
    if (rc >= 0)
        return rc;
    bd_inquiry_init(&o.inquiry);
    rc = add_brands(&o);
    if (rc == 0 && operands.count > 0 && !(in = fopen(operands.words[0], "re"))) {
        fprintf(stderr, "brandiag read: %s: it cannot be opened\n", operands.words[0]);
        rc = 2;
    }
    if (rc == 0)
        rc = o.jsonl ? read_lines(in) : read_answer(&o, in);
    if (in && in != stdin)
        (void)fclose(in); /* it was only read */
    bd_inquiry_free(&o.inquiry);
    return rc;
}

static const struct bd_arg args[] = {
    {"brand", "B[=alias,alias,-not,+near]",
     "the brand, with other spellings of it, phrases in which it is not meant, and words "
     "of "
     "which one must stand near it"},
    {"competitor", "C[=alias,alias]", "a competitor; may be repeated"},
    {"cut", NULL, "the answer did not come whole: what it leaves out is unknown"},
    {"jsonl", NULL,
     "many answers, an object a line: id, brand, competitors, question, answer, "
     "finish_reason"},
    {"", NULL, NULL},
};

const struct bd_command bd_command_read = {
    "read",
    "[FILE]",
    "Reads a pasted answer: which brands, how, in which place.",
    args,
    0,
    1,
    run,
    "Without FILE it reads stdin. It prints one JSON object for each answer: the "
    "\"geo\"\n"
    "object of docs/report.md, with \"state\" (of the brand: mentioned, disclaimed, "
    "echo,\n"
    "absent, unknown), \"recommended\" (the names put forward, in their order) and\n"
    "\"citations\" (the sources it names).\n",
};
