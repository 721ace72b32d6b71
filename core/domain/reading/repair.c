/* domain/reading/repair.c - see repair.h. */
#include "domain/reading/repair.h"

#include <string.h>

struct walk {
    const char *s;
    size_t at, end;
    unsigned found;
    const char *close; /* what ends the string we are in, NULL outside */
};

static const char *const names[] = {
#define X(id, name) name,
    BD_REPAIR_MAP(X)
#undef X
};

const char *bd_repair_name(enum bd_repair r)
{
    return (unsigned)r < BD_REPAIR_COUNT ? names[r] : "unknown";
}

static void mend(struct walk *w, enum bd_repair r)
{
    w->found |= 1U << r;
}

static bool is(const struct walk *w, size_t at, const char *word)
{
    size_t k = strlen(word);

    return at + k <= w->end && memcmp(w->s + at, word, k) == 0;
}

static bool any_of(const struct walk *w, size_t at, const char *const *words)
{
    for (; *words; words++)
        if (is(w, at, *words))
            return true;
    return false;
}

static size_t past_blanks(const struct walk *w, size_t at)
{
    while (at < w->end && w->s[at] && strchr(" \t\r\n", w->s[at]))
        at++;
    return at;
}

/* Does a quote that ends before `at` end its string? What follows says so. */
static bool ends_string(const struct walk *w, size_t at)
{
    static const char *const after[] = {",", ":", "}", "]", "，", "：", "｝", "］", NULL};

    at = past_blanks(w, at);
    return at >= w->end || any_of(w, at, after);
}

static void in_string(struct walk *w)
{
    size_t k = strlen(w->close);

    if (w->s[w->at] == '\\') {
        w->at += 2;
    } else if (is(w, w->at, w->close) && ends_string(w, w->at + k)) {
        w->at += k;
        w->close = NULL;
    } else {
        if (w->s[w->at] == '\n' || w->s[w->at] == '\t')
            mend(w, BD_REPAIR_LINE_IN_STRING);
        w->at++;
    }
}

static bool opens_string(struct walk *w)
{
    static const struct {
        const char *open, *close;
        int repair;
    } quotes[] = {{"\"", "\"", -1},
                  {"'", "'", BD_REPAIR_SINGLE_QUOTES},
                  {"“", "”", BD_REPAIR_SMART_QUOTES},
                  {"”", "”", BD_REPAIR_SMART_QUOTES},
                  {"‘", "’", BD_REPAIR_SMART_QUOTES},
                  {"＂", "＂", BD_REPAIR_FULLWIDTH}};

    for (size_t i = 0; i < sizeof(quotes) / sizeof(quotes[0]); i++)
        if (is(w, w->at, quotes[i].open)) {
            if (quotes[i].repair >= 0)
                mend(w, (enum bd_repair)quotes[i].repair);
            w->close = quotes[i].close;
            w->at += strlen(quotes[i].open);
            return true;
        }
    return false;
}

static bool comment(struct walk *w)
{
    bool line = is(w, w->at, "//") || is(w, w->at, "#");
    const char *close = line ? "\n" : "*/";

    if (!line && !is(w, w->at, "/*"))
        return false;
    mend(w, BD_REPAIR_COMMENT);
    while (w->at < w->end && !is(w, w->at, close))
        w->at++;
    w->at += strlen(close);
    return true;
}

static void word(struct walk *w)
{
    static const char *const plain[] = {"true", "false", "null", NULL};
    static const char *const python[] = {"True", "False", "None", "NaN", NULL};

    if (any_of(w, w->at, python))
        mend(w, BD_REPAIR_PYTHON_LITERALS);
    else if (!any_of(w, w->at, plain))
        mend(w, BD_REPAIR_BARE_WORDS);
    while (w->at < w->end && w->s[w->at] && !strchr(" \t\r\n,:{}[]\"'", w->s[w->at]))
        w->at++;
}

static bool number(struct walk *w)
{
    size_t begin = w->at;

    while (w->at < w->end && w->s[w->at] && strchr("+-.0123456789eE", w->s[w->at]))
        w->at++;
    if (w->at > begin && (w->s[begin] == '.' || is(w, begin, "-.")))
        mend(w, BD_REPAIR_LEADING_DOT);
    return w->at > begin;
}

static void outside(struct walk *w)
{
    static const char *const wide[] = {"｛", "｝", "［", "］", "：", "，", NULL};
    char c = w->s[w->at];

    if (opens_string(w) || comment(w))
        return;
    if (any_of(w, w->at, wide)) {
        mend(w, BD_REPAIR_FULLWIDTH);
        w->at += 3;
    } else if (c == ',') {
        size_t next = past_blanks(w, w->at + 1);

        if (next < w->end && strchr("}]", w->s[next]) && w->s[next])
            mend(w, BD_REPAIR_TRAILING_COMMA);
        w->at++;
    } else if (!c || strchr(" \t\r\n{}[]:", c)) {
        w->at++;
    } else if (strchr("eE", c) || !number(w)) {
        word(w);
        w->at += w->at < w->end && w->s[w->at] == '\0';
    }
}

/* The last thing before it on its own line is a fence. */
static bool fenced(const char *s, size_t start)
{
    while (start > 0 && strchr(" \t\r\n", s[start - 1]) && s[start - 1])
        start--;
    if (start >= 4 && memcmp(s + start - 4, "json", 4) == 0)
        start -= 4;
    return start >= 3 && memcmp(s + start - 3, "```", 3) == 0;
}

unsigned bd_repair_find(const struct bd_written *json)
{
    struct walk w = {.s = json->s, .at = json->start, .end = json->end};

    if (fenced(json->s, json->start))
        mend(&w, BD_REPAIR_FENCE);
    while (w.at < w.end)
        if (w.close)
            in_string(&w);
        else
            outside(&w);
    if (json->truncated && w.close)
        mend(&w, BD_REPAIR_CLOSE_STRING);
    if (json->truncated)
        mend(&w, BD_REPAIR_CLOSE_CONTAINERS);
    w.end = json->n;
    w.at = past_blanks(&w, json->end);
    if (is(&w, w.at, "//") || is(&w, w.at, "/*"))
        mend(&w, BD_REPAIR_COMMENT);
    return w.found;
}
