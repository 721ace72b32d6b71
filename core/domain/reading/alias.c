/* domain/reading/alias.c - see alias.h. */
#include "domain/reading/alias.h"

#include <stdlib.h>
#include <string.h>

#include "domain/reading/affix.h"
#include "domain/reading/fold.h"
#include "domain/reading/spelling.h"

/* Names that are words of everyday language as well: what may not stand behind, before,
 * or near (same clause or the one before it) if the brand is meant. */
static const struct doubt {
    const char *word;
    const char *after[12], *before[8], *near[8];
} doubts[] = {
    {"小米",
     {"粥", "饭", "辣", "椒", "粒", "面", "糊", "糕", "酒"},
     {"煮", "黄"},
     {NULL}},
    {"苹果",
     {"汁", "醋", "树", "派", "皮", "园", "肌", "酱", "干", "酸"},
     {"吃", "红"},
     {"粥", "水果", "香蕉", "早餐", "维生素", "橙"}},
    {"理想",
     {"的", "状态", "型", "主义", "选择", "效果", "之选", "情况", "化", "家园", "价格"},
     {"比较", "较为", "不", "很", "最", "更", "不太", "非常"},
     {NULL}},
    {"老板", {"娘", "们", "说"}, {"小", "当", "大", "女"}, {NULL}},
    {"美的", {NULL}, {"完", "最", "优", "精", "唯", "甜", "健"}, {NULL}},
    {"荣耀", {"感", "时刻"}, {"的", "至高"}, {NULL}},
    {"安全", {"性", "感", "生产"}, {"更", "很", "不"}, {NULL}},
};

/* Looks at the 48 bytes before, where most clauses begin. */
static bool near(const char *s, size_t at, const char *const *words, size_t count)
{
    size_t from = at > 48 ? at - 48 : 0;

    for (size_t i = at; i-- > from && s[i] != '\n';)
        if (bd_affix_begins(s + i, at - i, words, count))
            return true;
    return false;
}

static bool everyday_word(const char *s, size_t n, const struct bd_hit *h)
{
    for (size_t i = 0; i < sizeof(doubts) / sizeof(doubts[0]); i++) {
        const struct doubt *d = &doubts[i];

        if (strlen(d->word) == h->end - h->start &&
            memcmp(s + h->start, d->word, h->end - h->start) == 0)
            return bd_affix_begins(s + h->end, n - h->end, BD_WORDS(d->after)) ||
                   bd_affix_ends(s, h->start, BD_WORDS(d->before)) ||
                   near(s, h->start, BD_WORDS(d->near));
    }
    return false;
}

/* Is there nothing but a legal form, marks of emphasis and an opening bracket? */
static bool opens_bracket(const char *s, size_t n)
{
    static const char *const forms[] = {
        "股份有限公司", "有限责任公司", "有限公司", "股份", "集团", "公司",
        "科技",         "inc.",         "ltd.",     "ltd",  "inc",  "corp."};
    bool open = false;

    for (size_t i = 0; i < n;) {
        size_t k = s[i] && strchr("*_ (/[", s[i]) ? 1 : 0;

        open |= s[i] == '(' || s[i] == '[';
        if (!k)
            k = bd_affix_begins(s + i, n - i, BD_WORDS(forms));
        if (!k && n - i >= 3 && memcmp(s + i, "【", 3) == 0) {
            open = true;
            k = 3;
        }
        if (!k)
            return false;
        i += k;
    }
    return open;
}

static bool same_mention(const char *s, const struct bd_hit *a, const struct bd_hit *b)
{
    return a->tag == b->tag && b->start - a->end <= 40 &&
           opens_bracket(s + a->end, b->start - a->end);
}

/* What a find is, in its tag above the number: a name of a brand, such a one that needs a
 * context, a phrase in which it is not meant, a context (its number is a row of
 * `wanted`), or a name without its trade. */
enum { NUMBER = 0xFFFF, STRICT = 1 << 16, DENIED = 2 << 16, CONTEXT = 3 << 16 };
enum { SHORT = 4 << 16, KIND = 7 << 16, NOBODY = -1 };

struct bd_alias {
    struct bd_match *match;
    uint32_t *wanted; /* by context: bits of the brands that want it */
    size_t wanted_count;
    uint32_t names_wanted[BD_INQUIRY_BRANDS]; /* by brand: of those that want its name */
};

_Static_assert(BD_INQUIRY_BRANDS <= 32, "a bit for each brand");

static int add_word(struct bd_alias *a, const char *word, int32_t tag)
{
    struct bd_fold f;
    int rc = bd_fold_init(&f, word, strlen(word));

    if (rc == 0)
        rc = bd_match_add(a->match, f.bytes.data, f.bytes.n, tag);
    bd_fold_free(&f);
    return rc;
}

static int add_names(struct bd_alias *a, const struct bd_brand *b, int32_t number)
{
    int32_t tag = number | (b->require.count ? STRICT : 0);

    if (add_word(a, b->name, tag) < 0)
        return -1;
    for (size_t i = 0; i < b->alias_count; i++)
        if (add_word(a, b->aliases[i], tag) < 0)
            return -1;
    return 0;
}

struct adding {
    struct bd_alias *a;
    int32_t tag;
};

static int add_spelling(void *arg, const char *spelling, size_t n)
{
    struct adding *x = arg;

    return bd_match_add(x->a->match, spelling, n, x->tag);
}

/* Has another brand a name that is as short without its trade? */
static bool ambiguous(const struct bd_inquiry *r, size_t brand, const char *name,
                      size_t n)
{
    for (size_t b = 0; b < r->brand_count; b++)
        if (b != brand && strncmp(r->brands[b].name, name, n) == 0 &&
            bd_spelling_short(r->brands[b].name, strlen(r->brands[b].name)) == n)
            return true;
    return false;
}

static int add_other(struct bd_alias *a, const struct bd_inquiry *r, size_t brand,
                     const char *word)
{
    const bool strict = r->brands[brand].require.count > 0;
    struct adding x = {a, (int32_t)brand | (strict ? STRICT : 0)};
    struct bd_fold f;
    size_t n;
    int rc = bd_fold_init(&f, word, strlen(word));

    if (rc == 0)
        rc = bd_spelling_each(f.bytes.data, f.bytes.n, add_spelling, &x);
    n = rc == 0 ? bd_spelling_short(f.bytes.data, f.bytes.n) : 0;
    if (n && !strict && !ambiguous(r, brand, f.bytes.data, n))
        rc = bd_match_add(a->match, f.bytes.data, n, SHORT | (int32_t)brand);
    bd_fold_free(&f);
    return rc;
}

/* After all names: of two equal words the first stays. */
static int add_others(struct bd_alias *a, const struct bd_inquiry *r)
{
    for (size_t b = 0; b < r->brand_count; b++) {
        if (add_other(a, r, b, r->brands[b].name) < 0)
            return -1;
        for (size_t i = 0; i < r->brands[b].alias_count; i++)
            if (add_other(a, r, b, r->brands[b].aliases[i]) < 0)
                return -1;
    }
    return 0;
}

static bool wants(const struct bd_brand *b, const char *word)
{
    for (size_t i = 0; i < b->require.count; i++)
        if (strcmp(b->require.at[i], word) == 0)
            return true;
    return false;
}

/* Several brands may want the same word: it is added once, with the bits of all. */
static int add_context(struct bd_alias *a, const struct bd_inquiry *r, size_t brand,
                       const char *word)
{
    uint32_t bits = 0;

    for (size_t b = 0; b < r->brand_count; b++)
        if (wants(&r->brands[b], word)) {
            if (b < brand)
                return 0; /* it was added with that one */
            bits |= UINT32_C(1) << b;
        }
    a->wanted[a->wanted_count] = bits;
    return add_word(a, word, CONTEXT | (int32_t)a->wanted_count++);
}

/* A word that is a brand's name is found as that. */
static uint32_t who_wants(const struct bd_inquiry *r, const struct bd_brand *named)
{
    uint32_t bits = 0;

    for (size_t b = 0; b < r->brand_count; b++) {
        bool any = wants(&r->brands[b], named->name);

        for (size_t i = 0; i < named->alias_count; i++)
            any |= wants(&r->brands[b], named->aliases[i]);
        bits |= any ? UINT32_C(1) << b : 0;
    }
    return bits;
}

static int add_contexts(struct bd_alias *a, const struct bd_inquiry *r)
{
    size_t most = 1;

    for (size_t b = 0; b < r->brand_count; b++)
        most += r->brands[b].require.count;
    a->wanted = calloc(most, sizeof(*a->wanted));
    if (!a->wanted)
        return -1;
    for (size_t b = 0; b < r->brand_count; b++) {
        const struct bd_brand *brand = &r->brands[b];

        a->names_wanted[b] = who_wants(r, brand);
        for (size_t i = 0; i < brand->deny.count; i++)
            if (add_word(a, brand->deny.at[i], DENIED | (int32_t)b) < 0)
                return -1;
        for (size_t i = 0; i < brand->require.count; i++)
            if (add_context(a, r, b, brand->require.at[i]) < 0)
                return -1;
    }
    return 0;
}

int bd_alias_new(struct bd_alias **out, const struct bd_inquiry *r)
{
    struct bd_alias *a = calloc(1, sizeof(*a));

    if (!a || bd_match_new(&a->match) < 0)
        goto fail;
    for (size_t b = 0; b < r->brand_count; b++)
        if (add_names(a, &r->brands[b], (int32_t)b) < 0)
            goto fail;
    if (add_contexts(a, r) < 0 || add_others(a, r) < 0 || bd_match_build(a->match) < 0)
        goto fail;
    *out = a;
    return 0;
fail:
    bd_alias_free(a);
    return -1;
}

void bd_alias_free(struct bd_alias *a)
{
    if (!a)
        return;
    bd_match_free(a->match);
    free(a->wanted);
    free(a);
}

/* Is there nothing but one line, not too long, between the two? */
static bool reaches(const char *s, size_t from, size_t to)
{
    return to - from <= BD_ALIAS_REACH && !memchr(s + from, '\n', to - from);
}

static bool is_wanted(const struct bd_alias *a, const struct bd_hit *h, int32_t brand)
{
    const int32_t number = h->tag & NUMBER, kind = h->tag & KIND;
    uint32_t bits = 0;

    if (h->tag == NOBODY)
        return false;
    if (kind == CONTEXT)
        bits = a->wanted[number];
    else if (kind != DENIED)
        bits = a->names_wanted[number];
    return bits & (UINT32_C(1) << brand);
}

/* Finds are apart and in order, so at most BD_ALIAS_REACH of them are looked at. */
static bool in_context(const struct bd_alias *a, const char *s, const struct bd_hit *h,
                       size_t count, size_t at)
{
    const int32_t brand = h[at].tag & NUMBER;

    for (size_t i = at; i-- > 0 && reaches(s, h[i].end, h[at].start);)
        if (is_wanted(a, &h[i], brand))
            return true;
    for (size_t i = at + 1; i < count && reaches(s, h[at].end, h[i].start); i++)
        if (is_wanted(a, &h[i], brand))
            return true;
    return false;
}

/* "On" is a name by its capital, unless that only begins a sentence. */
static bool plain_word(const struct bd_fold *f, const char *original,
                       const struct bd_hit *h)
{
    const char *s = f->bytes.data;
    size_t at = bd_fold_origin(f, h->start);
    bool starts = true;

    if (!bd_spelling_everyday(s + h->start, h->end - h->start))
        return false;
    if (original[at] >= 'a' && original[at] <= 'z')
        return true;
    for (size_t i = h->start; i > 0 && starts; i--) {
        if (strchr("\n.!?:", s[i - 1]))
            break;
        starts = s[i - 1] == ' ' || s[i - 1] == '"';
    }
    at = bd_fold_origin(f, h->end);
    return starts && original[at] == ' ' && original[at + 1] >= 'a' &&
           original[at + 1] <= 'z';
}

/* Latin letters without a capital. */
static bool small(const struct bd_fold *f, const char *original, const struct bd_hit *h)
{
    char c = original[bd_fold_origin(f, h->start)];

    return c >= 'a' && c <= 'z';
}

/* Names that are not meant, phrases and contexts become nobody's. */
static void judge(const struct bd_alias *a, const struct bd_fold *f, const char *original,
                  bool bare, struct bd_hit *h, size_t count)
{
    const char *s = f->bytes.data;
    size_t n = f->bytes.n;

    for (size_t i = 0; i < count; i++) {
        bool strict = (h[i].tag & KIND) == STRICT;

        if (strict && (bare || in_context(a, s, h, count, i)))
            h[i].tag &= NUMBER;
        else if (strict || ((h[i].tag & KIND) == 0 && (everyday_word(s, n, &h[i]) ||
                                                       plain_word(f, original, &h[i]))))
            h[i].tag = NOBODY;
        else if ((h[i].tag & KIND) == SHORT)
            h[i].tag = bd_spelling_stands(s, n, h[i].start, h[i].end) &&
                               !everyday_word(s, n, &h[i]) && !small(f, original, &h[i])
                           ? h[i].tag & NUMBER
                           : NOBODY;
    }
}

int bd_alias_find(const struct bd_alias *a, const struct bd_fold *f, const char *original,
                  bool bare, struct bd_buf *hits)
{
    const char *s = f->bytes.data;
    size_t from = hits->n, kept = 0, count;
    struct bd_hit *h;

    if (bd_match_find(a->match, s, f->bytes.n, true, hits) < 0)
        return -1;
    h = (struct bd_hit *)(void *)(hits->data + from);
    count = (hits->n - from) / sizeof(*h);
    judge(a, f, original, bare, h, count);
    for (size_t i = 0; i < count; i++) {
        if (h[i].tag == NOBODY || (h[i].tag & KIND))
            continue;
        if (kept > 0 && same_mention(s, &h[kept - 1], &h[i]))
            h[kept - 1].end = h[i].end;
        else
            h[kept++] = h[i];
    }
    if (count > 0)
        hits->n = from + kept * sizeof(*h);
    return 0;
}
