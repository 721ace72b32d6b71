/* tests/domain/worked.h - a case whose figures are worked out by hand in the tests, and
 * how figures are looked at. */
#ifndef BD_TESTS_DOMAIN_WORKED_H
#define BD_TESTS_DOMAIN_WORKED_H

#include "domain/figures/figures.h"
#include "domain/make.h"

enum { H, X, T, B }; /* 华为 小米 特斯拉 比亚迪 */

static inline void near(double is, double should, const char *what)
{
    if (!(fabs(is - should) < 1e-9))
        fail_msg("%s is %.12g, should be %.12g", what, is, should);
}

#define NEAR(is, should) near(is, should, #is)

#define RATE(rate, h, count)                       \
    do {                                           \
        assert_int_equal((rate).hits, (h));        \
        assert_int_equal((rate).n, (count));       \
        NEAR((rate).value, (double)(h) / (count)); \
    } while (0)

#define NO_RATE(rate)                     \
    do {                                  \
        assert_int_equal((rate).n, 0);    \
        assert_true(isnan((rate).value)); \
    } while (0)

static inline struct bd_figures made(const struct bd_record *rec)
{
    struct bd_error err = {0};
    struct bd_figures f;

    must(bd_figures_make(&f, rec, &err), &err);
    return f;
}

/* Models d and q, two samples:
 *   d0  比亚迪 1st, 华为 2nd (0.5), 小米 named without a rank, 特斯拉 absent
 *   d1  特斯拉 1st, 比亚迪 2nd, 华为 and 小米 absent
 *   q0  cut: 华为 1st, all else unknown
 *   q1  time-out
 * and one matrix cell of 华为 that advises against it (-0.5). */
static inline void worked_case(struct bd_record *rec)
{
    struct bd_observation *o;
    struct bd_cell *c;

    bd_record_init(rec);
    reference(&rec->inquiry);
    rec->inquiry.samples = 2;
    add_cells(rec);
    o = answer(cell_at(rec, BD_PROBE_NEUTRAL, -1, 0, 0), "d0", 4, BD_NO);
    mention(o, B, 1, NAN);
    mention(o, H, 2, 0.5);
    mention(o, X, 0, NAN);
    o->brands[X].type = BD_MENTION_COMPARED;
    o = answer(cell_at(rec, BD_PROBE_NEUTRAL, -1, 0, 1), "d1", 4, BD_NO);
    mention(o, T, 1, NAN);
    mention(o, B, 2, NAN);
    o->brands[B].type = BD_MENTION_LISTED;
    c = cell_at(rec, BD_PROBE_NEUTRAL, -1, 1, 0);
    o = answer(c, "q0", 4, BD_UNKNOWN);
    c->status = BD_STATUS_TRUNCATED;
    mention(o, H, 1, NAN);
    fail_cell(cell_at(rec, BD_PROBE_NEUTRAL, -1, 1, 1), BD_STATUS_TIMEOUT, BD_ERR_TIMEOUT,
              "no answer in 10 s");
    o = answer(cell_at(rec, BD_PROBE_MATRIX, H, 0, 0), "m", 4, BD_NO);
    mention(o, H, 1, -0.5);
    o->brands[H].type = BD_MENTION_NEGATIVE;
}

#endif
