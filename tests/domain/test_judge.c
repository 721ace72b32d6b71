/* What the judge adds up, and what it has learnt. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "domain/reading/judge.h"
#include "domain/reading/judge_weights.h"

static struct bd_judge_text text(const char *s)
{
    return (struct bd_judge_text){s, strlen(s), false};
}

static struct bd_judge_case head(const char *above, const char *name, const char *behind)
{
    struct bd_judge_case c = {.name = text(name), .behind = text(behind)};

    c.above[0] = text(above);
    c.mates[0] = text(name);
    return c;
}

static double said(const struct bd_judge_case *c)
{
    return bd_judge_around(c) + bd_judge_own(c);
}

static void what_is_added_up_is_what_is_learnt_from(void **state)
{
    struct bd_judge_case c = head("二、品牌推荐", "方太", ":油烟机老牌,口碑好");
    struct bd_judge_features f;
    double sum = 0;

    (void)state;
    bd_judge_tell(&c, 3, 22);
    bd_judge_features(&c, &f);
    assert_true(f.count > 40 && f.count < BD_JUDGE_FEATURES);
    for (size_t i = 0; i < f.count; i++) {
        assert_true(f.at[i] < BD_JUDGE_WEIGHTS);
        sum += (double)f.by[i] * bd__judge_weights[false][f.at[i]] * BD_JUDGE_SCALE;
    }
    assert_true(fabs(sum - said(&c)) < 1e-9);
}

static void words_around_a_name_tell_what_it_is(void **state)
{
    const struct bd_judge_case brand = head("一、品牌推荐", "方太",
                                            ":成立于1996年,油烟机老牌,适合中式厨房"),
                               room = head("二、按空间选", "客厅", ":注意留出散热空间"),
                               trick = head("三、常见套路", "低价引流",
                                            ":上门后临时加价,要警惕"),
                               criterion = head("四、选购要点", "材质", ":优先选不锈钢");

    (void)state;
    assert_true(said(&brand) > 0);
    assert_true(said(&room) < 0);
    assert_true(said(&trick) < -1);
    assert_true(said(&criterion) < -1);
}

static void it_does_not_matter_which_tracked_name_it_is(void **state)
{
    struct bd_judge_case a = head("一、品牌推荐", "海氏", ":口碑好"), b = a;

    (void)state;
    a.name.tracked = b.name.tracked = true;
    b.name.s = "长帝烤箱";
    b.name.n = strlen(b.name.s);
    assert_true(said(&a) == said(&b));
    b.name.tracked = false;
    assert_true(said(&a) != said(&b));
}

static void emphasis_and_blanks_do_not_count(void **state)
{
    const struct bd_judge_case a = head("**一、 品牌推荐**", "海氏", "**：口碑 好"),
                               b = head("一、品牌推荐", "海氏", "：口碑好");

    (void)state;
    assert_true(said(&a) == said(&b));
}

static void more_than_there_is_room_for_is_let_go(void **state)
{
    static char long_text[100000];
    static struct bd_judge_features f;
    struct bd_judge_case c = {.inner = true};

    (void)state;
    memset(long_text, 'x', sizeof(long_text));
    for (size_t i = 0; i < sizeof(long_text); i += 2)
        long_text[i] = '\xE5'; /* no whole character, either */
    c.name = c.before = c.behind = c.below = c.intro =
        (struct bd_judge_text){long_text, sizeof(long_text), false};
    for (int i = 0; i < BD_JUDGE_MATES; i++)
        c.mates[i] = c.name;
    for (int i = 0; i < BD_JUDGE_ABOVE; i++)
        c.above[i] = c.name;
    for (int i = 0; i < 2 * BD_JUDGE_FACTS; i++)
        bd_judge_tell(&c, i, i);
    assert_int_equal(c.fact_count, BD_JUDGE_FACTS);
    bd_judge_features(&c, &f);
    assert_true(f.count <= BD_JUDGE_FEATURES);
    assert_true(isfinite(said(&c)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_added_up_is_what_is_learnt_from),
        cmocka_unit_test(words_around_a_name_tell_what_it_is),
        cmocka_unit_test(it_does_not_matter_which_tracked_name_it_is),
        cmocka_unit_test(emphasis_and_blanks_do_not_count),
        cmocka_unit_test(more_than_there_is_room_for_is_let_go),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
