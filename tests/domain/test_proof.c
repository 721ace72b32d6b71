/* tests/domain/test_proof.c - the words that gave ranks and tones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "domain/answers.h"
#include "domain/make.h"

/* "rank words|tone word,tone word" of the first brand. */
static void proves(const char *text, const char *wanted)
{
    struct bd_observation *o;
    struct bd_inquiry q;
    const struct bd_sighting *b;
    char got[1000];
    size_t n;

    bd_inquiry_init(&q);
    brand(&q, "Bose=博士");
    brand(&q, "Sony=索尼");
    o = read_with(&q, text, strlen(text), false);
    b = &o->brands[0];
    n = (size_t)snprintf(got, sizeof(got), "%.*s|",
                         (int)(b->rank_proof.end - b->rank_proof.start),
                         text + b->rank_proof.start);
    for (int i = 0; i < b->tone_count; i++)
        n += (size_t)snprintf(got + n, sizeof(got) - n, "%s%.*s", i ? "," : "",
                              (int)(b->tone_proof[i].end - b->tone_proof[i].start),
                              text + b->tone_proof[i].start);
    bd_observation_free(o);
    bd_inquiry_free(&q);
    assert_string_equal(got, wanted);
}

static void a_rank_is_proved_by_its_item_row_or_phrase(void **state)
{
    (void)state;
    proves("Top picks:\n1. **Sony** - light\n2. **Bose** - soft\n", "2. **Bose|");
    proves("推荐：\n1. 索尼：轻\n2. 博士（Bose）：软\n", "2. 博士（Bose|");
    proves("| 排名 | 品牌 |\n|---|---|\n| 1 | 索尼 |\n| 2 | 博士 |\n", "| 2 | 博士|");
    proves("首选索尼，其次博士。", "其次博士|");
    proves("先看预算。", "|");
}

static void a_tone_is_proved_by_the_words_that_counted(void **state)
{
    (void)state;
    proves("Bose is comfortable, but expensive. Sony is reliable.",
           "|comfortable,expensive");
    proves("不推荐博士。推荐索尼。", "|不推荐");
    proves("博士在上海。", "|");
}

static void claims_are_proved_by_the_json(void **state)
{
    static const char json[] = "{\"geo_analysis\": {\"brand_mentioned\": true, \"rank\": "
                               "2, \"sentiment\": 0.5}}";
    char text[300], wanted[300];

    (void)state;
    snprintf(text, sizeof(text), "索尼、博士。\n%s", json);
    snprintf(wanted, sizeof(wanted), "%s|%s", json, json);
    proves(text, wanted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rank_is_proved_by_its_item_row_or_phrase),
        cmocka_unit_test(a_tone_is_proved_by_the_words_that_counted),
        cmocka_unit_test(claims_are_proved_by_the_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
