/* tests/domain/sample.h - two realistic diagnoses for tests of the reports. */
#ifndef BD_TESTS_DOMAIN_SAMPLE_H
#define BD_TESTS_DOMAIN_SAMPLE_H

#include "base/random.h"
#include "domain/make.h"

enum { HUAWEI, XIAOMI, TESLA, BYD };

static inline void sample_head(struct bd_record *rec)
{
    bd_record_init(rec);
    reference(&rec->inquiry);
    snprintf(rec->id, sizeof(rec->id), "20261123-081530-7f3a");
    rec->created_ms = 1795421730123;
    rec->deadline_ms = 20000;
    rec->elapsed_ms = 4210;
}

/* All ten cells of the reference case answered. */
static inline void sample_good(struct bd_record *rec)
{
    static const char text[] =
        "20 万左右可以这样选：\n\n1. **比亚迪** 汉 EV：续航实在，\t性价比高。\n"
        "2. **华为** 问界 M5：智能化好。\n3. **小米** SU7：年轻人喜欢。\n";

    sample_head(rec);
    add_cells(rec);
    for (size_t i = 0; i < rec->cell_count; i++) {
        struct bd_cell *c = &rec->cells[i];
        struct bd_observation *o = answer(c, text, 4, BD_NO);

        mention(o, BYD, 1, 0.7);
        mention(o, HUAWEI, c->model == 0 ? 2 : 1, 0.55);
        mention(o, XIAOMI, 3, 0.4);
        if (c->brand == TESLA)
            mention(o, TESLA, 0, -0.1);
        c->latency_ms = 1800 + 237 * (int64_t)i;
        c->model_used =
            strdup(c->model == 0 ? "doubao-seed-2-0-lite-260428" : "qwen-plus");
        c->usage = (struct bd_usage){64, 410, 0, -1};
        c->cost = 0.0008;
        snprintf(c->finish, sizeof(c->finish), "stop");
    }
}

/* Every kind of trouble: one model dead, one cut, a refusal, control characters. */
static inline void sample_bad(struct bd_record *rec)
{
    struct bd_observation *o;
    struct bd_cell *c;

    sample_head(rec);
    model(&rec->inquiry, "deepseek/deepseek-chat");
    question(&rec->inquiry, "Which electric car is best for a family with two children?");
    rec->elapsed_ms = 20110;
    add_cells(rec);
    for (size_t i = 0; i < rec->cell_count; i++) {
        c = &rec->cells[i];
        if (c->model == 0)
            fail_cell(c, BD_STATUS_ERROR, BD_ERR_AUTH,
                      "the API key format is incorrect \033[31mRED\a");
        if (c->model == 0 && i > 9) {
            c->status = BD_STATUS_SKIPPED;
            c->skip = BD_SKIP_BREAKER_OPEN;
            c->error = (struct bd_error){0};
            c->attempts = 0;
            c->latency_ms = -1;
        }
        if (c->model == 1)
            fail_cell(c, BD_STATUS_TIMEOUT, BD_ERR_TIMEOUT, "no answer within 10 s");
        if (c->model == 2) {
            o = answer(
                c, "\033[2J\033]0;owned\a1. 特斯拉 Model 3\r\n2. 比亚迪 海豹\n3. \u202e",
                4, BD_NO);
            mention(o, TESLA, 1, 0.9);
            mention(o, BYD, 2, 0.3);
            c->model_used = strdup("deepseek-chat");
            c->model_reported = strdup("deepseek-v3.2");
        }
    }
    c = cell_at(rec, BD_PROBE_NEUTRAL, -1, 1, 0);
    o = answer(c, "我推荐五个品牌：1. 小米 2. 特", 4, BD_UNKNOWN);
    mention(o, XIAOMI, 1, 0.2);
    c->error = (struct bd_error){0};
    c->status = BD_STATUS_TRUNCATED;
    snprintf(c->finish, sizeof(c->finish), "deadline");
    c = cell_at(rec, BD_PROBE_MATRIX, HUAWEI, 1, 0);
    fail_cell(c, BD_STATUS_REFUSED, BD_ERR_CONTENT_FILTERED, "moderation");
    c = cell_at(rec, BD_PROBE_MATRIX, HUAWEI, 2, 0);
    mention(c->geo, HUAWEI, 0, -0.8);
    c->geo->brands[HUAWEI].type = BD_MENTION_NEGATIVE;
}

/* A brand that nobody tracks, named behind everything else. */
static inline void sample_find(struct bd_observation *o, const char *name, int rank)
{
    size_t n = o->found_count++;

    o->found = realloc(o->found, o->found_count * sizeof(*o->found));
    if (!o->found || !(name = strdup(name)))
        abort();
    o->found[n] = (struct bd_discovery){.name = (char *)name,
                                        .rank = rank,
                                        .where = {40 + 9 * n, 46 + 9 * n},
                                        .order = 9};
}

/* The answer cites a page of that site. */
static inline void sample_cite(struct bd_observation *o, enum bd_origin origin,
                               const char *domain, enum bd_category category, int brand)
{
    size_t n = o->citation_count++;
    struct bd_citation *c;
    char url[96];

    o->citations = realloc(o->citations, o->citation_count * sizeof(*o->citations));
    if (!o->citations)
        abort();
    c = &o->citations[n];
    snprintf(url, sizeof(url), "https://%s/%zu", domain, n);
    *c = (struct bd_citation){
        .origin = origin, .category = category, .brand = brand, .praise = BD_UNKNOWN};
    c->url = strdup(url);
    c->domain = strdup(domain);
    c->title = strdup("");
    c->site = strdup("");
    c->attitude = strdup("");
    c->marker = strdup("");
    if (!c->url || !c->domain || !c->title || !c->site || !c->attitude || !c->marker)
        abort();
}

/* The answer's last citation belongs to that brand, of its own or of those found. */
static inline void sample_beside(struct bd_observation *o, int near)
{
    struct bd_citation *c = &o->citations[o->citation_count - 1];

    c->near[c->near_count++] = near;
}

static inline void sample_cite_some(struct bd_observation *o, struct bd_random *random)
{
    static const struct {
        const char *domain;
        enum bd_category category;
        int brand;
    } sites[] = {{"huawei.com", BD_CATEGORY_OWNED, 0},
                 {"tesla.com", BD_CATEGORY_COMPETITOR, 2},
                 {"zhihu.com", BD_CATEGORY_UGC, -1},
                 {"a.com.cn", BD_CATEGORY_UNKNOWN, -1}};

    for (unsigned n = bd_random_below(random, 4); n > 0; n--) {
        size_t i = bd_random_below(random, 4);

        sample_cite(o, (enum bd_origin)bd_random_below(random, 3), sites[i].domain,
                    sites[i].category, sites[i].brand);
        o->citations[o->citation_count - 1].praise = (int)bd_random_below(random, 3) - 1;
        if (o->brand_count + o->found_count && bd_random_below(random, 3))
            sample_beside(o, (int)bd_random_below(
                                 random, (unsigned)(o->brand_count + o->found_count)));
    }
}

/* Any mixture of mentions, types, ranks, tones and open ends in one answer. */
static inline void sample_mix(struct bd_observation *o, struct bd_random *random)
{
    static const char *const others[] = {"蔚来", "NIO", "ｎｉｏ", "极氪 001", "nio"};

    for (int b = 0; b < 4; b++) {
        if (bd_random_below(random, 5) < 2)
            continue;
        mention(o, b, (int)bd_random_below(random, 8),
                bd_random_below(random, 3) ? (bd_random_below(random, 9) - 4.0) / 4
                                           : NAN);
        o->brands[b].type = BD_MENTION_RECOMMENDED + (int)bd_random_below(random, 4);
        o->brands[b].words = bd_random_below(random, 300) / 4.0;
        o->brands[b].pos_share =
            bd_random_below(random, 5) ? o->brands[b].words / 300 : NAN;
        o->brands[b].first_part = bd_random_below(random, 100) / 100.0;
        o->brands[b].first_offset = bd_random_below(random, 30);
        if (o->first_brand == b && o->brands[b].type == BD_MENTION_NEGATIVE)
            o->first_brand = -1;
    }
    for (int i = 0; i < 5; i++)
        if (bd_random_below(random, 3) == 0)
            sample_find(o, others[i], (int)bd_random_below(random, 6));
    if (o->found_count && bd_random_below(random, 2))
        o->found[0].order = 1;
}

/* A brand that nobody tracks and its site, which nobody knows; in one answer a second
 * one, with praise alone. */
static inline void sample_suspects(struct bd_record *rec)
{
    int answers = 0;

    for (size_t i = 0; i < rec->cell_count && answers < 4; i++) {
        struct bd_observation *o = rec->cells[i].geo;

        if (!bd_cell_answered(&rec->cells[i]) || !o || o->refused)
            continue;
        sample_find(o, "优必净", 0);
        sample_cite(o, BD_ORIGIN_PROVIDER, "ubi.example", BD_CATEGORY_UNKNOWN, -1);
        sample_beside(o, (int)(o->brand_count + o->found_count) - 1);
        if (answers++ > 0)
            continue;
        sample_find(o, "=夸夸 \"<b>\"", 0);
        sample_cite(o, BD_ORIGIN_TEXT, "puff.example", BD_CATEGORY_UNKNOWN, -1);
        sample_beside(o, (int)(o->brand_count + o->found_count) - 1);
        o->citations[o->citation_count - 1].praise = BD_YES;
    }
}

/* Three models, six questions of which one names a brand, five samples, and everything
 * that can become of an answer. */
static inline void sample_rich(struct bd_record *rec)
{
    char text[64];
    struct bd_random random;

    sample_head(rec);
    model(&rec->inquiry, "deepseek/deepseek-chat");
    question(&rec->inquiry, "小米的车值得买吗？");
    for (int i = 0; i < 4; i++) {
        snprintf(text, sizeof(text), "预算 %d 万买什么车？", 10 * i + 10);
        question(&rec->inquiry, text);
    }
    rec->inquiry.samples = 5;
    add_cells(rec);
    bd_random_init(&random, 11);
    for (size_t i = 0; i < rec->cell_count; i++) {
        struct bd_cell *c = &rec->cells[i];
        bool cut = bd_random_below(&random, 6) == 0;

        if (bd_random_below(&random, 8) == 0) {
            fail_cell(c, BD_STATUS_TIMEOUT, BD_ERR_TIMEOUT, "no answer within 10 s");
            continue;
        }
        sample_mix(
            answer(c, "some thirty bytes of an answer", 4, cut ? BD_UNKNOWN : BD_NO),
            &random);
        c->status = cut ? BD_STATUS_TRUNCATED : BD_STATUS_OK;
        c->geo->refused = bd_random_below(&random, 20) == 0;
        sample_cite_some(c->geo, &random);
        c->cached = bd_random_below(&random, 9) == 0;
        c->latency_ms = 900 + (int64_t)bd_random_below(&random, 3000);
    }
    sample_suspects(rec);
}

#endif
