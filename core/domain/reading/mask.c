/* domain/reading/mask.c - see mask.h. */
#include "domain/reading/mask.h"

#include <string.h>
#include <strings.h>

#include "domain/reading/affix.h"

struct tags {
    const char *open, *close;
};

static const struct tags pairs[] = {
    {"<think>", "</think>"},
    {"<thinking>", "</thinking>"},
    {"###Thinking", "###Response"},
};

static bool at(const char *s, size_t n, size_t i, const char *word)
{
    size_t k = strlen(word);

    return k <= n - i && memcmp(s + i, word, k) == 0;
}

void bd_mask_blank(char *s, size_t start, size_t end)
{
    for (size_t i = start; i < end; i++)
        if (s[i] != '\n')
            s[i] = ' ';
}

/* Offset behind the word at or after i; n + 1 if there is none. */
static size_t behind(const char *s, size_t n, size_t i, const char *word)
{
    for (; i < n; i++)
        if (s[i] == word[0] && at(s, n, i, word))
            return i + strlen(word);
    return n + 1;
}

static size_t blank_pair(char *s, size_t n, size_t i, const struct tags *t, bool *open)
{
    size_t end = behind(s, n, i, t->close);

    *open = end > n;
    end = end > n ? n : end;
    bd_mask_blank(s, i, end);
    return end;
}

/* Blanks what begins at i, if thinking does, and returns where to go on. first: no tag
 * was seen yet. */
static size_t blank_at(char *s, size_t n, size_t i, bool first, bool *open)
{
    for (size_t k = 0; k < sizeof(pairs) / sizeof(pairs[0]); k++) {
        if (at(s, n, i, pairs[k].open))
            return blank_pair(s, n, i, &pairs[k], open);
        if (first && s[i] == '<' && at(s, n, i, pairs[k].close)) {
            bd_mask_blank(s, 0, i + strlen(pairs[k].close));
            return i + strlen(pairs[k].close);
        }
    }
    return i;
}

bool bd_mask_thinking(char *s, size_t n)
{
    bool open = false, first = true;

    for (size_t i = 0; i < n && !open; i++) {
        size_t next;

        while (i < n && s[i] != '<' && s[i] != '#') /* nearly every byte */
            i++;
        next = i < n ? blank_at(s, n, i, first, &open) : i;
        if (next > i) {
            first = false;
            i = next - 1;
        }
    }
    return open;
}

static bool in_url(char c)
{
    return c > ' ' && (unsigned char)c < 0x7F && !strchr(")>]\"'|*`<{}\\", c);
}

void bd_mask_urls(char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t k;

        while (i < n && s[i] != ':' && s[i] != 'w')
            i++;
        k = i >= n ? 0 : at(s, n, i, "://") ? 3 : at(s, n, i, "www.") ? 4 : 0;
        for (i += k; k > 0 && i < n && in_url(s[i]); i++)
            s[i] = 'x';
    }
}

enum { ORDER_BYTES = 60 }; /* within so many an order says what it wants ignored */

/* Is one of the words in [i, end)? ASCII in upper or lower case. */
static bool has_one(const char *s, size_t i, size_t end, const char *const *words,
                    size_t count)
{
    for (; i < end; i++)
        for (size_t k = 0; k < count; k++)
            if (strlen(words[k]) <= end - i &&
                strncasecmp(s + i, words[k], strlen(words[k])) == 0)
                return true;
    return false;
}

/* What may begin a word of bids(), by its first byte and, of Chinese, its second. Whoever
 * adds a word there adds its bytes here: every byte of every answer comes by. */
static const unsigned char may_bid[256] = {
    ['i'] = 1,
    ['I'] = 1,
    ['d'] = 1,
    ['D'] = 1,
    ['f'] = 1,
    ['F'] = 1,
    [0xE5] = 0xBF /* 忽, 忘 */,
    [0xE6] = 0x97 /* 无 */,
};

/* Where the next one may begin at or behind i; n: nowhere. s ends with NUL. */
static size_t next_bid(const char *s, size_t n, size_t i)
{
    for (; i < n; i++) {
        unsigned char may = may_bid[(unsigned char)s[i]];

        if (may && (may == 1 || (unsigned char)s[i + 1] == may))
            break;
    }
    return i;
}

static bool bids(const char *s, size_t n)
{
    static const char *const chinese[] = {"忽略", "无视", "忘记", "忘掉"};
    static const char *const english[] = {"ignore", "disregard", "forget"};

    if ((unsigned char)*s >= 0x80)
        return bd_affix_begins(s, n, BD_WORDS(chinese)) > 0;
    for (size_t k = 0; k < sizeof(english) / sizeof(english[0]); k++)
        if ((*s | 0x20) == *english[k] && strlen(english[k]) <= n &&
            strncasecmp(s, english[k], strlen(english[k])) == 0)
            return true;
    return false;
}

static bool is_order(const char *s, size_t i, size_t end)
{
    static const char *const which[] = {"previous", "above", "prior", "earlier",
                                        "all",      "之前",  "以上",  "上述",
                                        "前面",     "先前",  "此前",  "所有"};
    static const char *const what[] = {"instruction", "prompt", "指令", "指示", "提示词"};
    size_t to = end - i > ORDER_BYTES ? i + ORDER_BYTES : end;

    return bids(s + i, end - i) && has_one(s, i, to, BD_WORDS(which)) &&
           has_one(s, i, to, BD_WORDS(what));
}

/* Where an order at i ends: with the quotation that it begins, else with its line. */
static size_t order_end(const char *s, size_t i, size_t end)
{
    static const char *const quotes[][2] = {{"“", "”"},   {"‘", "’"},   {"「", "」"},
                                            {"『", "』"}, {"\"", "\""}, {"'", "'"}};

    for (size_t k = 0; k < sizeof(quotes) / sizeof(quotes[0]); k++) {
        size_t len = strlen(quotes[k][0]);

        if (len > i || memcmp(s + i - len, quotes[k][0], len) != 0)
            continue;
        for (size_t to = i; to < end; to++)
            if (at(s, end, to, quotes[k][1]))
                return to;
    }
    return end;
}

bool bd_mask_orders(char *s, size_t n)
{
    bool found = false;
    size_t stop;

    for (size_t i = next_bid(s, n, 0), end = 0; i < n; i = next_bid(s, n, i + 1)) {
        if (i >= end) { /* of the line */
            const char *line = memchr(s + i, '\n', n - i);

            end = line ? (size_t)(line - s) + 1 : n;
        }
        if (!is_order(s, i, end))
            continue;
        found = true;
        stop = order_end(s, i, end);
        bd_mask_blank(s, i, stop);
        i = stop - 1;
    }
    return found;
}
