/* sim/names.c - finding the brands that a prompt names. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "sim/corpus.h"

static const char *const brand_words[] = {"目标品牌", "主品牌",       "我的品牌",
                                          "品牌",     "Target brand", "Main brand",
                                          "Brand",    "brand"};
static const char *const rival_words[] = {
    "竞争对手",   "竞争品牌",    "竞品品牌",        "竞品", "对比品牌", "Competitors",
    "Competitor", "competitors", "Competing brands"};

/* The length of word and the colon after it, if s begins with them; else 0. Bold
 * marks between the two are skipped. */
static size_t head(const char *s, const char *word)
{
    size_t n = strlen(word);

    if (strncmp(s, word, n) != 0)
        return 0;
    n += strspn(s + n, "* ");
    if (s[n] == ':')
        return n + 1;
    return strncmp(s + n, "：", 3) == 0 ? n + 3 : 0;
}

static size_t any_head(const char *s, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t k = *s == *words[i] ? head(s, words[i]) : 0;

        if (k)
            return k;
    }
    return 0;
}

/* Bytes of a separator at s: between two names, or (end) after the last. */
static size_t separator(const char *s, bool end)
{
    static const char *const between[] = {"、", "，", ",", "/", "；", ";", "|"};
    static const char *const after[] = {"\n", "\r", "。", "；", ";", "（", "("};
    const char *const *list = end ? after : between;

    for (size_t i = 0; i < 7; i++)
        if (strncmp(s, list[i], strlen(list[i])) == 0)
            return strlen(list[i]);
    return 0;
}

static void add(struct sim_names *names, size_t at, const char *s, size_t n)
{
    size_t skip = strspn(s, " *\t\"“");

    if (at >= SIM_NAMES_MAX || skip >= n)
        return;
    s += skip;
    n -= skip;
    while (n && strchr(" *\t\"", s[n - 1]))
        n--;
    snprintf(names->of[at], sizeof(names->of[at]), "%.*s", (int)n, s);
    bd_text_trim_partial(names->of[at]);
    if (names->n <= at)
        names->n = at + 1;
}

/* Reads names up to the end of the line; returns the bytes read. */
static size_t read_names(struct sim_names *names, const char *s, bool rivals)
{
    size_t i = 0, from = 0;

    while (s[i] && !separator(s + i, true)) {
        size_t k = separator(s + i, false);

        if (k) {
            add(names, rivals ? (names->n ? names->n : 1) : 0, s + from, i - from);
            if (!rivals) /* only one brand is asked about */
                return i;
            from = i + k;
        }
        i += k ? k : 1;
    }
    add(names, rivals ? (names->n ? names->n : 1) : 0, s + from, i - from);
    return i;
}

void sim_names_scan(struct sim_names *names, const char *prompt)
{
    *names = (struct sim_names){0};
    for (const char *s = prompt; *s;) {
        size_t k = any_head(s, rival_words, sizeof(rival_words) / sizeof(rival_words[0]));

        if (k) {
            s += k + read_names(names, s + k, true);
            continue;
        }
        k = any_head(s, brand_words, sizeof(brand_words) / sizeof(brand_words[0]));
        if (k && !names->of[0][0])
            k += read_names(names, s + k, false);
        s += k ? k : 1;
    }
}
