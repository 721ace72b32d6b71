/* domain/reading/offer_merge.c - see offer_parts.h: which offers are of the same brand.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "domain/reading/offer_parts.h"

static int by_place(const void *a, const void *b)
{
    const struct bd_offer *x = a, *y = b;

    return (x->name.start > y->name.start) - (x->name.start < y->name.start);
}

/* "lapstone" does not hold "stone". */
static bool in_a_word(char before, char first)
{
    return before >= 'a' && before <= 'z' && first >= 'a' && first <= 'z';
}

static bool within(const char *s, size_t n, const char *in, size_t m)
{
    for (size_t i = 0; i + n <= m; i++)
        if (memcmp(s, in + i, n) == 0)
            return i == 0 || (bd_text_points(s, n) > 2 && !in_a_word(in[i - 1], *s));
    return false;
}

/* One is the other without some of its middle, and both ends are two characters long. */
static bool shortened(const char *s, size_t n, const char *of, size_t m)
{
    size_t front = 0, back = 0, place;

    while (front < n && front < m && s[front] == of[front])
        front++;
    while (back < n - front && back < m && s[n - back - 1] == of[m - back - 1])
        back++;
    place = bd_names_place(s, front);
    if (place && front <= place + 3)
        return false; /* two firms of one town, and of one trade */
    return front + back >= n && bd_text_points(s, front) > 1 &&
           bd_text_points(s + front, n - front) > 1;
}

/* A word of Latin letters, five at least, in both. */
static bool share_a_word(const char *s, size_t n, const char *in, size_t m)
{
    for (size_t i = 0; i < n;) {
        size_t k = 0;

        while (i + k < n && (unsigned char)s[i + k] < 0x80 && s[i + k] != ' ')
            k++;
        if (k > 4 && within(s + i, k, in, m))
            return true;
        i += k + 1;
    }
    return false;
}

/* "A China" is A. */
static size_t without_country(const char *s, size_t n)
{
    static const char country[] = "中国";
    size_t k = sizeof(country) - 1;

    return n > k + 2 && memcmp(s + n - k, country, k) == 0 ? n - k : n;
}

/* Nothing but words for what a brand offers? */
static bool only_kinds(const char *s, size_t n)
{
    static const char *const words[] = {
        "地图", "开放", "平台", "位置", "云服务", "云",   "服务", "软件", "家居", "装饰",
        "定制", "橱柜", "厨柜", "汽车", "公司",   "集团", "官方", "品牌", "手机"};
    size_t at = 0, k = 1;

    while (at < n && k) {
        k = 0;
        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]) && !k; i++)
            if (strlen(words[i]) <= n - at &&
                memcmp(s + at, words[i], strlen(words[i])) == 0)
                k = strlen(words[i]);
        at += k;
    }
    return n > 0 && at == n;
}

static bool all_latin(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)s[i] >= 0x80)
            return false;
    return n > 0;
}

/* "A Maps" and "A Platform": two of one house. */
static bool of_one_house(const char *x, size_t n, const char *y, size_t m)
{
    size_t front = 0;

    while (front < n && front < m && x[front] == y[front])
        front++;
    while (front > 0 && front < n && bd_text_is_tail(x[front]))
        front--;
    return bd_text_points(x, front) > 1 && bd_names_place(x, front) != front &&
           (only_kinds(x + front, n - front) || all_latin(x + front, n - front)) &&
           (only_kinds(y + front, m - front) || all_latin(y + front, m - front)) &&
           (only_kinds(x + front, n - front) || only_kinds(y + front, m - front));
}

/* Two words of Latin letters, one behind the other, in both: "Nest Learning". */
static bool share_two_words(const char *s, size_t n, const char *name, size_t m)
{
    size_t k = 0;

    while (k < n && (unsigned char)s[k] < 0x80 && s[k] != ' ')
        k++;
    if (k < 3 || k + 1 >= n || s[k] != ' ')
        return false;
    for (k++; k < n && (unsigned char)s[k] < 0x80 && s[k] != ' ';)
        k++;
    return k > 8 && within(s, k, name, m);
}

/* Is it the beginning of a tracked one ("360" of "360 Watch"), or a long part of it? */
static bool begins(const char *s, size_t n, const char *name, size_t m)
{
    if (n < m && memcmp(s, name, n) == 0)
        return bd_text_points(s, n) > 1 && bd_names_place(name, n) != n;
    return (bd_text_points(s, n) > 5 && within(s, n, name, m)) ||
           share_two_words(s, n, name, m);
}

/* The same name, or one of them with more around it: "A" and "A Home". */
static bool same(const char *s, const struct bd_offer *a, const struct bd_offer *b)
{
    const char *x = s + a->name.start, *y = s + b->name.start;
    size_t n = without_country(x, a->name.end - a->name.start);
    size_t m = without_country(y, b->name.end - b->name.start);

    if (a->head == b->head && (n != m || memcmp(x, y, n) != 0))
        return a->brand < 0 && b->brand < 0 && share_a_word(x, n, y, m);
    if (a->brand >= 0 || b->brand >= 0)
        return a->brand == b->brand ||
               (b->brand < 0 ? begins(y, m, x, n) : a->brand < 0 && begins(x, n, y, m));
    if (of_one_house(x, n, y, m))
        return true;
    return n < m ? within(x, n, y, m) || shortened(x, n, y, m)
                 : within(y, m, x, n) || shortened(y, m, x, n);
}

void bd__offers_sort(struct bd__offers *o)
{
    struct bd_offer *all = (struct bd_offer *)(void *)o->list.data;
    size_t count = o->list.n / sizeof(*all), kept = 0;

    if (count == 0)
        return;
    qsort(all, count, sizeof(*all), by_place);
    for (size_t i = 0; i < count; i++) {
        /* the one before may be in all[] no more, if it was known: it is in its place */
        bool known = i > 0 && all[i - 1].head == all[i].head &&
                     same(o->text, &all[i - 1], &all[i]);

        for (size_t k = 0; k < kept && !known; k++)
            known = same(o->text, &all[k], &all[i]);
        if (!known)
            all[kept++] = all[i];
    }
    o->list.n = kept * sizeof(*all);
}
