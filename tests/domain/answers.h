/* domain/answers.h - the fixtures as requests and readings, for tests of reading. */
#ifndef BD_TESTS_DOMAIN_ANSWERS_H
#define BD_TESTS_DOMAIN_ANSWERS_H

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "domain/reading/reading.h"

static inline void set_brand(struct bd_brand *b, const json_t *o)
{
    const json_t *aliases = json_object_get(o, "aliases");

    b->name = strdup(json_string_value(json_object_get(o, "id")));
    b->alias_count = json_array_size(aliases);
    b->aliases = calloc(b->alias_count + 1, sizeof(*b->aliases));
    for (size_t i = 0; i < b->alias_count; i++)
        b->aliases[i] = strdup(json_string_value(json_array_get(aliases, i)));
}

/* The brands of one line of parser_cases.jsonl; the rest stays empty. */
static inline struct bd_inquiry inquiry_of(const json_t *fixture)
{
    const json_t *rivals = json_object_get(fixture, "competitors");
    struct bd_inquiry r = {.brand_count = 1 + json_array_size(rivals)};

    r.brands = calloc(r.brand_count, sizeof(*r.brands));
    set_brand(&r.brands[0], json_object_get(fixture, "main"));
    for (size_t i = 1; i < r.brand_count; i++)
        set_brand(&r.brands[i], json_array_get(rivals, i - 1));
    return r;
}

static inline void drop_inquiry(struct bd_inquiry *r)
{
    for (size_t i = 0; i < r->brand_count; i++) {
        for (size_t k = 0; k < r->brands[i].alias_count; k++)
            free(r->brands[i].aliases[k]);
        free(r->brands[i].aliases);
        free(r->brands[i].name);
    }
    free(r->brands);
}

static inline struct bd_observation *read_with(const struct bd_inquiry *r,
                                               const char *text, size_t n, bool cut)
{
    struct bd_answer_text a = {.text = text, .bytes = n, .cut = cut, .echo = -1};
    struct bd_observation *o = NULL;
    struct bd_reader *reader = NULL;
    struct bd_error err;

    if (bd_reader_new(&reader, r, &err) < 0 || bd_reader_read(reader, &a, &o, &err) < 0)
        abort();
    bd_reader_free(reader);
    return o;
}

#endif
