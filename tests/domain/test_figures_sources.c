/* tests/domain/test_figures_sources.c - every expected number is worked out beside it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/sample.h"
#include "domain/worked.h"

/* d0 links 华为's site twice, 特斯拉's and a newspaper; the model claims the newspaper as
 * well. d1 links the newspaper. The matrix cell claims 华为's site. q0 was searched: an
 * unknown site, and 华为's. */
static struct bd_figures cited(struct bd_record *rec)
{
    struct bd_observation *o;

    worked_case(rec);
    o = cell_at(rec, BD_PROBE_NEUTRAL, -1, 0, 0)->geo;
    sample_cite(o, BD_ORIGIN_TEXT, "huawei.com", BD_CATEGORY_OWNED, H);
    sample_cite(o, BD_ORIGIN_TEXT, "huawei.com", BD_CATEGORY_OWNED, H);
    sample_cite(o, BD_ORIGIN_TEXT, "tesla.com", BD_CATEGORY_COMPETITOR, T);
    sample_cite(o, BD_ORIGIN_TEXT, "news.cn", BD_CATEGORY_MEDIA, -1);
    sample_cite(o, BD_ORIGIN_CLAIMED, "news.cn", BD_CATEGORY_MEDIA, -1);
    o = cell_at(rec, BD_PROBE_NEUTRAL, -1, 0, 1)->geo;
    sample_cite(o, BD_ORIGIN_TEXT, "news.cn", BD_CATEGORY_UNKNOWN, -1);
    o = cell_at(rec, BD_PROBE_MATRIX, H, 0, 0)->geo;
    sample_cite(o, BD_ORIGIN_CLAIMED, "huawei.com", BD_CATEGORY_OWNED, H);
    o = cell_at(rec, BD_PROBE_NEUTRAL, -1, 1, 0)->geo;
    sample_cite(o, BD_ORIGIN_PROVIDER, "nobody.example", BD_CATEGORY_UNKNOWN, -1);
    sample_cite(o, BD_ORIGIN_PROVIDER, "huawei.com", BD_CATEGORY_OWNED, H);
    return made(rec);
}

static void shares_and_rates_are_of_one_origin(void **state)
{
    (void)state;
    struct bd_record rec;
    struct bd_figures f = cited(&rec);
    const struct bd_brand_figures *h = &f.brands[H], *t = &f.brands[T];

    assert_int_equal(f.source_answers, 4);
    RATE(h->cited_share[BD_ORIGIN_TEXT], 2, 5);
    RATE(h->cited_rate[BD_ORIGIN_TEXT], 1, 2); /* d0, of d0 and d1 */
    RATE(t->cited_share[BD_ORIGIN_TEXT], 1, 5);
    RATE(h->cited_share[BD_ORIGIN_CLAIMED], 1, 2);
    RATE(h->cited_rate[BD_ORIGIN_CLAIMED], 1, 2);
    RATE(h->cited_share[BD_ORIGIN_PROVIDER], 1, 2);
    RATE(h->cited_rate[BD_ORIGIN_PROVIDER], 1, 1);
    RATE(t->cited_rate[BD_ORIGIN_PROVIDER], 0, 1);
    bd_figures_free(&f);
    bd_record_free(&rec);
}

static void site(const struct bd_source_site *s, const char *domain, int answers,
                 int models, int citations, enum bd_category category)
{
    assert_string_equal(s->domain, domain);
    assert_int_equal(s->answers, answers);
    assert_int_equal(s->models, models);
    assert_int_equal(s->citations, citations);
    assert_int_equal(s->category, category);
}

static void sites_stand_by_answers_and_models(void **state)
{
    (void)state;
    struct bd_record rec;
    struct bd_figures f = cited(&rec);

    assert_int_equal(f.site_count, 4);
    site(&f.sites[0], "huawei.com", 3, 2, 4, BD_CATEGORY_OWNED);
    assert_int_equal(f.sites[0].brand, H);
    assert_int_equal(f.sites[0].origins[BD_ORIGIN_TEXT], 1);
    assert_int_equal(f.sites[0].origins[BD_ORIGIN_CLAIMED], 1);
    assert_int_equal(f.sites[0].origins[BD_ORIGIN_PROVIDER], 1);
    site(&f.sites[1], "news.cn", 2, 1, 3, BD_CATEGORY_MEDIA); /* known in one of them */
    assert_int_equal(f.sites[1].brand, -1);
    assert_int_equal(f.sites[1].origins[BD_ORIGIN_TEXT], 2);
    site(&f.sites[2], "nobody.example", 1, 1, 1, BD_CATEGORY_UNKNOWN);
    site(&f.sites[3], "tesla.com", 1, 1, 1, BD_CATEGORY_COMPETITOR);
    bd_figures_free(&f);
    bd_record_free(&rec);
}

static void without_a_citation_shares_are_unknown(void **state)
{
    (void)state;
    struct bd_record rec;
    struct bd_figures f;

    worked_case(&rec);
    f = made(&rec);
    NO_RATE(f.brands[H].cited_share[BD_ORIGIN_PROVIDER]);
    NO_RATE(f.brands[H].cited_rate[BD_ORIGIN_TEXT]);
    assert_int_equal(f.site_count, 0);
    bd_figures_free(&f);
    bd_record_free(&rec);
}

static void a_refusal_cites_nothing(void **state)
{
    (void)state;
    struct bd_record rec;
    struct bd_figures f = cited(&rec);

    bd_figures_free(&f);
    cell_at(&rec, BD_PROBE_NEUTRAL, -1, 1, 0)->geo->refused = true;
    f = made(&rec);
    assert_int_equal(f.source_answers, 3);
    assert_int_equal(f.cited[BD_ORIGIN_PROVIDER].citations, 0);
    bd_figures_free(&f);
    bd_record_free(&rec);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_and_rates_are_of_one_origin),
        cmocka_unit_test(sites_stand_by_answers_and_models),
        cmocka_unit_test(without_a_citation_shares_are_unknown),
        cmocka_unit_test(a_refusal_cites_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
