/* domain/compare/shared.c - see shared.h. */
#include "domain/compare/shared.h"

#include <stdlib.h>
#include <string.h>

#include "domain/report/report_parts.h"

typedef bool same_fn(const struct bd_record *a, size_t i, const struct bd_record *b,
                     size_t k);

static bool same_brand(const struct bd_record *a, size_t i, const struct bd_record *b,
                       size_t k)
{
    return strcmp(a->inquiry.brands[i].name, b->inquiry.brands[k].name) == 0;
}

static bool same_question(const struct bd_record *a, size_t i, const struct bd_record *b,
                          size_t k)
{
    return strcmp(a->inquiry.questions[i], b->inquiry.questions[k]) == 0;
}

/* A section's own model is the one that was asked, whatever the section says today. */
static bool same_model(const struct bd_record *a, size_t i, const struct bd_record *b,
                       size_t k)
{
    const char *x = bd_model_asked(a, (int)i), *y = bd_model_asked(b, (int)k);

    return strcmp(a->inquiry.models[i].provider, b->inquiry.models[k].provider) == 0 &&
           strcmp(x ? x : "", y ? y : "") == 0;
}

/* Room for all of the one after; NULL when memory is short. */
static struct bd_place *match(const struct bd_record *before, size_t before_count,
                              const struct bd_record *after, size_t after_count,
                              same_fn *same, size_t *count)
{
    struct bd_place *pairs = calloc(after_count + 1, sizeof(*pairs));

    *count = 0;
    for (size_t k = 0; pairs && k < after_count; k++)
        for (size_t i = 0; i < before_count; i++)
            if (same(before, i, after, k)) {
                pairs[(*count)++] = (struct bd_place){(int)i, (int)k};
                break;
            }
    return pairs;
}

static int refuse(const struct bd_shared *s, struct bd_error *err)
{
    if (s->brand_count == 0)
        return bd_fail(err, BD_ERR_INVALID_REQUEST, 0, "compare",
                       "the two have no brand in common: nothing can be compared");
    if (s->question_count == 0 && s->model_count == 0)
        return bd_fail(err, BD_ERR_INVALID_REQUEST, 0, "compare",
                       "the two have neither a question nor a model in common: no "
                       "difference would tell anything about the brand");
    return 0;
}

int bd_shared_make(struct bd_shared *s, const struct bd_record *before,
                   const struct bd_record *after, struct bd_error *err)
{
    const struct bd_inquiry *a = &before->inquiry, *b = &after->inquiry;

    *s = (struct bd_shared){0};
    s->brands =
        match(before, a->brand_count, after, b->brand_count, same_brand, &s->brand_count);
    s->questions = match(before, a->question_count, after, b->question_count,
                         same_question, &s->question_count);
    s->models =
        match(before, a->model_count, after, b->model_count, same_model, &s->model_count);
    if (!s->brands || !s->questions || !s->models) {
        (void)bd_fail(err, BD_ERR_INTERNAL, 0, "compare", "out of memory");
        goto fail;
    }
    if (refuse(s, err) < 0)
        goto fail;
    s->same_main = s->brands[0].before == 0 && s->brands[0].after == 0;
    s->same_brands = s->brand_count == a->brand_count && s->brand_count == b->brand_count;
    s->pairing = s->question_count == 0 ? BD_PAIR_NONE
                 : s->model_count == 0  ? BD_PAIR_QUESTIONS
                                        : BD_PAIR_ANSWERS;
    return 0;
fail:
    bd_shared_free(s);
    return -1;
}

void bd_shared_free(struct bd_shared *s)
{
    free(s->brands);
    free(s->questions);
    free(s->models);
    *s = (struct bd_shared){0};
}

int bd_shared_find(const struct bd_place *pairs, size_t n, bool after, int place)
{
    for (size_t i = 0; i < n; i++)
        if ((after ? pairs[i].after : pairs[i].before) == place)
            return (int)i;
    return -1;
}

const char *bd_pairing_name(enum bd_pairing p)
{
    static const char *const names[] = {"answers", "questions", "none"};

    return names[p];
}
