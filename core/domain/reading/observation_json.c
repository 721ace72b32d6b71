/* domain/reading/observation_json.c - see observation_parts.h. */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "domain/reading/observation_parts.h"
#include "domain/reading/repair.h"

enum { MATCHED_BYTES = 200 };

json_t *bd__known_json(enum bd_known k)
{
    return k == BD_UNKNOWN ? json_null() : json_boolean(k == BD_YES);
}

json_t *bd__count_json(int n)
{
    return n > 0 ? json_integer(n) : json_null();
}

json_t *bd__spans_json(const struct bd_span *spans, size_t count, struct bd_quoted q)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++) {
        size_t start = spans[i].start, end = spans[i].end;
        bool inside = q.text && start <= end && end <= q.bytes;
        size_t n = inside ? bd_text_cut(q.text + start, end - start, MATCHED_BYTES) : 0;

        json_array_append_new(list,
                              json_pack("{s:I, s:I, s:o}", "start", (json_int_t)start,
                                        "end", (json_int_t)end, "matched",
                                        bd_json_string(inside ? q.text + start : "", n)));
    }
    return list;
}

/* Parts of words and of shares are told to people: four digits are plenty. */
static json_t *rounded_json(double v)
{
    return bd_json_number(round(v * 1e4) / 1e4);
}

static json_t *text_json(const char *s)
{
    return bd_json_string(s, strlen(s));
}

static const char *tone_name(enum bd_tone_source s)
{
    static const char *const names[] = {"none", "lexicon", "json"};

    return (size_t)s < sizeof(names) / sizeof(names[0]) ? names[s] : "none";
}

/* The names that share the item of that rank; `self` is an index as in bd_citation.near.
 */
static json_t *co_listed_json(const struct bd_observation *o, const struct bd_inquiry *r,
                              size_t self, int rank)
{
    json_t *list = json_array();

    for (size_t i = 0; rank > 0 && i < o->brand_count && i < r->brand_count; i++)
        if (i != self && o->brands[i].rank == rank &&
            (o->brands[i].rank_source == BD_RANK_LIST ||
             o->brands[i].rank_source == BD_RANK_TABLE))
            json_array_append_new(list, text_json(r->brands[i].name));
    for (size_t i = 0; rank > 0 && i < o->found_count; i++)
        if (o->brand_count + i != self && o->found[i].rank == rank)
            json_array_append_new(list, text_json(o->found[i].name));
    return list;
}

static bool in_a_list(enum bd_rank_source s)
{
    return s == BD_RANK_LIST || s == BD_RANK_TABLE;
}

static void set_amounts(json_t *v, bool known, double words, double pos_share,
                        double first_part)
{
    json_object_set_new(v, "words", known ? rounded_json(words) : json_null());
    json_object_set_new(v, "pos_share", rounded_json(pos_share));
    json_object_set_new(v, "first_part", rounded_json(first_part));
}

static json_t *brand_json(const struct bd_observation *o, const struct bd_inquiry *r,
                          size_t i, struct bd_quoted q)
{
    const struct bd_sighting *b = &o->brands[i];
    const char *source = b->rank    ? bd_rank_source_name(b->rank_source)
                         : b->order ? "order"
                                    : "none";
    json_t *v = json_object();

    json_object_set_new(v, "id", text_json(r->brands[i].name));
    json_object_set_new(v, "tracked", json_true());
    json_object_set_new(v, "role", json_string(i == 0 ? "main" : "competitor"));
    json_object_set_new(v, "mentioned", bd__known_json(b->mentioned));
    json_object_set_new(v, "type", json_string(bd_mention_name(b->type)));
    json_object_set_new(v, "count", json_integer(b->count));
    json_object_set_new(v, "first_offset",
                        b->order ? json_integer((json_int_t)b->first_offset)
                                 : json_null());
    json_object_set_new(v, "order", bd__count_json(b->order));
    json_object_set_new(v, "rank", bd__count_json(b->rank));
    json_object_set_new(v, "section_rank", bd__count_json(b->section_rank));
    json_object_set_new(v, "rank_source", json_string(source));
    json_object_set_new(v, "co_listed",
                        co_listed_json(o, r, i, in_a_list(b->rank_source) ? b->rank : 0));
    json_object_set_new(v, "sentiment", bd_json_number(b->sentiment));
    json_object_set_new(v, "sentiment_source", json_string(tone_name(b->tone_source)));
    set_amounts(v, b->mentioned != BD_UNKNOWN, b->words, b->pos_share, b->first_part);
    json_object_set_new(v, "evidence", bd__spans_json(b->evidence, b->evidence_count, q));
    json_object_set_new(
        v, "rank_evidence",
        bd__spans_json(&b->rank_proof, b->rank > 0 && b->rank_proof.end > 0, q));
    json_object_set_new(v, "sentiment_evidence",
                        bd__spans_json(b->tone_proof, (size_t)b->tone_count, q));
    return v;
}

static json_t *found_json(const struct bd_observation *o, const struct bd_inquiry *r,
                          size_t i, struct bd_quoted q)
{
    const struct bd_discovery *d = &o->found[i];
    enum bd_rank_source source = o->list == BD_LIST_TABLE ? BD_RANK_TABLE : BD_RANK_LIST;
    json_t *v = json_object();

    json_object_set_new(v, "id", text_json(d->name));
    json_object_set_new(v, "tracked", json_false());
    json_object_set_new(v, "role", json_string("discovered"));
    json_object_set_new(v, "mentioned", json_true());
    json_object_set_new(v, "type", json_string("recommended"));
    json_object_set_new(v, "count", json_integer(1));
    json_object_set_new(v, "first_offset", json_integer((json_int_t)d->where.start));
    json_object_set_new(v, "order", bd__count_json(d->order));
    json_object_set_new(v, "rank", bd__count_json(d->rank));
    json_object_set_new(v, "section_rank", bd__count_json(d->section_rank));
    json_object_set_new(v, "rank_source",
                        json_string(d->rank ? bd_rank_source_name(source) : "order"));
    json_object_set_new(v, "co_listed",
                        co_listed_json(o, r, o->brand_count + i, d->rank));
    json_object_set_new(v, "sentiment", json_null());
    json_object_set_new(v, "sentiment_source", json_string("none"));
    set_amounts(v, true, d->words, d->pos_share, NAN);
    json_object_set_new(v, "evidence", bd__spans_json(&d->where, 1, q));
    json_object_set_new(v, "rank_evidence", bd__spans_json(&d->where, d->rank > 0, q));
    json_object_set_new(v, "sentiment_evidence", json_array());
    return v;
}

json_t *bd__brands_json(const struct bd_observation *o, const struct bd_inquiry *r,
                        struct bd_quoted q)
{
    json_t *list = json_array();

    for (size_t i = 0; i < o->brand_count && i < r->brand_count; i++)
        json_array_append_new(list, brand_json(o, r, i, q));
    for (size_t i = 0; i < o->found_count; i++)
        json_array_append_new(list, found_json(o, r, i, q));
    return list;
}

static const char *list_name(enum bd_list_kind k)
{
    static const char *const names[] = {"none", "numbered", "bullets", "table",
                                        "headings"};

    return (size_t)k < sizeof(names) / sizeof(names[0]) ? names[k] : "none";
}

json_t *bd__list_json(const struct bd_observation *o)
{
    json_t *v = json_object();

    json_object_set_new(v, "kind", json_string(list_name(o->list)));
    json_object_set_new(v, "promised", bd__count_json(o->list_promised));
    json_object_set_new(v, "seen", json_integer(o->list_items));
    return v;
}

/* How plain the ground was, no probability: what is missing of it is taken off. */
static double confidence(const struct bd_observation *o)
{
    if (o->words == 0 && !o->claims.found)
        return 0;
    return 1 - 0.3 * !o->complete - 0.2 * o->claims.conflict - 0.2 * (o->words == 0);
}

json_t *bd__parse_json(const struct bd_observation *o)
{
    static const char *const methods[2][2] = {{"none", "json"}, {"text", "text+json"}};
    json_t *v = json_object(), *list = bd__list_json(o), *warnings = json_array();
    json_t *repairs = json_array();

    for (int i = 0; i < BD_REPAIR_COUNT; i++)
        if (o->claims.repairs & (1U << i))
            json_array_append_new(repairs,
                                  json_string(bd_repair_name((enum bd_repair)i)));
    for (size_t i = 0; i < o->warning_count; i++)
        json_array_append_new(warnings, text_json(o->warnings[i]));
    json_object_set_new(list, "complete", json_boolean(o->complete));
    json_object_set_new(v, "method", json_string(methods[o->words > 0][o->claims.found]));
    json_object_set_new(v, "json_found", json_boolean(o->claims.found));
    json_object_set_new(v, "repairs", repairs);
    json_object_set_new(v, "warnings", warnings);
    json_object_set_new(v, "confidence", rounded_json(confidence(o)));
    json_object_set_new(v, "list", list);
    return v;
}
