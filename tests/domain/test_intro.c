/* What the line before a list announces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "domain/make.h"
#include "domain/reading/alias.h"
#include "domain/reading/intro.h"
#include "domain/reading/lexicon.h"

static struct bd_intro intro_of(const char *s, bool heading)
{
    struct bd_alias *brands = NULL;
    struct bd_intro in;
    struct bd_passage p;
    struct bd_inquiry q;

    bd_inquiry_init(&q);
    brand(&q, "华为");
    if (bd_alias_new(&brands, &q) < 0 ||
        bd_passage_init(&p, s, strlen(s), brands, bd_lexicon()) < 0)
        abort();
    in = bd_intro_read(&p, heading, 0, p.fold.bytes.n);
    bd_passage_free(&p);
    bd_alias_free(brands);
    bd_inquiry_free(&q);
    return in;
}

static void a_line_announces_what_it_says(void **state)
{
    static const struct {
        const char *line;
        bool heading;
        struct bd_intro in; /* howto, analysis, offers, more, title */
    } cases[] = {
        {"如何选择靠谱的品牌", true, {.howto = true, .title = true}},
        {"选购时还要留意：", false, {.howto = true, .title = true}},
        {"选购时还要留意", false, {0}},
        {"推荐品牌", true, {.offers = true, .title = true}},
        {"以下是几家公司：", false, {.offers = true}},
        {"以下渠道可获得推荐：", false, {.howto = true}},
        {"这些品牌都很贵。以下是推荐：", false, {.offers = true}},
        {"这里推荐两家。再看看背景：", false, {0}},
        {"品牌分析", true, {.analysis = true, .title = true}},
        {"其他值得关注的品牌", true, {.offers = true, .more = true, .title = true}},
        {"不推荐的品牌：", false, {.howto = true, .title = true}},
        {"Common mistakes:", false, {.howto = true, .title = true}},
        {"一、一线品牌（如何看）", true, {.title = true}},
        {"", false, {0}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bd_intro in = intro_of(cases[i].line, cases[i].heading);
        const struct bd_intro *w = &cases[i].in;

        if (in.howto != w->howto || in.analysis != w->analysis ||
            in.offers != w->offers || in.more != w->more || in.title != w->title)
            fail_msg("%s: howto %d, analysis %d, offers %d, more %d, title %d",
                     cases[i].line, in.howto, in.analysis, in.offers, in.more, in.title);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_line_announces_what_it_says)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
