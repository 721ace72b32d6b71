/* domain/words.c - see words.h. */
#include "domain/words.h"

#include <string.h>

struct pair {
    const char *zh, *en;
};

struct advice {
    struct pair name, remedy;
};

static const struct pair words[] = {
#define X(id, zh, en) {zh, en},
    BD_WORD_MAP(X)
#undef X
};

#define ADVICE(id, zh, en, zh_remedy, en_remedy) {{zh, en}, {zh_remedy, en_remedy}},

static const struct advice statuses[] = {BD_WORD_STATUS_MAP(ADVICE)};
static const struct advice skips[] = {BD_WORD_SKIP_MAP(ADVICE)};
static const struct advice errors[] = {BD_WORD_ERROR_MAP(ADVICE)};

_Static_assert(sizeof(statuses) / sizeof(statuses[0]) == BD_STATUS_COUNT, "one each");
_Static_assert(sizeof(skips) / sizeof(skips[0]) == BD_SKIP_COUNT, "one each");
_Static_assert(sizeof(errors) / sizeof(errors[0]) == BD_ERR_COUNT, "one each");

static const char *pick(struct pair p, bool zh)
{
    return zh ? p.zh : p.en;
}

const char *bd_word(enum bd_word id, bool zh)
{
    return pick(words[id], zh);
}

const char *bd_word_status(enum bd_status s, bool zh)
{
    return pick(statuses[s].name, zh);
}

const char *bd_word_status_remedy(enum bd_status s, bool zh)
{
    return pick(statuses[s].remedy, zh);
}

const char *bd_word_skip(enum bd_skip s, bool zh)
{
    return pick(skips[s].name, zh);
}

const char *bd_word_skip_remedy(enum bd_skip s, bool zh)
{
    return pick(skips[s].remedy, zh);
}

/* An error that came through a storage or a plugin may have any number. */
static const struct advice *error_at(int32_t type)
{
    return &errors[type >= 0 && type < BD_ERR_COUNT ? type : BD_ERR_INTERNAL];
}

const char *bd_word_error(int32_t type, bool zh)
{
    return pick(error_at(type)->name, zh);
}

const char *bd_word_error_remedy(int32_t type, bool zh)
{
    return pick(error_at(type)->remedy, zh);
}

static const char *arg_at(const char *s, const char *const *args)
{
    if (s[0] != '{' || s[1] < '0' || s[1] > '9' || s[2] != '}')
        return NULL;
    for (char i = '0'; *args; i++, args++)
        if (s[1] == i)
            return *args;
    return NULL;
}

int bd_word_fill(struct bd_buf *out, const char *text, const char *const *args)
{
    for (const char *s = text; *s;) {
        const char *arg = arg_at(s, args);
        size_t n = 1 + strcspn(s + 1, "{");

        if (arg)
            bd_buf_add(out, arg);
        else
            bd_buf_append(out, s, n);
        s += arg ? 3 : n;
    }
    return out->failed ? -1 : 0;
}
