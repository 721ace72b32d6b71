/* domain/reading/whole.c - is the text whole? A part of phrase.h. */
#include <string.h>

#include "base/text.h"
#include "domain/reading/lexicon.h"
#include "domain/reading/phrase.h"

enum { PROSE_POINTS = 15, NEAR = 12 };

static int number_before(const char *s, size_t at, size_t *start)
{
    static const char *const words[] = {"一", "二", "三", "四", "五", "六",
                                        "七", "八", "九", "十", "两"};
    size_t i = at;
    int n = 0, unit = 1;

    while (i > 0 && s[i - 1] == ' ')
        i--;
    while (i > 0 && s[i - 1] >= '0' && s[i - 1] <= '9' && unit <= 100) {
        n += (s[--i] - '0') * unit;
        unit *= 10;
    }
    for (int w = 0; n == 0 && w < 11; w++)
        if (i >= 3 && memcmp(s + i - 3, words[w], 3) == 0) {
            n = w == 10 ? 2 : w + 1;
            i -= 3;
        }
    *start = i;
    return n > 1 && n <= 50 ? n : 0;
}

int bd_phrase_promised(const struct bd_passage *p)
{
    const struct bd_hit *c = bd_passage_cues(p);

    for (size_t i = 0; i < bd_passage_cue_count(p); i++) {
        size_t start, from;
        int n;

        if (c[i].tag != BD_WORD_MANY)
            continue;
        n = number_before(p->fold.bytes.data, c[i].start, &start);
        from = start > NEAR ? start - NEAR : 0;
        if (n > 0 && bd_passage_says(p, from, start, BD_WORD_FOR))
            return n;
    }
    return 0;
}

static bool ends_well(const char *s, size_t n)
{
    static const char *const ends[] = {"。", "！", "？", ".", "!", "?", "”",  "）", ")",
                                       "\"", "；", ";",  "~", "*", "`", "】", "」", "…"};

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        size_t k = strlen(ends[i]);

        if (k <= n && memcmp(s + n - k, ends[i], k) == 0)
            return true;
    }
    return n == 0 || (n >= 4 && (unsigned char)s[n - 4] >= 0xF0); /* an emoji */
}

static bool ends_open(const char *s, size_t n)
{
    static const char *const open[] = {"，", ",", "、", "：", ":",
                                       "（", "(", "“",  "—",  "\xef\xbf\xbd"};

    for (size_t i = 0; i < sizeof(open) / sizeof(open[0]); i++) {
        size_t k = strlen(open[i]);

        if (k <= n && memcmp(s + n - k, open[i], k) == 0)
            return true;
    }
    return false;
}

/* The last line has "**" an odd number of times. */
static bool emphasis_open(const char *s, size_t n)
{
    size_t i = n, marks = 0;

    while (i > 0 && s[i - 1] != '\n')
        i--;
    for (; i + 1 < n; i++)
        if (s[i] == '*' && s[i + 1] == '*') {
            marks++;
            i++;
        }
    return marks % 2 == 1;
}

bool bd_phrase_unfinished(const struct bd_passage *p)
{
    const struct bd_line *l = (const struct bd_line *)(void *)p->outline.lines.data;
    size_t count = p->outline.lines.n / sizeof(*l), n = p->n;
    int good = 0, loose = 0;
    bool last = true;

    while (n > 0 && strchr(" \t\r\n", p->s[n - 1]) && p->s[n - 1])
        n--;
    if (ends_open(p->s, n) || emphasis_open(p->s, n))
        return true;
    if (count == 0 || l[count - 1].kind == BD_LINE_HEADING)
        return count > 0;
    for (size_t i = 0; i < count; i++) {
        const char *s = p->s + l[i].start;
        size_t bytes = l[i].end - l[i].start;
        /* a last paragraph may be cut after its first words */
        size_t least = i + 1 == count && l[i].kind == BD_LINE_TEXT ? 3 : PROSE_POINTS;
        bool prose = l[i].kind != BD_LINE_HEADING && l[i].kind != BD_LINE_CELL &&
                     (bytes >= 4 * least || bd_text_points(s, bytes) >= least);

        last = !prose || ends_well(s, bytes);
        if (prose && i + 1 < count)
            ++*(last ? &good : &loose);
    }
    return !last && good >= 2 && good > 2 * loose;
}
