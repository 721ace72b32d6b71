/* tests/domain/test_citation.c - what an answer cites, and beside whom. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "domain/answers.h"
#include "domain/make.h"
#include "domain/reading/citation.h"
#include "domain/reading/site.h"

static void brands(struct bd_inquiry *q)
{
    bd_inquiry_init(q);
    brand(q, "石头=Roborock,石头科技");
    brand(q, "云鲸=NARWAL");
    brand(q, "李宁=Li-Ning");
}

/* "origin marker url near,near category | ..." of an answer. */
static void cites_as(const char *text, bool cut, const char *wanted)
{
    struct bd_observation *o;
    struct bd_inquiry q;
    char got[4096] = "";
    size_t n = 0;

    brands(&q);
    o = read_with(&q, text, strlen(text), cut);
    for (size_t i = 0; i < o->citation_count; i++) {
        const struct bd_citation *c = &o->citations[i];

        n += (size_t)snprintf(got + n, sizeof(got) - n, "%s%s %s %s ", n ? " | " : "",
                              bd_origin_name(c->origin), *c->marker ? c->marker : "-",
                              c->url);
        for (int k = 0; k < c->near_count; k++)
            n += (size_t)snprintf(
                got + n, sizeof(got) - n, "%s%s", k ? "," : "",
                (size_t)c->near[k] < o->brand_count
                    ? q.brands[c->near[k]].name
                    : o->found[(size_t)c->near[k] - o->brand_count].name);
        n += (size_t)snprintf(got + n, sizeof(got) - n, " %s",
                              bd_category_name(c->category));
        assert_true(c->span_count > 0);
        for (int k = 1; k < c->span_count; k++)
            assert_true(c->spans[k - 1].end <= c->spans[k].start);
    }
    bd_observation_free(o);
    bd_inquiry_free(&q);
    assert_string_equal(got, wanted);
}

static void cites(const char *text, const char *wanted)
{
    cites_as(text, false, wanted);
}

static void links_notes_and_addresses_are_citations(void **state)
{
    (void)state;
    cites("石头好[1](https://www.zhihu.com/q/1?utm_source=x)。",
          "text 1 https://www.zhihu.com/q/1 石头 ugc");
    cites("云鲸好，见[评测](https://a.example/x)。",
          "text - https://a.example/x 云鲸 unknown");
    cites("石头好 [1]，云鲸静 [2][^3]。\n\n[1]: https://a.example/1\n[2]: "
          "<https://a.example/2>\n"
          "[^3]: 评测，https://a.example/3。\n",
          "text 1 https://a.example/1 石头 unknown | text 2 https://a.example/2 云鲸 "
          "unknown"
          " | text ^3 https://a.example/3 云鲸 unknown");
    cites("石头：https://a.example/b，可参考；云鲸（www.a.example/c）。",
          "text - https://a.example/b 石头 unknown | text - https://www.a.example/c 云鲸 "
          "unknown");
    cites("看 <https://a.example/x> 。", "text - https://a.example/x  unknown");
}

static void a_page_is_one_citation_however_often_it_is_named(void **state)
{
    (void)state;
    cites("石头好[1]。云鲸好[1]。\n[1]: https://a.example/1",
          "text 1 https://a.example/1 石头,云鲸 unknown");
    cites("石头[x](https://a.example/1)，云鲸[y](https://a.example/1#y)",
          "text - https://a.example/1 石头,云鲸 unknown");
}

static void a_mark_belongs_to_what_stands_before_it(void **state)
{
    (void)state;
    cites("石头[1]和云鲸[2]都好。\n[1]: https://a.example/1\n[2]: https://a.example/2",
          "text 1 https://a.example/1 石头 unknown | text 2 https://a.example/2 云鲸 "
          "unknown");
    /* nobody in the clause: the last on the line; the item's; the next */
    cites("石头很好，导航也稳。[1](https://a.example/1)",
          "text 1 https://a.example/1 石头 unknown");
    cites("1. 石头：好\n   - 导航稳[1](https://a.example/1)\n2. 云鲸：静",
          "text 1 https://a.example/1 石头 unknown");
    cites("据[1](https://a.example/1)报道云鲸最静。",
          "text 1 https://a.example/1 云鲸 unknown");
    /* one that nobody tracks */
    cites("1. 石头：好\n2. 追觅：静[2](https://a.example/2)",
          "text 2 https://a.example/2 追觅 unknown");
}

/* By citation: + praise and nothing else, - more than that, ? no mark. */
static void praises_as(const char *text, const char *wanted)
{
    struct bd_observation *o;
    struct bd_inquiry q;
    char got[16] = "";

    brands(&q);
    o = read_with(&q, text, strlen(text), false);
    for (size_t i = 0; i < o->citation_count && i < sizeof(got) - 1; i++)
        got[i] = "?-+"[o->citations[i].praise + 1];
    bd_observation_free(o);
    bd_inquiry_free(&q);
    assert_string_equal(got, wanted);
}

static void praise_is_what_stands_at_the_marks(void **state)
{
    (void)state;
    praises_as("石头是行业第一品牌[1](https://a.example/1)。", "+");
    praises_as("石头是行业第一品牌。[1](https://a.example/1)", "+");
    praises_as("石头很好[1](https://a.example/1)。云鲸行业第一[2](https://b.example/2)。",
               "-+");
    praises_as("据[1](https://a.example/1)，石头是行业第一品牌。", "-");
    praises_as("[1](https://a.example/1) 石头是行业第一品牌。", "+");
    praises_as("石头是行业第一品牌，但偏贵[1](https://a.example/1)。", "-");
    /* once otherwise is enough; the title of a note is the page's, not the answer's */
    praises_as("石头行业第一[1]。\n石头吸力强[1]。\n[1]: https://a.example/1", "-");
    praises_as("石头吸力强[1]。\n[1] 行业第一, https://a.example/1", "-");
    praises_as("石头行业第一[1]。\n[1] 评测, https://a.example/1", "+");
    praises_as("石头好。\n[1] 行业第一, https://a.example/1", "?");
    /* the line before is another matter */
    praises_as("行业第一！\n石头吸力强 https://a.example/1", "-");
}

static void what_is_no_page_is_no_citation(void **state)
{
    (void)state;
    cites("石头[a](javascript:alert(1)) [b](data:text/html,x) [c](mailto:a@b.example) "
          "[d](readme.md) ![e](https://a.example/p.png) [1] [石头] 3.5",
          "");
    cites("<think>https://a.example/t</think>石头好。", "");
    cites("他说：“{\"geo_analysis\":{\"brand_mentioned\":true,\"cited_sources\":"
          "[{\"url\":\"https://a.example/q\"}]}}”",
          "");
}

static void half_an_address_is_none(void **state)
{
    static const char whole[] =
        "石头[1](https://a.example/b.html)见https://b.example/c.d 完。";
    struct bd_inquiry q;

    (void)state;
    brands(&q);
    for (size_t n = 0; n <= strlen(whole); n++) {
        struct bd_observation *o = read_with(&q, whole, n, true);

        for (size_t i = 0; i < o->citation_count; i++)
            if (strcmp(o->citations[i].url, "https://a.example/b.html") != 0)
                assert_string_equal(o->citations[i].url, "https://b.example/c.d");
        bd_observation_free(o);
    }
    bd_inquiry_free(&q);
    cites("见https://b.example/c", "text - https://b.example/c  unknown");
}

static void claims_are_kept_apart(void **state)
{
    (void)state;
    cites("石头好。{\"geo_analysis\":{\"brand_mentioned\":true,\"cited_sources\":["
          "{\"url\":\"https://a.example/1\",\"site_name\":\"石头官网\"},"
          "{\"url\":\"zhihu.com\",\"site_name\":\"知乎\"},{\"url\":\"知乎\"}]}}",
          "model_claimed - https://a.example/1  owned | model_claimed - "
          "https://zhihu.com  ugc");
}

static void sites_have_owners_and_kinds(void **state)
{
    (void)state;
    cites("石头 https://www.roborock.com/p https://narwal.com.cn/ https://lining.com/ "
          "https://li-ning.cn/ https://roborock-fans.example/ "
          "[石头官网](https://zhihu.com/p)"
          "[石头官网](https://b.example/)[石头](https://c.example/)",
          "text - https://www.roborock.com/p 石头 owned | text - https://narwal.com.cn/ "
          "石头 "
          "competitor | text - https://lining.com/ 石头 competitor | text - "
          "https://li-ning.cn/ 石头 competitor | text - https://roborock-fans.example/ "
          "石头 "
          "unknown | text - https://zhihu.com/p 石头 ugc | text - https://b.example/ "
          "石头 owned"
          " | text - https://c.example/ 石头 unknown");
}

static void domains_are_what_is_registered(void **state)
{
    static const char *const cases[][2] = {
        {"zhuanlan.zhihu.com", "zhihu.com"},
        {"a.b.com.cn", "b.com.cn"},
        {"com.cn", "com.cn"},
        {"news.bbc.co.uk", "bbc.co.uk"},
        {"a.example", "a.example"},
        {"10.0.0.1", "10.0.0.1"},
        {"[::1]", "[::1]"},
        {"x.xn--fsqu00a.xn--fiqs8s", "xn--fsqu00a.xn--fiqs8s"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_string_equal(bd_site_domain(cases[i][0]), cases[i][1]);
    assert_int_equal(bd_site_category("baike.baidu.com"), BD_CATEGORY_REFERENCE);
    assert_int_equal(bd_site_category("www.baidu.com"), BD_CATEGORY_UNKNOWN);
    assert_int_equal(bd_site_category("notzhihu.com"), BD_CATEGORY_UNKNOWN);
    assert_int_equal(bd_site_category("mp.weixin.qq.com"), BD_CATEGORY_UGC);
    assert_int_equal(bd_site_category("new.qq.com"), BD_CATEGORY_MEDIA);
}

static void there_are_no_more_than_a_hundred(void **state)
{
    static char text[20000];
    struct bd_observation *o;
    struct bd_inquiry q;
    size_t n = 0;

    (void)state;
    brands(&q);
    for (int i = 0; i < 300; i++)
        n +=
            (size_t)snprintf(text + n, sizeof(text) - n, "[1](https://a.example/%d) ", i);
    o = read_with(&q, text, n, false);
    assert_int_equal(o->citation_count, BD_CITATIONS);
    assert_string_equal(o->citations[99].url, "https://a.example/99");
    bd_observation_free(o);
    bd_inquiry_free(&q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(links_notes_and_addresses_are_citations),
        cmocka_unit_test(a_page_is_one_citation_however_often_it_is_named),
        cmocka_unit_test(a_mark_belongs_to_what_stands_before_it),
        cmocka_unit_test(praise_is_what_stands_at_the_marks),
        cmocka_unit_test(what_is_no_page_is_no_citation),
        cmocka_unit_test(half_an_address_is_none),
        cmocka_unit_test(claims_are_kept_apart),
        cmocka_unit_test(sites_have_owners_and_kinds),
        cmocka_unit_test(domains_are_what_is_registered),
        cmocka_unit_test(there_are_no_more_than_a_hundred),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
