/* domain/reading/marker.c - see marker.h. */
#include "domain/reading/marker.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <utf8proc.h>

#include "base/text.h"

struct cursor {
    const char *s;
    size_t n, at;
};

static int32_t point(const struct cursor *c, size_t *bytes)
{
    int32_t cp = -1;

    *bytes = c->at < c->n ? bd_text_next(c->s + c->at, c->n - c->at, &cp) : 0;
    if (cp > 0xFF00 && cp < 0xFF5F)
        cp -= 0xFEE0;
    return cp;
}

static bool bullet(int32_t cp)
{
    return cp == 0x2022 || cp == 0xB7 || cp == 0x25CF || cp == 0x25AA || cp == 0x25C6 ||
           cp == 0x25CB || cp == 0x25A0 || cp == 0x2023 || cp == 0x30FB;
}

static bool decoration(int32_t cp)
{
    if (cp < 0 || bullet(cp))
        return false;
    if (cp == ' ' || cp == '\t' || cp == '*' || cp == '_' || cp == '>' || cp == 0xFE0F ||
        cp == 0x200D || cp == 0x3000)
        return true;
    return cp >= 0x2190 && utf8proc_category(cp) == UTF8PROC_CATEGORY_SO &&
           !(cp >= 0x1F947 && cp <= 0x1F949) && cp != 0x1F51F;
}

static bool take(struct cursor *c, const char *word)
{
    size_t k;

    if (c->at >= c->n || c->s[c->at] != *word) /* most lines begin with nothing special */
        return false;
    k = strlen(word);
    if (c->n - c->at < k || memcmp(c->s + c->at, word, k) != 0)
        return false;
    c->at += k;
    return true;
}

static int digits(struct cursor *c)
{
    int n = 0, count = 0;
    size_t k;
    int32_t cp;

    while (count < 4 && (cp = point(c, &k)) >= '0' && cp <= '9') {
        n = n * 10 + (cp - '0');
        c->at += k;
        count++;
    }
    return count > 0 && count < 4 ? n : 0;
}

static int chinese(struct cursor *c)
{
    static const char *const words[] = {"一", "二", "三", "四", "五",
                                        "六", "七", "八", "九"};
    int n = 0;

    if (take(c, "十"))
        n = 10;
    for (int i = 0; i < 9; i++)
        if (take(c, words[i]))
            return n + i + 1;
    return n;
}

static int circled(int32_t cp)
{
    static const struct {
        int32_t first;
        int count;
    } rows[] = {{0x2460, 20}, {0x2474, 20}, {0x2776, 10}, {0x2780, 10},
                {0x278A, 10}, {0x24F5, 10}, {0x3220, 10}, {0x3280, 10}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (cp >= rows[i].first && cp < rows[i].first + rows[i].count)
            return (int)(cp - rows[i].first) + 1;
    return cp == 0x1F51F ? 10 : 0;
}

/* "第一推荐：", and not "第一推荐是": a colon must follow, behind emphasis or not. */
static bool take_choice(struct cursor *c)
{
    struct cursor ahead = *c;
    size_t k;

    if (!take(&ahead, "推荐") && !take(&ahead, "选择"))
        return false;
    *c = ahead;
    while (point(&ahead, &k) == '*' || point(&ahead, &k) == ' ')
        ahead.at += k;
    return point(&ahead, &k) == ':';
}

/* 第一名 第1名 第一推荐： TOP1 No.1 #1 🥇 */
static int rank_mark(struct cursor *c)
{
    static const char *const heads[] = {"TOP", "Top", "top", "NO.", "No.", "no.", "#"};
    size_t k, from = c->at;
    int32_t cp = point(c, &k);
    int n = 0;

    if (cp >= 0x1F947 && cp <= 0x1F949) {
        c->at += k;
        return (int)(cp - 0x1F946);
    }
    if (take(c, "第")) {
        n = digits(c);
        n = n ? n : chinese(c);
        if (n && (take(c, "名") || take(c, "位") || take_choice(c)))
            return n;
        c->at = from;
        return 0;
    }
    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
        if (take(c, heads[i])) {
            take(c, " ");
            n = digits(c);
            if (!n)
                c->at = from;
            return n;
        }
    return 0;
}

/* What must stand behind a plain number: "1." "1、" "1)" but not "1.5" or "1个". */
static bool closed(struct cursor *c)
{
    size_t k;
    int32_t cp = point(c, &k);

    if (cp == 0xFE0F || cp == 0x20E3) { /* keycap emoji */
        c->at += k;
        cp = point(c, &k);
        c->at += cp == 0x20E3 ? k : 0;
        return true;
    }
    if (cp != '.' && cp != ')' && cp != 0x3001)
        return false;
    c->at += k;
    if (cp != '.')
        return true;
    cp = point(c, &k);
    return !(cp >= '0' && cp <= '9');
}

static enum bd_marker_kind number_mark(struct cursor *c, int *number)
{
    size_t k, from = c->at;
    int32_t cp = point(c, &k);

    if ((*number = circled(cp)) > 0) {
        c->at += k;
        return cp >= 0x3220 && cp < 0x3300 ? BD_MARKER_CHAPTER : BD_MARKER_NUMBER;
    }
    if (cp == '(')
        c->at += k;
    if ((*number = digits(c)) > 0 && closed(c))
        return BD_MARKER_NUMBER;
    c->at = from + (cp == '(' ? k : 0);
    if ((*number = chinese(c)) > 0) {
        int32_t after = point(c, &k);

        c->at += k;
        if (after == 0x3001 || after == '.' || (cp == '(' && after == ')'))
            return BD_MARKER_CHAPTER;
    }
    c->at = from;
    *number = 0;
    return BD_MARKER_NONE;
}

static void skip(struct cursor *c, bool separators)
{
    size_t k;

    for (;;) {
        int32_t cp = point(c, &k);

        if (!decoration(cp) && !(separators && (cp == ':' || cp == '.' || cp == 0x3001)))
            return;
        c->at += k;
    }
}

/* "🥇 1. A": the same place a second time. */
static void skip_number(struct cursor *c, int number)
{
    struct cursor ahead = *c;
    int again;

    if (number_mark(&ahead, &again) != BD_MARKER_NUMBER || again != number)
        return;
    *c = ahead;
    skip(c, true);
}

struct bd_marker bd_marker_read(const char *s, size_t n)
{
    struct cursor c = {s, n, 0};
    struct bd_marker m = {BD_MARKER_NONE, 0, 0};
    size_t k;

    skip(&c, false);
    if (bullet(point(&c, &k))) {
        m.kind = BD_MARKER_BULLET;
        c.at += k;
    } else if ((m.number = rank_mark(&c)) > 0) {
        m.kind = BD_MARKER_RANK;
    } else {
        m.kind = number_mark(&c, &m.number);
    }
    skip(&c, m.kind != BD_MARKER_NONE);
    if (m.kind == BD_MARKER_RANK)
        skip_number(&c, m.number);
    m.bytes = c.at;
    return m;
}
