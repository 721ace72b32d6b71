/* tests/train_judge.c - learns core/domain/reading/judge_weights.c from labelled answers.
 *
 *   train_judge [--hold SET]... [--labels FILE] [--out FILE] [--predict FILE] ANSWERS...
 *
 * ANSWERS and FILE of --labels: JSON objects, one a line, as in tests/data; an answer
 * without `recommended` takes it from the label of its id, or is left out. --hold: sets
 * whose names begin so are not learnt from. --out: where the weights go. --predict: what
 * is said of the candidates that were held back, a line each: answer, by the rules or
 * not, brand, right or not, likelihood, offsets, name.
 *
 * A candidate is right if its answer's `recommended` holds it: the one begins as the
 * other does, or a tracked name is in it. Logistic regression by AdaGrad (Duchi, Hazan
 * and Singer, 2011), in the same order every time: the same answers give the same
 * weights. Some 10 s and 1 GB for 2,500 answers. */
#include <jansson.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/reading/judge.h"
#include "domain/reading/judge_weights.h"
#include "domain/reading/reading.h"

enum { EPOCHS = 6, HOLDS = 40, NAME_BYTES = 256, PIECE = 4096 };

static const double step = 0.01, decay = 1e-6;
static const double right_counts = 3; /* as much as one that is not: they are few */

struct example {
    size_t first, count; /* of its features */
    size_t answer, start, end;
    int brand;
    bool offered, right, held;
};

static struct example *examples;
static size_t example_count;
static uint32_t *places; /* of features, in weights */
static float *values;
static size_t feature_count, feature_cap;
static json_t **answers;
static size_t answer_count;
static json_t *labels; /* by id */
static const char *holds[HOLDS];
static int hold_count;
static float weights[2 * BD_JUDGE_WEIGHTS], squares[2 * BD_JUDGE_WEIGHTS];

static void *grown(void *p, size_t bytes)
{
    p = realloc(p, bytes);
    if (!p) {
        fputs("train_judge: out of memory\n", stderr);
        exit(1);
    }
    return p;
}

static FILE *opened(const char *path, const char *mode)
{
    FILE *f = fopen(path, mode);

    if (!f) {
        perror(path);
        exit(1);
    }
    return f;
}

static void closed(FILE *f, const char *path)
{
    bool failed = ferror(f);

    if (fclose(f) != 0 || failed) {
        perror(path);
        exit(1);
    }
}

static const char *text_of(json_t *object, const char *key)
{
    const char *s = json_string_value(json_object_get(object, key));

    return s ? s : "";
}

/* Without blanks and emphasis, in small letters. */
static size_t squeeze(char out[NAME_BYTES], const char *s, size_t n)
{
    size_t k = 0;

    for (size_t i = 0; i < n && k < NAME_BYTES; i++)
        if (s[i] != ' ' && s[i] != '*')
            out[k++] = s[i] >= 'A' && s[i] <= 'Z' ? (char)(s[i] | 0x20) : s[i];
    return k;
}

static bool holds_it(const char *s, size_t n, const char *in, size_t m)
{
    for (size_t i = 0; n > 0 && i + n <= m; i++)
        if (memcmp(s, in + i, n) == 0)
            return true;
    return false;
}

/* Is the name in the list? anywhere: within one of it, else at its beginning. */
static bool recommended(json_t *answer, const char *s, size_t n, bool anywhere)
{
    char name[NAME_BYTES], other[NAME_BYTES];
    const size_t k = squeeze(name, s, n);
    json_t *one;
    size_t i;

    json_array_foreach(json_object_get(answer, "recommended"), i, one)
    {
        size_t m = squeeze(other, json_string_value(one), json_string_length(one));

        if (anywhere ? holds_it(name, k, other, m)
                     : k > 0 && m > 0 && memcmp(name, other, k < m ? k : m) == 0)
            return true;
    }
    return false;
}

static const char *brand_of(json_t *answer, int brand)
{
    json_t *others = json_object_get(answer, "competitors");

    return brand == 0 ? text_of(answer, "brand")
                      : json_string_value(json_array_get(others, (size_t)brand - 1));
}

static bool is_held(json_t *answer)
{
    const char *set = text_of(answer, "set");

    for (int i = 0; i < hold_count; i++)
        if (strncmp(set, holds[i], strlen(holds[i])) == 0)
            return true;
    return false;
}

static void keep_features(const struct bd_judge_case *c)
{
    static struct bd_judge_features f;

    bd_judge_features(c, &f);
    if (feature_count + f.count > feature_cap) {
        feature_cap = 2 * feature_cap + BD_JUDGE_FEATURES;
        places = grown(places, feature_cap * sizeof(*places));
        values = grown(values, feature_cap * sizeof(*values));
    }
    for (size_t i = 0; i < f.count; i++) {
        places[feature_count] = f.at[i] + (c->inner ? BD_JUDGE_WEIGHTS : 0);
        values[feature_count++] = f.by[i];
    }
}

static void keep(void *to, size_t start, size_t end, int brand, bool offered,
                 const struct bd_judge_case *c)
{
    json_t *answer = answers[answer_count];
    const char *name = text_of(answer, "answer") + start, *tracked;
    struct example e = {.first = feature_count,
                        .answer = answer_count,
                        .start = start,
                        .end = end,
                        .brand = brand,
                        .offered = offered,
                        .held = is_held(answer)};

    (void)to;
    keep_features(c);
    e.count = feature_count - e.first;
    e.right = recommended(answer, name, end - start, false);
    tracked = brand >= 0 ? brand_of(answer, brand) : NULL;
    if (tracked)
        e.right |= recommended(answer, tracked, strlen(tracked), true);
    if (example_count % PIECE == 0)
        examples = grown(examples, (example_count + PIECE) * sizeof(*examples));
    examples[example_count++] = e;
}

static void must(int rc, json_t *answer, const struct bd_error *err)
{
    if (rc >= 0)
        return;
    fprintf(stderr, "train_judge: answer %s: %s\n", text_of(answer, "id"), err->message);
    exit(1);
}

static void read_answer(json_t *answer)
{
    const struct bd_learner learner = {.candidate = keep};
    json_t *text = json_object_get(answer, "answer"), *one;
    const struct bd_answer_text t = {
        .text = json_string_value(text), .bytes = json_string_length(text), .echo = -1};
    struct bd_observation *o;
    struct bd_reader *reader;
    struct bd_inquiry q;
    struct bd_error err;
    size_t i;

    bd_inquiry_init(&q);
    must(bd_inquiry_add_brand(&q, text_of(answer, "brand"), &err), answer, &err);
    json_array_foreach(json_object_get(answer, "competitors"), i, one)
        must(bd_inquiry_add_brand(&q, json_string_value(one), &err), answer, &err);
    must(bd_reader_new(&reader, &q, &err), answer, &err);
    bd_reader_teach(reader, &learner);
    answers = grown(answers, (answer_count + 1) * sizeof(*answers));
    answers[answer_count] = answer;
    must(bd_reader_read(reader, &t, &o, &err), answer, &err);
    bd_observation_free(o);
    bd_reader_free(reader);
    bd_inquiry_free(&q);
    answer_count++;
}

static void take_answer(json_t *answer)
{
    json_t *label = json_object_get(labels, text_of(answer, "id"));

    if (label && !json_object_get(answer, "recommended"))
        json_object_update_missing(answer, label);
    if (json_is_array(json_object_get(answer, "recommended")))
        read_answer(answer);
    else
        json_decref(answer); /* its question asks for no choice */
}

static void take_label(json_t *label)
{
    if (!labels)
        labels = json_object();
    json_object_set_new(labels, text_of(label, "id"), label);
}

static void read_file(const char *path, void (*take)(json_t *))
{
    FILE *f = opened(path, "r");
    char *line = NULL;
    size_t cap = 0;

    for (int i = 1; getline(&line, &cap, f) > 0; i++) {
        json_error_t error;
        json_t *object = json_loads(line, 0, &error);

        if (!object) {
            fprintf(stderr, "train_judge: %s:%d: %s\n", path, i, error.text);
            exit(1);
        }
        take(object);
    }
    free(line);
    fclose(f);
}

static double likely(const struct example *e)
{
    double sum = 0;

    for (size_t i = e->first; i < e->first + e->count; i++)
        sum += (double)values[i] * (double)weights[places[i]];
    return 1 / (1 + exp(-sum));
}

static uint32_t draw(void) /* Marsaglia's xorshift */
{
    static uint32_t x = 12345;

    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return x;
}

static void learn_from(const struct example *e, double off)
{
    for (size_t k = e->first; k < e->first + e->count; k++) {
        float *w = &weights[places[k]], *s = &squares[places[k]];
        float g = (float)(e->right ? right_counts : 1) * (float)off * values[k] +
                  (float)decay * *w;

        *s += g * g;
        *w -= (float)step * g / (sqrtf(*s) + 1e-3F);
    }
}

static void learn(void)
{
    size_t *order = grown(NULL, (example_count + 1) * sizeof(*order)), n = 0;

    for (size_t i = 0; i < example_count; i++)
        if (!examples[i].held)
            order[n++] = i;
    for (int epoch = 1; epoch <= EPOCHS; epoch++) {
        double loss = 0;

        for (size_t i = n; i > 1; i--) { /* Fisher and Yates */
            size_t k = draw() % i, last = order[i - 1];

            order[i - 1] = order[k];
            order[k] = last;
        }
        for (size_t i = 0; i < n; i++) {
            const struct example *e = &examples[order[i]];
            double p = likely(e);

            loss -= log(e->right ? p + 1e-9 : 1 - p + 1e-9);
            learn_from(e, p - e->right);
        }
        fprintf(stderr, "%d of %d: %zu candidates of %zu answers, loss %.5f\n", epoch,
                EPOCHS, n, answer_count, n ? loss / (double)n : 0);
    }
    free(order);
}

/* As they are stored. */
static void round_weights(void)
{
    for (size_t i = 0; i < (size_t)2 * BD_JUDGE_WEIGHTS; i++) {
        double v = round((double)weights[i] / BD_JUDGE_SCALE);

        weights[i] = (float)(fmax(-127, fmin(127, v)) * BD_JUDGE_SCALE);
    }
}

static void write_weights(const char *path)
{
    FILE *f = opened(path, "w");

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
    closed(f, path);
}

static void write_predictions(const char *path)
{
    FILE *f = opened(path, "w");

    for (size_t i = 0; i < example_count; i++) {
        const struct example *e = &examples[i];

        if (e->held)
            fprintf(f, "%s\t%d\t%d\t%d\t%.4f\t%zu\t%zu\t%.*s\n",
                    text_of(answers[e->answer], "id"), e->offered, e->brand, e->right,
                    likely(e), e->start, e->end, (int)(e->end - e->start),
                    text_of(answers[e->answer], "answer") + e->start);
    }
    closed(f, path);
}

int main(int argc, char **argv)
{
    const char *out = NULL, *predictions = NULL;

    for (int i = 1; i < argc; i++) {
        bool more = i + 1 < argc;

        if (more && strcmp(argv[i], "--hold") == 0 && hold_count < HOLDS)
            holds[hold_count++] = argv[++i];
        else if (more && strcmp(argv[i], "--labels") == 0)
            read_file(argv[++i], take_label);
        else if (more && strcmp(argv[i], "--out") == 0)
            out = argv[++i];
        else if (more && strcmp(argv[i], "--predict") == 0)
            predictions = argv[++i];
        else
            read_file(argv[i], take_answer);
    }
    if (answer_count == 0) {
        fputs("train_judge: no labelled answer; see the head of tests/train_judge.c\n",
              stderr);
        return 2;
    }
    learn();
    round_weights();
    if (predictions)
        write_predictions(predictions);
    if (out)
        write_weights(out);
    return 0;
}
