/* bench/cells.c - how long the figures of so many cells take, apart from all else.
 *
 *   bench_cells QUESTIONS MODELS SAMPLES BRANDS
 *
 * Neutral cells with observations made by chance, half of the brands in each and six that
 * nobody tracks. Prints seconds of the figures and of their intervals, and the peak of
 * memory before and after in KiB. */
#include <stdio.h>
#include <time.h>

#include "base/random.h"
#include "domain/figures/bootstrap.h"
#include "domain/make.h"

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* VmRSS or VmHWM, the peak. What getrusage() tells is that of the parent as well. */
static long memory_kib(const char *what)
{
    FILE *f = fopen("/proc/self/status", "r");
    char line[128];
    long kib = 0;

    while (f && fgets(line, sizeof(line), f))
        if (strncmp(line, what, strlen(what)) == 0)
            kib = strtol(line + strlen(what) + 1, NULL, 10);
    if (f)
        fclose(f);
    return kib;
}

static void forget_peak(void)
{
    FILE *f = fopen("/proc/self/clear_refs", "w");

    if (!f)
        return;
    fputs("5", f);
    fclose(f);
}

static void find(struct bd_observation *o, struct bd_random *random)
{
    char name[32];

    o->found = calloc(6, sizeof(*o->found));
    if (!o->found)
        abort();
    for (o->found_count = 0; o->found_count < 6; o->found_count++) {
        snprintf(name, sizeof(name), "品牌 %u", bd_random_below(random, 400));
        o->found[o->found_count] = (struct bd_discovery){
            .name = strdup(name), .rank = (int)o->found_count + 1, .order = 9};
    }
}

static void make(struct bd_record *rec, int questions, int models, int samples,
                 int brands)
{
    struct bd_random random;
    char text[64];

    bd_record_init(rec);
    for (int i = 0; i < brands; i++) {
        snprintf(text, sizeof(text), "厂家%d=Maker%d", i, i);
        brand(&rec->inquiry, text);
    }
    for (int i = 0; i < questions; i++) {
        snprintf(text, sizeof(text), "第 %d 个问题：买什么车好？", i);
        question(&rec->inquiry, text);
    }
    for (int i = 0; i < models; i++) {
        snprintf(text, sizeof(text), "service/model-%d", i);
        model(&rec->inquiry, text);
    }
    rec->inquiry.probes = BD_PROBE_NEUTRAL;
    rec->inquiry.samples = samples;
    add_cells(rec);
    bd_random_init(&random, 1);
    for (size_t i = 0; i < rec->cell_count; i++) {
        struct bd_observation *o =
            answer(&rec->cells[i], "an answer", (size_t)brands, BD_NO);

        for (int b = 0; b < brands; b++)
            if (bd_random_below(&random, 2))
                mention(o, b, (int)bd_random_below(&random, 7),
                        bd_random_below(&random, 3) - 1.0);
        find(o, &random);
    }
}

static int number(const char *s)
{
    return (int)strtol(s, NULL, 10);
}

int main(int argc, char **argv)
{
    struct bd_error err = {0};
    struct bd_record rec;
    struct bd_figures f;
    double start, middle, end;
    long before;

    if (argc != 5) {
        fprintf(stderr, "usage: bench_cells QUESTIONS MODELS SAMPLES BRANDS\n");
        return 2;
    }
    make(&rec, number(argv[1]), number(argv[2]), number(argv[3]), number(argv[4]));
    forget_peak();
    before = memory_kib("VmRSS");
    start = now();
    must(bd_figures_make(&f, &rec, &err), &err);
    middle = now();
    must(bd_bootstrap(&f, &rec, &err), &err);
    end = now();
    printf("{\"cells\": %zu, \"figures\": %.4f, \"intervals\": %.4f, \"replicates\": %d, "
           "\"before_kib\": %ld, \"after_kib\": %ld}\n",
           rec.cell_count, middle - start, end - middle, f.sure.replicates, before,
           memory_kib("VmHWM"));
    bd_figures_free(&f);
    bd_record_free(&rec);
    return 0;
}
