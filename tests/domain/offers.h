/* tests/domain/offers.h - whom an answer puts forward, for tables of cases. */
#ifndef BD_TESTS_DOMAIN_OFFERS_H
#define BD_TESTS_DOMAIN_OFFERS_H

#include <stdio.h>

#include "domain/answers.h"
#include "domain/make.h"

/* The names put forward in an answer to somebody who tracks 华为 and 小米, parted by "|".
 */
static inline int offers(const char *name, const char *text, const char *wanted)
{
    struct bd_observation *o;
    struct bd_inquiry q;
    char got[1024] = "";
    size_t n = 0;
    int wrong;

    bd_inquiry_init(&q);
    brand(&q, "华为=HUAWEI");
    brand(&q, "小米");
    o = read_with(&q, text, strlen(text), false);
    for (size_t i = 0; i < o->offer_count; i++) {
        const struct bd_choice *c = &o->offers[i];

        n += (size_t)snprintf(got + n, sizeof(got) - n, "%s%s", n ? "|" : "", c->name);
        assert_memory_equal(text + c->where.start, c->name, strlen(c->name));
    }
    wrong = strcmp(got, wanted) != 0;
    if (wrong)
        print_error("%s: \"%s\" instead of \"%s\"\n", name, got, wanted);
    bd_observation_free(o);
    bd_inquiry_free(&q);
    return wrong;
}

struct shape {
    const char *name, *text, *wanted;
};

static inline int all_of(const struct shape *cases, size_t count)
{
    int wrong = 0;

    for (size_t i = 0; i < count; i++)
        wrong += offers(cases[i].name, cases[i].text, cases[i].wanted);
    return wrong;
}

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#endif
