/* tests/train_judge.c - learns the weights of core/domain/reading/judge_weights.c from
 * labelled answers.
 *
 *   train_judge [--hold PREFIX]... [--predict FILE] [--out FILE] LABELLED.jsonl...
 *
 * --hold: sets whose names begin so are not learnt from; --predict: what is said of their
 * candidates, a line each; --out: where the weights go. A candidate is right if its
 * answer's `recommended` holds it: the one begins as the other does. Logistic regression
 * by AdaGrad (Duchi et al., 2011), the same order every time. */
#include <ctype.h>
#include <jansson.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/reading/judge.h"
#include "domain/reading/judge_weights.h"
#include "domain/reading/reading.h"

enum { HOLDS = 40 };
static int EPOCHS = 12;

struct example {
    size_t at;
    uint32_t count; /* of its features */
    int answer, brand;
    bool offered;
    size_t start, end;
    bool right, held;
};

static struct example *examples;
static size_t example_count;
static uint32_t *ids;
static float *by;
static size_t feature_count, feature_cap;
static json_t **answers;
static size_t answer_count;
static const char *holds[HOLDS];
static int hold_count;
static float weights[2 * BD_JUDGE_WEIGHTS], seen[2 * BD_JUDGE_WEIGHTS], more = 1;
static double step = 0.1, decay = 1e-6;

static void *grown(void *p, size_t bytes)
{
    p = realloc(p, bytes);
    if (!p)
        exit(1);
    return p;
}

static size_t squeeze(char *out, size_t most, const char *s, size_t n)
{
    size_t k = 0;

    for (size_t i = 0; i < n && k < most; i++)
        if (s[i] != ' ' && s[i] != '*')
            out[k++] = (char)tolower((unsigned char)s[i]);
    return k;
}

static bool is_right(json_t *answer, const char *s, size_t n)
{
    json_t *list = json_object_get(answer, "recommended"), *one;
    char a[256], b[256];
    size_t i, x = squeeze(a, sizeof(a), s, n), y;

    json_array_foreach(list, i, one)
    {
        y = squeeze(b, sizeof(b), json_string_value(one), json_string_length(one));
        if (x > 0 && y > 0 && memcmp(a, b, x < y ? x : y) == 0)
            return true;
    }
    return false;
}

/* A tracked one is right if a name in the list holds it. */
static bool brand_right(json_t *answer, int brand)
{
    json_t *list = json_object_get(answer, "recommended"), *one;
    json_t *name = brand == 0 ? json_object_get(answer, "brand")
                              : json_array_get(json_object_get(answer, "competitors"),
                                               (size_t)brand - 1);
    char a[256], b[256];
    size_t i,
        x = squeeze(a, sizeof(a), json_string_value(name), json_string_length(name));

    json_array_foreach(list, i, one)
    {
        size_t y = squeeze(b, sizeof(b), json_string_value(one), json_string_length(one));

        for (size_t k = 0; x > 0 && k + x <= y; k++)
            if (memcmp(b + k, a, x) == 0)
                return true;
    }
    return false;
}

static void keep(void *to, size_t start, size_t end, int brand, bool offered,
                 const struct bd_judge_case *c)
{
    json_t *answer = answers[answer_count];
    const char *set = json_string_value(json_object_get(answer, "set"));
    static struct bd_judge_features f;
    struct example e = {.answer = (int)answer_count,
                        .brand = brand,
                        .offered = offered,
                        .start = start,
                        .end = end};

    (void)to;
    bd_judge_features(c, &f);
    e.at = feature_count;
    e.count = (uint32_t)f.count;
    while (feature_count + f.count > feature_cap) {
        feature_cap = feature_cap ? 2 * feature_cap : 1 << 24;
        ids = grown(ids, feature_cap * sizeof(*ids));
        by = grown(by, feature_cap * sizeof(*by));
    }
    for (size_t i = 0; i < f.count; i++) {
        ids[feature_count] = f.at[i] + (c->inner ? BD_JUDGE_WEIGHTS : 0);
        by[feature_count++] = f.by[i];
    }
    for (int i = 0; i < hold_count; i++)
        e.held |= set && strncmp(set, holds[i], strlen(holds[i])) == 0;
    e.right =
        is_right(answer, json_string_value(json_object_get(answer, "answer")) + start,
                 end - start) ||
        (brand >= 0 && brand_right(answer, brand));
    if (example_count % 4096 == 0)
        examples = grown(examples, (example_count + 4096) * sizeof(*examples));
    examples[example_count++] = e;
}

static void read_answer(json_t *answer)
{
    struct bd_inquiry q;
    struct bd_reader *reader;
    struct bd_observation *o;
    struct bd_error err;
    json_t *text = json_object_get(answer, "answer"), *one;
    struct bd_answer_text t = {
        .text = json_string_value(text), .bytes = json_string_length(text), .echo = -1};
    const struct bd_learner learner = {.candidate = keep};
    size_t i;

    bd_inquiry_init(&q);
    if (bd_inquiry_add_brand(&q, json_string_value(json_object_get(answer, "brand")),
                             &err) < 0)
        fprintf(stderr, "%s\n", err.message);
    json_array_foreach(json_object_get(answer, "competitors"), i,
                       one) if (bd_inquiry_add_brand(&q, json_string_value(one), &err) <
                                0) fprintf(stderr, "%s\n", err.message);
    if (bd_reader_new(&reader, &q, &err) < 0)
        exit(1);
    bd_reader_teach(reader, &learner);
    answers = grown(answers, (answer_count + 1) * sizeof(*answers));
    answers[answer_count] = answer;
    if (bd_reader_read(reader, &t, &o, &err) < 0)
        exit(1);
    bd_observation_free(o);
    bd_reader_free(reader);
    bd_inquiry_free(&q);
    answer_count++;
}

static void read_file(const char *path)
{
    FILE *f = fopen(path, "r");
    char *line = NULL;
    size_t cap = 0;

    if (!f) {
        perror(path);
        exit(1);
    }
    while (getline(&line, &cap, f) > 0) {
        json_t *answer = json_loads(line, 0, NULL);

        if (answer && json_is_array(json_object_get(answer, "recommended")))
            read_answer(answer);
        else
            json_decref(answer);
    }
    free(line);
    fclose(f);
}

static double said(const struct example *e)
{
    double sum = 0;

    for (size_t i = e->at; i < e->at + e->count; i++)
        sum += (double)by[i] * (double)weights[ids[i]];
    return 1 / (1 + exp(-sum));
}

static uint32_t chance = 12345;

static uint32_t draw(void)
{
    chance ^= chance << 13;
    chance ^= chance >> 17;
    chance ^= chance << 5;
    return chance;
}

static void learn(void)
{
    size_t *order = grown(NULL, example_count * sizeof(*order)), n = 0;

    for (size_t i = 0; i < example_count; i++)
        if (!examples[i].held)
            order[n++] = i;
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
        double loss = 0;

        for (size_t i = n; i > 1; i--) {
            size_t k = draw() % i, t = order[i - 1];

            order[i - 1] = order[k];
            order[k] = t;
        }
        for (size_t i = 0; i < n; i++) {
            const struct example *e = &examples[order[i]];
            double p = said(e), off = p - e->right;

            loss -= log(e->right ? p + 1e-9 : 1 - p + 1e-9);
            for (size_t k = e->at; k < e->at + e->count; k++) {
                float *w = &weights[ids[k]], *s = &seen[ids[k]];
                float g = (e->right ? more : 1) * (float)off * by[k] + (float)decay * *w;

                *s += g * g;
                *w -= (float)step * g / (sqrtf(*s) + 1e-3F);
            }
        }
        fprintf(stderr, "epoch %d: %zu examples, loss %.5f\n", epoch, n,
                loss / (double)n);
    }
    free(order);
}

static void quantize(void)
{
    for (size_t i = 0; i < (size_t)2 * BD_JUDGE_WEIGHTS; i++) {
        double v = round((double)weights[i] / BD_JUDGE_SCALE);

        weights[i] = (float)((v > 127 ? 127 : v < -127 ? -127 : v) * BD_JUDGE_SCALE);
    }
}

static void write_weights(const char *path)
{
    FILE *f = fopen(path, "w");

    if (!f) {
        perror(path);
        exit(1);
    }
    fputs("/* domain/reading/judge_weights.c - written by tests/train_judge.c. */\n"
          "#include \"domain/reading/judge_weights.h\"\n\n"
          "/* clang-format off */\n"
          "const int8_t bd__judge_weights[2][BD_JUDGE_WEIGHTS] = {{",
          f);
    for (size_t i = 0; i < (size_t)2 * BD_JUDGE_WEIGHTS; i++)
        fprintf(f, "%s%s%d,", i == BD_JUDGE_WEIGHTS ? "\n}, {" : "",
                i % 24 == 0 ? "\n" : "",
                (int)lround((double)weights[i] / BD_JUDGE_SCALE));
    fputs("\n}};\n", f);
    fclose(f);
}

static void predict(const char *path)
{
    FILE *f = fopen(path, "w");

    if (!f)
        exit(1);
    for (size_t i = 0; i < example_count; i++) {
        const struct example *e = &examples[i];
        json_t *a = answers[e->answer];

        if (!e->held)
            continue;
        fprintf(f, "%s\t%d\t%d\t%d\t%.4f\t%zu\t%zu\t%.*s\n",
                json_string_value(json_object_get(a, "id")), e->offered, e->brand,
                e->right, said(e), e->start, e->end, (int)(e->end - e->start),
                json_string_value(json_object_get(a, "answer")) + e->start);
    }
    fclose(f);
}

int main(int argc, char **argv)
{
    const char *out = NULL, *told = NULL;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--hold") == 0 && hold_count < HOLDS)
            holds[hold_count++] = argv[++i];
        else if (strcmp(argv[i], "--predict") == 0)
            told = argv[++i];
        else if (strcmp(argv[i], "--out") == 0)
            out = argv[++i];
        else if (strcmp(argv[i], "--step") == 0)
            step = atof(argv[++i]);
        else if (strcmp(argv[i], "--epochs") == 0)
            EPOCHS = atoi(argv[++i]);
        else if (strcmp(argv[i], "--more") == 0)
            more = (float)atof(argv[++i]);
        else if (strcmp(argv[i], "--decay") == 0)
            decay = atof(argv[++i]);
        else
            read_file(argv[i]);
    }
    learn();
    quantize();
    if (told)
        predict(told);
    if (out)
        write_weights(out);
    return 0;
}
