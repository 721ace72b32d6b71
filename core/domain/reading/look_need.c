/* domain/reading/look_need.c - see look.h: heads that say what for, with who it is behind
 * them: "Best overall: A", "Tight budget → A". */
#include <string.h>

#include "domain/reading/affix.h"
#include "domain/reading/look_parts.h"

/* "Best overall: A", and how it ends in Chinese: a name follows. */
static const char *const choice_begins[] = {
    "best ",        "top pick",  "our pick",   "budget pick",
    "upgrade pick", "runner-up", "runner up",  "editor's choice",
    "also great",   "most ",     "best value", "great for "};
static const char *const choice_ends[] = {"之选", "首选", "优选", "最佳选择",
                                          "次选", "首推", "备选"};

/* "Open kitchens: choose A": what stands before the colon is a need. */
static const char *const chooses[] = {"选",     "可选",     "可以选",  "建议选",
                                      "直接选", "优先考虑", "choose ", "go with ",
                                      "pick ",  "go for "};
static const char *const chooses_not[] = {
    "选用", "选材", "选取",        "选址",      "选购",      "选题",    "选择",
    "选它", "选这", "choose this", "choose it", "pick this", "pick it", "go for it"};

size_t bd__look_behind_colon(const char *s, size_t at, size_t end)
{
    bool colon = false;

    for (; at < end && (s[at] == '*' || s[at] == ' ' || s[at] == ':'); at++)
        colon |= s[at] == ':';
    return colon ? at : 0;
}

bool bd__look_choice(const struct bd_passage *p, const struct bd_item *it,
                     const struct bd_span_u32 *key)
{
    const char *s = p->fold.bytes.data + key->start;
    size_t n = key->end - key->start;

    return (bd_affix_begins(s, n, BD_WORDS(choice_begins)) ||
            bd_affix_ends(s, n, BD_WORDS(choice_ends))) &&
           bd__look_behind_colon(p->fold.bytes.data, key->end, it->line_end);
}

static bool is_need(const struct bd_passage *p, const struct bd_item *it,
                    const struct bd_span_u32 *key)
{
    const char *s = p->fold.bytes.data;
    size_t at = bd__look_behind_colon(s, key->end, it->line_end);

    return at && at < it->line_end &&
           bd_affix_begins(s + at, it->line_end - at, BD_WORDS(chooses)) &&
           !bd_affix_begins(s + at, it->line_end - at, BD_WORDS(chooses_not));
}

/* "Tight budget → A": what stands before the arrow is a need. */
static bool is_arrow(const struct bd_passage *p, const struct bd_item *it,
                     const struct bd_span_u32 *key)
{
    static const char *const arrows[] = {"→", "->", "=>", "➜", "👉", "⇒"};
    const char *s = p->fold.bytes.data;
    size_t at = key->end;

    while (at < it->line_end && strchr("* :", s[at]))
        at++;
    return bd_affix_begins(s + at, it->line_end - at, BD_WORDS(arrows)) > 0;
}

bool bd__look_need(const struct bd_passage *p, const struct bd_item *it,
                   const struct bd_span_u32 *key)
{
    return is_need(p, it, key) || is_arrow(p, it, key);
}

bool bd_look_choice(const struct bd_passage *p, const struct bd_item *it)
{
    static const char *const told[] = {" for", " features", " models", " sellers",
                                       " parts"}; /* of what is above */
    struct bd_span_u32 key = {it->head.start, it->head.end};

    if (it->names.count > 0)
        key = it->names.at[0];
    return it->head.count == 0 && bd__look_choice(p, it, &key) &&
           !bd_affix_ends(p->fold.bytes.data + key.start, key.end - key.start,
                          BD_WORDS(told));
}
