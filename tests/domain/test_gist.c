/* tests/domain/test_gist.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/make.h"
#include "domain/reading/reading.h"

/* Brand 0 first and at rank 2, brand 1 absent, brand 2 unknown; "某牌" beside them. */
static struct bd_gist *sample(struct bd_cell *c)
{
    struct bd_observation *o;
    struct bd_gist *g;

    bd_cell_init(c);
    o = answer(c, "x", 3, BD_NO);
    mention(o, 0, 2, 2.0 / 3);
    o->brands[2].mentioned = BD_UNKNOWN;
    o->found = calloc(1, sizeof(*o->found));
    assert_non_null(o->found);
    o->found[0].name = strdup("某牌");
    o->found_count = 1;
    g = bd_gist_of(o);
    assert_non_null(g);
    return g;
}

static struct bd_gist *again(const struct bd_gist *g, size_t brands)
{
    json_t *o = bd_gist_json(g), *read;
    char *text = json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(15));
    struct bd_gist *back;

    assert_non_null(text);
    read = json_loads(text, 0, NULL);
    back = bd_gist_from_json(read, brands);
    free(text);
    json_decref(o);
    json_decref(read);
    return back;
}

static void what_is_kept_comes_back_as_it_was(void **state)
{
    struct bd_cell c;
    struct bd_gist *g = sample(&c), *back = again(g, 3);

    (void)state;
    assert_non_null(back);
    assert_int_equal(back->rules, BD_READING_RULES);
    assert_int_equal(bd_gist_differ(g, back, NULL, NULL), 0);
    assert_int_equal(back->brands[2].mentioned, BD_UNKNOWN);
    assert_true(isnan(back->brands[1].sentiment));
    assert_string_equal(back->found[0], "某牌");
    bd_gist_free(back);
    bd_gist_free(g);
    bd_cell_free(&c);
}

static void one_of_other_brands_is_none(void **state)
{
    struct bd_cell c;
    struct bd_gist *g = sample(&c);

    (void)state;
    assert_null(again(g, 2));
    assert_null(again(g, 4));
    bd_gist_free(g);
    bd_cell_free(&c);
}

static void a_damaged_one_is_none(void **state)
{
    static const char *const wrong[] = {
        "null",
        "[]",
        "{}",
        "{\"rules\":\"1\",\"brands\":[[true,\"listed\",0,1,null]]}",
        "{\"rules\":1,\"brands\":[[true,\"praised\",0,1,null]]}",
        "{\"rules\":1,\"brands\":[[true,\"listed\",0.5,1,null]]}",
        "{\"rules\":1,\"brands\":[[true,\"listed\",0,1]]}",
        "{\"rules\":1,\"brands\":[7]}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        json_t *o = json_loads(wrong[i], JSON_DECODE_ANY, NULL);

        if (bd_gist_from_json(o, 1))
            fail_msg("%s was taken", wrong[i]);
        json_decref(o);
    }
}

/* An answer may name thousands, each of any length. */
static void its_size_is_bounded(void **state)
{
    struct bd_cell c;
    struct bd_observation *o;
    struct bd_gist *g;
    char *text;
    json_t *v;

    (void)state;
    bd_cell_init(&c);
    o = answer(&c, "x", BD_INQUIRY_BRANDS, BD_NO);
    o->found = calloc(1000, sizeof(*o->found));
    assert_non_null(o->found);
    o->found_count = 1000;
    for (size_t i = 0; i < 1000; i++) {
        char name[400];

        snprintf(name, sizeof(name), "%zu", i);
        for (size_t k = 0; k < 120; k++)
            snprintf(name + strlen(name), sizeof(name) - strlen(name), "牌");
        o->found[i].name = strdup(name);
    }
    g = bd_gist_of(o);
    v = bd_gist_json(g);
    text = json_dumps(v, JSON_COMPACT);
    assert_int_equal(g->found_count, BD_GIST_FOUND);
    assert_true(strlen(g->found[0]) <= BD_GIST_NAME_BYTES);
    assert_non_null(text);
    assert_true(strlen(text) < 6000);
    free(text);
    json_decref(v);
    bd_gist_free(g);
    bd_cell_free(&c);
}

struct seen {
    int whats[16], count;
};

static void see(void *arg, const struct bd_gist_change *c)
{
    struct seen *s = arg;

    s->whats[s->count++] = (int)c->what;
}

static void every_difference_is_told_once(void **state)
{
    static const int wanted[] = {BD_GIST_REFUSED,   BD_GIST_RANK, BD_GIST_SENTIMENT,
                                 BD_GIST_MENTIONED, BD_GIST_TYPE, BD_GIST_ORDER,
                                 BD_GIST_NAME,      BD_GIST_NAME};
    struct bd_cell a, b;
    struct bd_gist *was = sample(&a), *is = sample(&b);
    struct seen s = {{0}, 0};

    (void)state;
    is->refused = true;
    is->brands[0].rank = 1;
    is->brands[0].sentiment = NAN;
    is->brands[2] = (struct bd_gist_brand){BD_YES, BD_MENTION_LISTED, 0, 2, NAN};
    snprintf(is->found[0], sizeof(is->found[0]), "另一个");
    assert_int_equal(bd_gist_differ(was, is, see, &s), 8);
    assert_int_equal(s.count, 8);
    assert_memory_equal(s.whats, wanted, sizeof(wanted));
    bd_gist_free(was);
    bd_gist_free(is);
    bd_cell_free(&a);
    bd_cell_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_kept_comes_back_as_it_was),
        cmocka_unit_test(one_of_other_brands_is_none),
        cmocka_unit_test(a_damaged_one_is_none),
        cmocka_unit_test(its_size_is_bounded),
        cmocka_unit_test(every_difference_is_told_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
