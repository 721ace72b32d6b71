/* domain/reading/reading.c - see reading.h. The order of the work: what is no answer is
 * masked (thinking, self-reported JSON, links), the rest is taken apart once (passage.h),
 * lists give ranks, words around mentions give types, and what is not there is unknown or
 * absent, as the text is whole or not. */
#include "domain/reading/reading.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "domain/reading/alias.h"
#include "domain/reading/attribution.h"
#include "domain/reading/citation.h"
#include "domain/reading/discovery.h"
#include "domain/reading/items.h"
#include "domain/reading/legacy.h"
#include "domain/reading/lexicon.h"
#include "domain/reading/mask.h"
#include "domain/reading/offer.h"
#include "domain/reading/phrase.h"
#include "domain/reading/proof.h"
#include "domain/reading/selfreport.h"
#include "domain/reading/share.h"
#include "domain/reading/sighting.h"

#define SOURCE "reading"

enum { WARNINGS = 12 };

struct bd_reader {
    const struct bd_inquiry *inquiry;
    struct bd_alias *brands;
    const struct bd_match *words;     /* everybody's */
    const struct bd_learner *learner; /* or NULL */
};

struct work { /* one reading */
    const struct bd_reader *reader;
    struct bd_observation *o;
    struct bd_buf text; /* the masked copy */
    struct bd_legacy legacy;
    struct bd_passage p;
    struct bd_items items;
    struct bd_ranking ranking;
    struct bd_buf offers;
    bool thinking; /* the text ends inside of it */
    bool cut, failed;
};

int bd_reader_new(struct bd_reader **out, const struct bd_inquiry *r,
                  struct bd_error *err)
{
    struct bd_reader *reader = calloc(1, sizeof(*reader));

    if (!reader)
        return bd_fail(err, BD_ERR_INTERNAL, ENOMEM, SOURCE, "out of memory");
    reader->inquiry = r;
    reader->words = bd_lexicon();
    if (!reader->words || bd_alias_new(&reader->brands, r) < 0) {
        bd_reader_free(reader);
        return bd_fail(err, BD_ERR_INTERNAL, ENOMEM, SOURCE,
                       "out of memory for the names of %zu brands", r->brand_count);
    }
    *out = reader;
    return 0;
}

void bd_reader_free(struct bd_reader *reader)
{
    if (!reader)
        return;
    bd_alias_free(reader->brands);
    free(reader);
}

void bd_reader_teach(struct bd_reader *reader, const struct bd_learner *learner)
{
    reader->learner = learner;
}

static void warn(struct work *w, const char *what)
{
    struct bd_observation *o = w->o;

    if (o->warning_count < WARNINGS && !(o->warnings[o->warning_count] = strdup(what)))
        w->failed = true;
    else if (o->warning_count < WARNINGS)
        o->warning_count++;
}

static struct bd_observation *new_observation(size_t brands)
{
    struct bd_observation *o = calloc(1, sizeof(*o));

    if (!o)
        return NULL;
    o->first_brand = -1;
    o->intercepted = BD_UNKNOWN;
    o->claims.mentioned = BD_UNKNOWN;
    o->claims.sentiment = NAN;
    o->brands = calloc(brands ? brands : 1, sizeof(*o->brands));
    o->intercepted_by = calloc(brands ? brands : 1, sizeof(*o->intercepted_by));
    o->warnings = calloc(WARNINGS, sizeof(*o->warnings));
    if (!o->brands || !o->intercepted_by || !o->warnings) {
        bd_observation_free(o);
        return NULL;
    }
    o->brand_count = brands;
    for (size_t i = 0; i < brands; i++) {
        o->brands[i].mentioned = BD_UNKNOWN;
        o->brands[i].sentiment = o->brands[i].pos_share = o->brands[i].first_part = NAN;
    }
    return o;
}

static int prepare(struct work *w, const struct bd_answer_text *a)
{
    size_t n = bd_text_cut(a->text, a->bytes, BD_FOLD_MAX);
    const struct bd_span *json;
    char *s;

    w->cut = a->cut || n < a->bytes;
    if (n < a->bytes)
        warn(w, "text_limit");
    bd_buf_init(&w->text, n);
    if (bd_buf_append(&w->text, a->text, n) < 0)
        return -1;
    if (n == 0) /* the empty buffer is a constant */
        return bd_legacy_find(&w->legacy, "", 0);
    s = w->text.data;
    w->thinking = bd_mask_thinking(s, n);
    if (bd_legacy_find(&w->legacy, s, n) < 0)
        return -1;
    json = (const struct bd_span *)(void *)w->legacy.spans.data;
    for (size_t i = 0; i < w->legacy.spans.n / sizeof(*json); i++)
        bd_mask_blank(s, json[i].start, json[i].end);
    if (bd_mask_orders(s, n))
        warn(w, BD_READING_ORDERS);
    bd_mask_urls(s, n);
    return 0;
}

static bool nothing_to_read(const struct work *w)
{
    for (size_t i = 0; i < w->text.n; i++)
        if (!strchr(" \t\r\n", w->text.data[i]) || !w->text.data[i])
            return false;
    return !w->legacy.ranked;
}

static bool any_rank(const struct bd_observation *o)
{
    for (size_t i = 0; i < o->brand_count; i++)
        if (o->brands[i].rank)
            return true;
    return false;
}

/* The place among the visible tracked ones, by offset. */
static void number_them(struct bd_observation *o)
{
    for (size_t i = 0; i < o->brand_count; i++) {
        struct bd_sighting *b = &o->brands[i];

        b->order = b->mentioned == BD_YES;
        for (size_t k = 0; k < o->brand_count && b->order > 0; k++)
            b->order += o->brands[k].mentioned == BD_YES &&
                        o->brands[k].first_offset < b->first_offset;
    }
    for (size_t i = 0; i < o->found_count; i++)
        o->found[i].order = bd_observation_place(o, o->found[i].where.start);
    for (size_t i = 0; i < o->brand_count; i++) {
        const struct bd_sighting *b = &o->brands[i];
        int best = o->first_brand;

        if (b->order && b->type != BD_MENTION_NEGATIVE &&
            (best < 0 || b->order < o->brands[best].order))
            o->first_brand = (int)i;
    }
}

static bool whole(struct work *w)
{
    struct bd_observation *o = w->o;
    bool ends_in_json = w->legacy.claims.found && !w->legacy.claims.truncated;

    o->list_promised = bd_phrase_promised(&w->p);
    if (o->list_items > 0 && o->list_promised > o->list_items) {
        warn(w, "truncated_list");
        return false;
    }
    if (w->cut || w->thinking || w->legacy.claims.truncated)
        return false;
    return ends_in_json || !bd_phrase_unfinished(&w->p);
}

static void settle_absence(struct work *w)
{
    struct bd_observation *o = w->o;
    bool visible = false;

    for (size_t i = 0; i < o->brand_count; i++)
        visible |= o->brands[i].mentioned == BD_YES;
    o->complete = whole(w);
    o->refused = !visible && o->list_items == 0 && bd_phrase_refuses(&w->p);
    for (size_t i = 0; i < o->brand_count; i++)
        if (o->brands[i].mentioned != BD_YES)
            o->brands[i].mentioned = o->complete && !o->refused ? BD_NO : BD_UNKNOWN;
}

static void find_interception(struct bd_observation *o)
{
    if (o->brand_count == 0 || o->brands[0].mentioned == BD_UNKNOWN)
        return;
    o->intercepted = BD_NO;
    for (int order = 1; o->brands[0].mentioned == BD_NO && order <= (int)o->brand_count;
         order++)
        for (size_t i = 1; i < o->brand_count; i++)
            if (o->brands[i].order == order &&
                (o->brands[i].type == BD_MENTION_RECOMMENDED ||
                 o->brands[i].type == BD_MENTION_LISTED))
                o->intercepted_by[o->intercepted_count++] = (int)i;
    if (o->intercepted_count > 0)
        o->intercepted = BD_YES;
}

static void compare_claims(struct work *w)
{
    struct bd_observation *o = w->o;
    struct bd_claims *c = &o->claims;
    enum bd_known seen = o->brand_count > 0 ? o->brands[0].mentioned : BD_UNKNOWN;

    *c = w->legacy.claims;
    w->legacy.claims = (struct bd_claims){0}; /* it is the observation's now */
    if (c->truncated)
        warn(w, "truncated_json");
    for (int i = 0; i < w->legacy.missing_count; i++) {
        char what[64];

        snprintf(what, sizeof(what), "missing_field:%s", w->legacy.missing[i]);
        warn(w, what);
    }
    if (w->legacy.quoted)
        warn(w, "json_in_quotation");
    c->conflict = c->found && c->mentioned != BD_UNKNOWN && seen != BD_UNKNOWN &&
                  c->mentioned != seen;
    if (c->conflict)
        warn(w, seen == BD_NO ? "conflict:json_mentioned_text_absent"
                              : "conflict:json_absent_text_mentioned");
}

/* What needs to be known of all brands before. */
static int read_parts(struct work *w, const struct bd_answer_text *t)
{
    struct bd_attribution a;
    const struct bd_citing citing = {.inquiry = w->reader->inquiry,
                                     .p = &w->p,
                                     .a = &a,
                                     .text = t->text,
                                     .cut = w->cut,
                                     .returned = t->returned,
                                     .returned_count = t->returned_count};
    int rc = bd_attribution_make(&a, &w->p, &w->items, w->o);

    if (rc == 0)
        rc = bd_share_read(w->o, &w->p, &a);
    if (rc == 0)
        rc = bd_citation_read(w->o, &citing);
    bd_attribution_free(&a);
    return rc;
}

static int read_text(struct work *w, const struct bd_answer_text *a)
{
    if (bd_passage_init(&w->p, w->text.data, w->text.n, w->reader->brands,
                        w->reader->words) < 0)
        return -1;
    w->p.learner = w->reader->learner;
    if (bd_items_collect(&w->items, &w->p) < 0 ||
        bd_ranking_make(&w->ranking, &w->p, &w->items) < 0 ||
        bd_sighting_read(w->o->brands, w->o->brand_count, &w->p, &w->ranking) < 0)
        return -1;
    if (w->p.outline.partial)
        warn(w, "outline_limit");
    if (bd_offer_read(&w->offers, &w->p, &w->items) < 0 ||
        bd_offer_settle(w->o, &w->offers, &w->p) < 0 ||
        bd_discovery_read(w->o, &w->p, &w->ranking) < 0)
        return -1;
    w->o->list = w->ranking.kind;
    w->o->list_items = w->ranking.items;
    if (bd_selfreport_apply(w->o, &w->legacy, w->reader->brands, a->text,
                            w->ranking.source != BD_RANK_NONE || any_rank(w->o)) < 0)
        return -1;
    settle_absence(w);
    number_them(w->o);
    find_interception(w->o);
    bd_proof_read(w->o, &w->p, &w->ranking, w->legacy.taken);
    return read_parts(w, a);
}

static int read_all(struct work *w, const struct bd_answer_text *a)
{
    if (prepare(w, a) < 0)
        return -1;
    if (w->legacy.error)
        warn(w, "error_envelope");
    else if (!nothing_to_read(w) || (w->legacy.claims.found && !w->thinking))
        if (read_text(w, a) < 0)
            return -1;
    compare_claims(w);
    if (!w->legacy.quoted &&
        bd_citation_claim(w->o, w->reader->inquiry, a->text, w->legacy.taken) < 0)
        return -1;
    return w->failed ? -1 : 0;
}

int bd_reader_read(const struct bd_reader *reader, const struct bd_answer_text *answer,
                   struct bd_observation **out, struct bd_error *err)
{
    size_t brands = reader->inquiry->brand_count;
    struct work w = {.reader = reader, .o = new_observation(brands)};
    int rc = -1;

    bd_buf_init(&w.text, 0);
    bd_buf_init(&w.offers, BD_OFFERS * sizeof(struct bd_offer));
    if (w.o)
        rc = read_all(&w, answer);
    bd_buf_free(&w.text);
    bd_legacy_free(&w.legacy);
    bd_passage_free(&w.p);
    bd_items_free(&w.items);
    bd_ranking_free(&w.ranking);
    bd_buf_free(&w.offers);
    if (rc < 0) {
        bd_observation_free(w.o);
        return bd_fail(err, BD_ERR_INTERNAL, ENOMEM, SOURCE,
                       "out of memory for an answer of %zu bytes", answer->bytes);
    }
    *out = w.o;
    return 0;
}
