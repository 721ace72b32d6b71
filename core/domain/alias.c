/* domain/alias.c - see alias.h. */
#include "domain/alias.h"

#include <string.h>

#include "domain/fold.h"

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

static bool starts(const char *s, size_t n, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count && words[i]; i++)
        if (strlen(words[i]) <= n && memcmp(s, words[i], strlen(words[i])) == 0)
            return true;
    return false;
}

static bool ends(const char *s, size_t n, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count && words[i]; i++) {
        size_t k = strlen(words[i]);

        if (k <= n && memcmp(s + n - k, words[i], k) == 0)
            return true;
    }
    return false;
}

/* Looks at the 48 bytes before, where most clauses begin. */
static bool near(const char *s, size_t at, const char *const *words, size_t count)
{
    size_t from = at > 48 ? at - 48 : 0;

    for (size_t i = at; i-- > from && s[i] != '\n';)
        if (starts(s + i, at - i, words, count))
            return true;
    return false;
}

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool everyday_word(const char *s, size_t n, const struct bd_hit *h)
{
    for (size_t i = 0; i < COUNT(doubts); i++) {
        const struct doubt *d = &doubts[i];

        if (strlen(d->word) == h->end - h->start &&
            memcmp(s + h->start, d->word, h->end - h->start) == 0)
            return starts(s + h->end, n - h->end, d->after, COUNT(d->after)) ||
                   ends(s, h->start, d->before, COUNT(d->before)) ||
                   near(s, h->start, d->near, COUNT(d->near));
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
        for (size_t f = 0; !k && f < COUNT(forms); f++)
            if (strlen(forms[f]) <= n - i &&
                memcmp(s + i, forms[f], strlen(forms[f])) == 0)
                k = strlen(forms[f]);
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

static int add_name(struct bd_match *m, const char *name, int32_t brand)
{
    struct bd_fold f;
    int rc = bd_fold_init(&f, name, strlen(name));

    if (rc == 0)
        rc = bd_match_add(m, f.bytes.data, f.bytes.n, brand);
    bd_fold_free(&f);
    return rc;
}

int bd_alias_new(struct bd_match **out, const struct bd_inquiry *r)
{
    struct bd_match *m = NULL;

    if (bd_match_new(&m) < 0)
        return -1;
    for (size_t b = 0; b < r->brand_count; b++) {
        if (add_name(m, r->brands[b].name, (int32_t)b) < 0)
            goto fail;
        for (size_t i = 0; i < r->brands[b].alias_count; i++)
            if (add_name(m, r->brands[b].aliases[i], (int32_t)b) < 0)
                goto fail;
    }
    if (bd_match_build(m) < 0)
        goto fail;
    *out = m;
    return 0;
fail:
    bd_match_free(m);
    return -1;
}

int bd_alias_find(const struct bd_match *m, const char *s, size_t n, struct bd_buf *hits)
{
    size_t from = hits->n, kept = 0, count;
    struct bd_hit *h;

    if (bd_match_find(m, s, n, true, hits) < 0)
        return -1;
    h = (struct bd_hit *)(void *)(hits->data + from);
    count = (hits->n - from) / sizeof(*h);
    for (size_t i = 0; i < count; i++) {
        if (everyday_word(s, n, &h[i]))
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
