/* domain/reading/head.c - see head.h. */
#include "domain/reading/head.h"

#include <string.h>

#include "base/text.h"
#include "domain/reading/affix.h"
#include "domain/reading/lexicon.h"

enum { BRACKET_BYTES = 120, JOINT_BYTES = 24, PEOPLE_BYTES = 18 };

/* Bytes of the bracket at s, with both ends; 0 if it does not close in time. */
static size_t bracket(const char *s, size_t n)
{
    for (size_t i = 1; i < n && i < BRACKET_BYTES; i++)
        if (s[i] == ')')
            return i + 1;
    return 0;
}

static bool ends_head(const char *s, size_t n, size_t i)
{
    if (strchr(":,;|!?\n", s[i]) && s[i])
        return true;
    if (s[i] == '-')
        return i > 0 && s[i - 1] == ' ' && i + 1 < n && s[i + 1] == ' ';
    return n - i >= 3 && (memcmp(s + i, "。", 3) == 0 || memcmp(s + i, "—", 3) == 0 ||
                          memcmp(s + i, "–", 3) == 0 || memcmp(s + i, "→", 3) == 0);
}

static size_t named_at(const struct bd_passage *p, size_t at)
{
    const struct bd_hit *h = bd_passage_hits(p);
    size_t hit = bd_passage_from(h, bd_passage_hit_count(p), at);

    return hit < bd_passage_hit_count(p) && h[hit].start == at ? h[hit].end : 0;
}

static size_t head_end(const struct bd_passage *p, size_t start, size_t end, int *points)
{
    const char *s = p->fold.bytes.data;
    size_t i = start;

    *points = 0;
    while (i < end && *points < BD_HEAD_POINTS) {
        int32_t cp;
        size_t k = s[i] == '(' ? bracket(s + i, end - i) : 0, name = named_at(p, i);

        if (name > i && name <= end) { /* "Yahoo!" ends no head */
            *points += (int)bd_text_points(s + i, name - i);
            i = name;
            continue;
        }

        if (ends_head(s + start, end - start, i - start))
            break;
        if (k) {
            i += k;
            continue;
        }
        i += bd_text_next(s + i, end - i, &cp);
        *points += cp != '*' && cp != ' ';
    }
    return i;
}

/* Is h the whole of a bracket, an alias given in the usual place? */
static bool fills_bracket(const char *s, size_t n, const struct bd_hit *h)
{
    return h->start > 0 && s[h->start - 1] == '(' && h->end < n && s[h->end] == ')';
}

static bool in_bracket(const char *s, size_t start, size_t at)
{
    size_t low = at > start + BRACKET_BYTES ? at - BRACKET_BYTES : start;

    for (size_t i = at; i > low; i--) {
        if (s[i - 1] == ')')
            return false;
        if (s[i - 1] == '(')
            return true;
    }
    return false;
}

bool bd_head_joined(const char *s, size_t from, size_t to)
{
    static const char *const joints[] = {"/", "、",    "和", "与", "&",
                                         "+", " and ", "及", "或", "·"};
    char gap[JOINT_BYTES + 1];
    size_t n = 0;

    for (size_t i = from; i < to; i++) {
        size_t k = s[i] == '(' ? bracket(s + i, to - i) : 0;

        if (k) {
            i += k - 1;
            continue;
        }
        if (n == JOINT_BYTES || !s[i])
            return false;
        gap[n++] = s[i];
    }
    gap[n] = '\0';
    for (size_t i = 0; i < sizeof(joints) / sizeof(joints[0]); i++)
        if (strstr(gap, joints[i]))
            return true;
    return false;
}

/* "Users of X", "fans of X": of people, not of the brand. */
static bool of_people(const char *s, size_t from, size_t to)
{
    static const char *const people[] = {"用户",  "粉丝",   "人群",   "爱好者", " users",
                                         " fans", "的情况", "的场景", "的理由"};

    to = to - from < PEOPLE_BYTES ? to : from + PEOPLE_BYTES;
    for (size_t i = from; i < to && s[i] != '*'; i++)
        if (bd_affix_begins(s + i, to - i, BD_WORDS(people)))
            return true;
    return false;
}

/* Characters, of which two narrow ones count as one: "World of" is no long way. */
static size_t width(const char *s, size_t n)
{
    size_t narrow = 0;

    for (size_t i = 0; i < n; i++)
        narrow += (unsigned char)s[i] < 0x80;
    return bd_text_points(s, n) - narrow / 2;
}

static bool fit_before(const struct bd_passage *p, const struct bd_head *h, size_t at)
{
    const char *open = memchr(p->fold.bytes.data + at, '(', h->end - at);
    size_t end = open ? (size_t)(open - p->fold.bytes.data) : h->end;
    const uint32_t told = BD_WORD_BIT(BD_WORD_COMPARED) | BD_WORD_BIT(BD_WORD_HOWTO) |
                          BD_WORD_BIT(BD_WORD_ANALYSIS);
    const uint32_t against = told | BD_WORD_BIT(BD_WORD_IF) | BD_WORDS_AGAINST |
                             BD_WORD_BIT(BD_WORD_UNKNOWN) | BD_WORD_BIT(BD_WORD_ABOUT) |
                             BD_WORD_BIT(BD_WORD_NOT);

    static const char *const cases[] = {"情况", "什么", "何时", "谁适合", "when to "};

    return width(p->fold.bytes.data + h->start, at - h->start) <= BD_HEAD_BEFORE &&
           !bd_affix_holds(p->fold.bytes.data + h->start, at - h->start,
                           BD_WORDS(cases)) &&
           !bd_passage_says_any(p, h->start, at, against) &&
           !of_people(p->fold.bytes.data, at, end) &&
           !bd_passage_says_any(p, at, end, told);
}

struct bd_head bd_head_read(const struct bd_passage *p, size_t start, size_t end)
{
    const char *s = p->fold.bytes.data;
    const struct bd_hit *hits = bd_passage_hits(p);
    size_t count = bd_passage_hit_count(p), bracketed = count;
    struct bd_head h = {.start = (uint32_t)start};

    h.end = (uint32_t)head_end(p, start, end, &h.points);
    for (size_t i = bd_passage_from(hits, count, start); i < count; i++) {
        if (hits[i].start >= h.end || h.count == BD_HEAD_BRANDS)
            break;
        if (in_bracket(s, start, hits[i].start)) {
            if (bracketed == count && fills_bracket(s, p->fold.bytes.n, &hits[i]))
                bracketed = i;
            continue;
        }
        if (h.count == 0
                ? fit_before(p, &h, hits[i].start)
                : bd_head_joined(s, hits[h.hits[h.count - 1]].end, hits[i].start))
            h.hits[h.count++] = i;
        else
            break;
    }
    if (h.count == 0 && bracketed < count && fit_before(p, &h, h.start))
        h.hits[h.count++] = bracketed;
    return h;
}
