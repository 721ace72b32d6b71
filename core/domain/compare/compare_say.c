/* domain/compare/compare_say.c - a comparison in sentences. See compare_parts.h. */
#include <math.h>
#include <string.h>

#include "domain/compare/compare_parts.h"
#include "domain/figures/score.h"
#include "domain/reading/reading.h"

enum { NAMED = 6, TEXT = 1 << 16 }; /* changes in the first sentence; bytes of one */

struct bd_short bd_show_measure(enum bd_measure what, double v)
{
    switch (what) {
    case BD_MEASURE_RANK:
    case BD_MEASURE_RECIPROCAL:
    case BD_MEASURE_SENTIMENT:
        return bd_show_number(v, 2);
    case BD_MEASURE_SCORE:
        return bd_show_number(v, 1);
    default:
        return bd_show_percent(v);
    }
}

static const char *brand_name(const struct bd_comparison *c,
                              const struct bd_record *after, size_t brand)
{
    return after->inquiry.brands[c->shared.brands[brand].after].name;
}

static void add_item(struct bd_buf *out, bool zh, const char *text)
{
    if (out->n)
        bd_buf_add(out, bd_word(BD_WORD_LIST_COMMA, zh));
    bd_buf_add(out, text);
}

static void say_verdict(struct bd_statements *s, const struct bd_comparison *c,
                        const struct bd_record *after)
{
    struct bd_buf list;
    int named = 0;

    bd_buf_init(&list, TEXT);
    for (size_t i = 0; i < c->count; i++) {
        const struct bd_compared *f = &c->figures[i];

        if (!f->more || named++ >= NAMED)
            continue;
        if (list.n)
            bd_buf_add(&list, bd_word(BD_WORD_LIST_COMMA, s->zh));
        bd_word_fill(
            &list, bd_word(BD_WORD_P_CHANGE, s->zh),
            BD_ARGS(brand_name(c, after, f->brand),
                    bd_word((enum bd_word)(BD_WORD_M_MENTION + (int)f->what), s->zh),
                    bd_show_measure(f->what, f->before.value).s,
                    bd_show_measure(f->what, f->after.value).s));
    }
    if (named > NAMED)
        bd_buf_add(&list, s->zh ? "……" : " ...");
    bd_state(s, BD_TONE_STRONG, c->more ? BD_WORD_P_MORE : BD_WORD_P_NOISE,
             BD_ARGS(bd_show_count(c->tested).s, bd_show_count(c->more).s, list.data));
    bd_buf_free(&list);
}

static void say_scope(struct bd_statements *s, const struct bd_comparison *c)
{
    static const enum bd_word words[] = {BD_WORD_P_ANSWERS, BD_WORD_P_QUESTIONS,
                                         BD_WORD_P_NONE};
    const struct bd_shared *x = &c->shared;

    bd_state(s, x->pairing == BD_PAIR_ANSWERS ? BD_TONE_PLAIN : BD_TONE_CAUTION,
             words[x->pairing],
             BD_ARGS(bd_show_count((int64_t)x->question_count).s,
                     bd_show_count((int64_t)x->model_count).s,
                     bd_show_count((int64_t)x->brand_count).s,
                     bd_show_count(c->answers[0]).s, bd_show_count(c->answers[1]).s));
}

/* Those of one side that the other does not have. */
static void list_models(struct bd_buf *out, const struct bd_comparison *c,
                        const struct bd_record *rec, bool after, bool zh)
{
    struct bd_buf name;

    for (size_t i = 0; i < rec->inquiry.model_count; i++) {
        if (bd_shared_find(c->shared.models, c->shared.model_count, after, (int)i) >= 0)
            continue;
        bd_buf_init(&name, 1024);
        bd_show_model(&name, rec, (int)i, true);
        add_item(out, zh, name.data);
        bd_buf_free(&name);
    }
}

static void list_brands(struct bd_buf *out, const struct bd_comparison *c,
                        const struct bd_record *rec, bool after, bool zh)
{
    for (size_t i = 0; i < rec->inquiry.brand_count; i++)
        if (bd_shared_find(c->shared.brands, c->shared.brand_count, after, (int)i) < 0)
            add_item(out, zh, rec->inquiry.brands[i].name);
}

static void say_left_out(struct bd_statements *s, const struct bd_comparison *c,
                         const struct bd_record *rec, bool after, enum bd_word what)
{
    size_t questions = rec->inquiry.question_count - c->shared.question_count;
    struct bd_buf list, text;

    bd_buf_init(&list, TEXT);
    bd_buf_init(&text, TEXT);
    if (what == BD_WORD_P_QS && questions > 0)
        bd_buf_add(&list, bd_show_count((int64_t)questions).s);
    else if (what == BD_WORD_P_MODELS)
        list_models(&list, c, rec, after, s->zh);
    else if (what == BD_WORD_P_BRANDS)
        list_brands(&list, c, rec, after, s->zh);
    bd_word_fill(&text, bd_word(what, s->zh), BD_ARGS(list.data));
    if (list.n)
        bd_state(s, BD_TONE_CAUTION, after ? BD_WORD_P_ONLY_AFTER : BD_WORD_P_ONLY_BEFORE,
                 BD_ARGS(text.data, ""));
    bd_buf_free(&list);
    bd_buf_free(&text);
}

static bool has_word(char *const *words, size_t n, const char *word)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(words[i], word) == 0)
            return true;
    return false;
}

static bool same_words(char *const *a, size_t a_count, char *const *b, size_t b_count)
{
    for (size_t i = 0; i < a_count; i++)
        if (!has_word(b, b_count, a[i]))
            return false;
    return a_count == b_count;
}

/* What it is recognised by. */
static bool same_spelling(const struct bd_brand *a, const struct bd_brand *b)
{
    return same_words(a->aliases, a->alias_count, b->aliases, b->alias_count) &&
           same_words(a->deny.at, a->deny.count, b->deny.at, b->deny.count) &&
           same_words(a->require.at, a->require.count, b->require.at, b->require.count);
}

static void say_brands(struct bd_statements *s, const struct bd_comparison *c,
                       const struct bd_inquiry *before, const struct bd_inquiry *after)
{
    const struct bd_shared *x = &c->shared;
    struct bd_buf list;

    if (!x->same_brands)
        bd_state(s, BD_TONE_CAUTION, BD_WORD_P_OTHER_BRANDS, NULL);
    if (!x->same_main)
        bd_state(s, BD_TONE_CAUTION, BD_WORD_P_OTHER_MAIN, NULL);
    bd_buf_init(&list, TEXT);
    for (size_t i = 0; i < x->brand_count; i++)
        if (!same_spelling(&before->brands[x->brands[i].before],
                           &after->brands[x->brands[i].after]))
            add_item(&list, s->zh, after->brands[x->brands[i].after].name);
    if (list.n)
        bd_state(s, BD_TONE_CAUTION, BD_WORD_P_ALIASES, BD_ARGS(list.data));
    bd_buf_free(&list);
}

/* Asked for on one side alone, or done for another share of the answers. */
static void say_search(struct bd_statements *s, const struct bd_record *before,
                       const struct bd_record *after)
{
    struct bd_searches a = bd_report_searches(before, -1);
    struct bd_searches b = bd_report_searches(after, -1);

    if (before->inquiry.search == after->inquiry.search &&
        (int64_t)a.searched * b.answers == (int64_t)b.searched * a.answers)
        return;
    bd_state(s, BD_TONE_CAUTION, BD_WORD_P_SEARCH,
             BD_ARGS(bd_show_count(a.searched).s, bd_show_count(a.answers).s,
                     bd_show_count(b.searched).s, bd_show_count(b.answers).s));
}

static void say_weights(struct bd_statements *s, const struct bd_inquiry *a,
                        const struct bd_inquiry *b)
{
    static const enum bd_score_part parts[] = {BD_SCORE_MENTION, BD_SCORE_RANK,
                                               BD_SCORE_VOICE, BD_SCORE_SENTIMENT};
    bool differ = false;

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        differ |= fabs(bd_score_weight(&a->weights, parts[i]) -
                       bd_score_weight(&b->weights, parts[i])) > 1e-9;
    if (differ)
        bd_state(s, BD_TONE_CAUTION, BD_WORD_P_WEIGHTS, NULL);
}

static void say_setup(struct bd_statements *s, const struct bd_comparison *c,
                      const struct bd_record *before, const struct bd_record *after)
{
    static const enum bd_word kinds[] = {BD_WORD_P_QS, BD_WORD_P_MODELS,
                                         BD_WORD_P_BRANDS};
    const struct bd_inquiry *a = &before->inquiry, *b = &after->inquiry;

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        say_left_out(s, c, before, false, kinds[i]);
        say_left_out(s, c, after, true, kinds[i]);
    }
    say_brands(s, c, a, b);
    if (a->samples != b->samples)
        bd_state(s, BD_TONE_PLAIN, BD_WORD_P_SAMPLES,
                 BD_ARGS(bd_show_count(a->samples).s, bd_show_count(b->samples).s));
    if (a->probes != b->probes)
        bd_state(s, BD_TONE_CAUTION, BD_WORD_P_PROBES, NULL);
    say_search(s, before, after);
    say_weights(s, a, b);
    if (after->created_ms < before->created_ms)
        bd_state(s, BD_TONE_CAUTION, BD_WORD_P_TURNED, NULL);
    bd_state(s, BD_TONE_QUIET, BD_WORD_P_RULES,
             BD_ARGS(bd_show_count(BD_READING_RULES).s));
}

void bd_compare_say(struct bd_statements *s, const struct bd_comparison *c,
                    const struct bd_record *before, const struct bd_record *after)
{
    say_verdict(s, c, after);
    if (c->tested && c->least * c->tested >= 0.05)
        bd_state(s, BD_TONE_CAUTION, BD_WORD_P_FEW,
                 BD_ARGS(bd_show_number(c->least, 3).s, bd_show_count(c->tested).s));
    say_scope(s, c);
    say_setup(s, c, before, after);
    bd_state(s, BD_TONE_QUIET, BD_WORD_P_METHOD,
             BD_ARGS(bd_show_count(c->tested).s, bd_show_count(c->uncorrected).s,
                     bd_show_number(0.05 * c->tested, 1).s));
}
