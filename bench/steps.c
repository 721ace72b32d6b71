/* bench/steps.c - what it costs to make a report, step by step, on one core.
 *
 *   bench_steps CELLS < ANSWER      a record of so many cells that all hold that answer,
 *                                   less a line here and there; 5 brands, 4 models
 *   bench_steps --long MIB < ANSWER one answer, repeated to that size, read
 *
 * Prints one JSON object: seconds of CPU by step, and resident KiB after each. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "domain/compare/compare.h"
#include "domain/figures/bootstrap.h"
#include "domain/reading/reading.h"
#include "domain/report/report.h"

enum { MODELS = 4, SAMPLES = 25, ANSWER_BYTES = 1 << 16 };

static char answer[ANSWER_BYTES];
static size_t answer_bytes;

static void must(int rc, const struct bd_error *err)
{
    if (rc >= 0)
        return;
    fprintf(stderr, "bench_steps: %s\n", err->message);
    exit(1);
}

static long resident_kib(void)
{
    FILE *f = fopen("/proc/self/statm", "r");
    long all = 0, resident = 0;

    if (f && fscanf(f, "%ld %ld", &all, &resident) != 2)
        resident = 0;
    if (f)
        fclose(f);
    return resident * 4;
}

static int64_t begun_us;

static int64_t now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t); /* others may be at work, too */
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void begin(void)
{
    begun_us = now_us();
}

static void told(const char *step)
{
    double s = (double)(now_us() - begun_us) / 1e6;

    printf("\"%s\":%.4f,\"%s_kib\":%ld,", step, s, step, resident_kib());
}

static void make_inquiry(struct bd_inquiry *q, int questions)
{
    static const char *const brands[] = {"华为=Huawei,问界", "比亚迪=BYD", "小鹏=Xpeng",
                                         "特斯拉=Tesla", "吉利银河=Geely"};
    static const char *const models[] = {"doubao/a", "qwen/b", "deepseek/c", "zhipu/d"};
    struct bd_error err;
    char text[64];

    bd_inquiry_init(q);
    for (size_t i = 0; i < sizeof(brands) / sizeof(brands[0]); i++)
        must(bd_inquiry_add_brand(q, brands[i], &err), &err);
    for (int i = 0; i < questions; i++) {
        snprintf(text, sizeof(text), "预算 %d 万，买什么新能源车好？", 5 + i);
        must(bd_inquiry_add_question(q, text, &err), &err);
    }
    for (int i = 0; i < MODELS; i++)
        must(bd_inquiry_add_model(q, models[i], &err), &err);
    q->probes = BD_PROBE_NEUTRAL;
    q->samples = SAMPLES;
}

/* The answer without the i-th of its first eight lines; whole for the ninth. */
static void fill(struct bd_cell *c, size_t i)
{
    const char *from = answer, *to;

    for (size_t k = i % 9; k > 0 && (to = strchr(from, '\n')); k--)
        from = to + 1;
    to = i % 9 < 8 ? strchr(from, '\n') : from;
    to = to ? to : from;
    c->text = malloc(answer_bytes + 1);
    if (!c->text)
        exit(1);
    memcpy(c->text, answer, (size_t)(from - answer));
    snprintf(c->text + (from - answer), answer_bytes + 1 - (size_t)(from - answer), "%s",
             to);
    c->text_bytes = strlen(c->text);
    c->status = BD_STATUS_OK;
    c->attempts = 1;
    c->ttft_ms = 500;
    c->latency_ms = 2000 + (int64_t)(i % 700);
    c->finished_ms = 1795421730123 + (int64_t)i;
    c->model_used = strdup("model-of-a-usual-name");
    c->model_reported = strdup("model-of-a-usual-name");
}

static void make_record(struct bd_record *rec, size_t cells)
{
    bd_record_init(rec);
    make_inquiry(&rec->inquiry, (int)(cells / ((size_t)MODELS * SAMPLES)));
    snprintf(rec->id, sizeof(rec->id), "20260101t000000000-00000000");
    rec->created_ms = 1795421730123;
    rec->cells = calloc(cells, sizeof(*rec->cells));
    if (!rec->cells)
        exit(1);
    for (; rec->cell_count < cells; rec->cell_count++) {
        size_t i = rec->cell_count;
        struct bd_cell *c = &rec->cells[i];

        bd_cell_init(c);
        c->question = (int)(i / ((size_t)MODELS * SAMPLES));
        c->model = (int)(i / SAMPLES % MODELS);
        c->sample = (int)(i % SAMPLES);
        fill(c, i);
    }
}

static void read_all(struct bd_record *rec)
{
    struct bd_reader *reader;
    struct bd_error err;

    must(bd_reader_new(&reader, &rec->inquiry, &err), &err);
    for (size_t i = 0; i < rec->cell_count; i++) {
        struct bd_cell *c = &rec->cells[i];
        const struct bd_answer_text a = {
            .text = c->text, .bytes = c->text_bytes, .echo = -1};

        must(bd_reader_read(reader, &a, &c->geo, &err), &err);
    }
    bd_reader_free(reader);
}

static void write_all(const struct bd_record *rec, const struct bd_figures *f)
{
    static const char *const names[] = {"terminal", "json", "html", "md", "csv"};
    const struct bd_report_style style = {.columns = 80};

    for (int i = 0; i < BD_REPORT_FORMATS; i++) {
        struct bd_error err;
        struct bd_buf out;

        bd_buf_init(&out, (size_t)256 << 20);
        begin();
        if (bd_report_write(&out, (enum bd_report_format)i, rec, f, NULL, &style) < 0)
            must(bd_fail(&err, BD_ERR_TOO_LARGE, 0, "bench", "%s", names[i]), &err);
        told(names[i]);
        printf("\"%s_bytes\":%zu,", names[i], out.n);
        bd_buf_free(&out);
    }
}

static void steps(size_t cells)
{
    struct bd_comparison comparison;
    struct bd_record rec;
    struct bd_figures f;
    struct bd_error err;

    make_record(&rec, cells);
    begin();
    told("made");
    read_all(&rec);
    told("read");
    begin();
    must(bd_figures_make(&f, &rec, &err), &err);
    told("figures");
    begin();
    must(bd_bootstrap(&f, &rec, &err), &err);
    told("intervals");
    write_all(&rec, &f);
    begin();
    must(bd_compare(&comparison, &rec, &rec, &err), &err);
    told("compare");
    bd_comparison_free(&comparison);
    bd_figures_free(&f);
    bd_record_free(&rec);
}

static void read_long(size_t bytes)
{
    char *text = malloc(bytes + answer_bytes);
    struct bd_observation *geo;
    struct bd_inquiry q;
    struct bd_reader *reader;
    struct bd_error err;
    size_t n = 0;

    if (!text)
        exit(1);
    for (; n < bytes; n += answer_bytes)
        memcpy(text + n, answer, answer_bytes);
    make_inquiry(&q, 1);
    must(bd_reader_new(&reader, &q, &err), &err);
    begin();
    must(bd_reader_read(reader,
                        &(struct bd_answer_text){
                            .text = text, .bytes = bytes, .cut = true, .echo = -1},
                        &geo, &err),
         &err);
    told("long");
    bd_observation_free(geo);
    bd_reader_free(reader);
    bd_inquiry_free(&q);
    free(text);
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    answer_bytes = fread(answer, 1, sizeof(answer) - 1, stdin);
    printf("{");
    if (strcmp(argv[1], "--long") == 0)
        read_long((size_t)strtoul(argc > 2 ? argv[2] : "1", NULL, 10) << 20);
    else
        steps((size_t)strtoul(argv[1], NULL, 10));
    printf("\"end\":0}\n");
    return 0;
}
