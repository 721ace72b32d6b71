/* domain/reading/judge.c - see judge.h. */
#include "domain/reading/judge.h"

#include <string.h>

#include "domain/reading/judge_weights.h"

enum {
    TOKENS = 48,
    INTRO_TOKENS = 24,
    NAME_TOKENS = 14,
    BEHIND_TOKENS = 20,
    BEFORE_TOKENS = 10,
    ABOVE_TOKENS = 18,
    MATE_TOKENS = 8,
    KID_TOKENS = 6,
    BIGRAM = 2,
    TRIGRAM = 3,
    GRAM = 4,
    NEAR = 4
};

/* Where a piece stands; the numbers are seeds of its hash. */
enum place {
    BIAS = 1,
    FACT,
    NAME,
    BEHIND,
    BELOW,
    BEFORE,
    ABOVE,
    FAR_ABOVE,
    INTRO,
    MATE,
    KID,
    NEXT,
    LAST,
    TOUCH
};

enum { BEGIN = 1, END, NUMBER, TRACKED }; /* tokens that stand for something */

struct tokens {
    uint32_t at[TOKENS]; /* a hash of each */
    int count;
};

struct sink { /* adds up, or keeps for learning */
    const int8_t *weights;
    double sum;
    struct bd_judge_features *out;
};

static uint32_t mix(uint32_t h, uint32_t by)
{
    h = (h ^ by) * 0x9E3779B1U; /* Knuth's multiplicative hashing */
    return h ^ (h >> 15);
}

static uint32_t hash(const char *s, size_t n)
{
    uint32_t h = 2166136261U; /* FNV-1a */

    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)s[i]) * 16777619U;
    return h;
}

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || c == '\'';
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Bytes of the character, word or number at s. */
static size_t token_bytes(const char *s, size_t n)
{
    size_t k = 1;

    if (letter(s[0]))
        while (k < n && letter(s[k]))
            k++;
    else if (digit(s[0]))
        while (k < n && digit(s[k]))
            k++;
    else
        while (k < n && ((unsigned char)s[k] & 0xC0U) == 0x80U)
            k++;
    return k;
}

/* Characters of Chinese, words of Latin letters, any number; marks of emphasis and blanks
 * are left out. */
static void read_tokens(struct tokens *t, const struct bd_judge_text *text, int most)
{
    size_t k;

    t->count = 0;
    if (text->tracked) {
        t->at[t->count++] = TRACKED;
        return;
    }
    for (size_t i = 0; i < text->n && t->count < most; i += k) {
        const char *s = text->s + i;

        k = token_bytes(s, text->n - i);
        if ((unsigned char)*s >= 0x80 || !*s || !strchr(" *_`#\t\n", *s))
            t->at[t->count++] = digit(*s) ? NUMBER : hash(s, k);
    }
}

static void put(struct sink *f, uint32_t h, float by)
{
    const uint32_t at = mix(h, 0x5BD1E995U) >> (32 - BD_JUDGE_BITS);

    if (!f->out) {
        f->sum += (double)by * f->weights[at];
    } else if (f->out->count < BD_JUDGE_FEATURES) {
        f->out->at[f->out->count] = at;
        f->out->by[f->out->count++] = by;
    }
}

/* Its pieces of up to `longest` tokens, its ends among them. */
static void put_tokens(struct sink *f, enum place where, const struct tokens *t,
                       int longest, float by)
{
    for (int i = -1; i <= t->count; i++) {
        uint32_t h = mix(0, (uint32_t)where);

        for (int k = i; k <= t->count && k < i + longest; k++) {
            h = mix(h, k < 0 ? BEGIN : k == t->count ? END : t->at[k]);
            put(f, h, by);
        }
    }
}

static void put_pieces(struct sink *f, enum place where, const struct bd_judge_text *text,
                       int most, int longest, float by)
{
    struct tokens t;

    read_tokens(&t, text, most);
    put_tokens(f, where, &t, longest, by);
}

static void keep_last(struct tokens *t, int most)
{
    const int over = t->count > most ? t->count - most : 0;

    t->count -= over;
    memmove(t->at, t->at + over, (size_t)t->count * sizeof(*t->at));
}

static uint32_t token(const struct tokens *t, int i)
{
    return i >= 0 && i < t->count ? t->at[i] : BEGIN;
}

/* What touches the name, by its place, and together. */
static void put_near(struct sink *f, const struct bd_judge_case *c)
{
    struct tokens name, behind, before;
    uint32_t last, next, end;

    read_tokens(&name, &c->name, NAME_TOKENS);
    read_tokens(&behind, &c->behind, NEAR);
    read_tokens(&before, &c->before, TOKENS);
    last = token(&before, before.count - 1);
    next = token(&behind, 0);
    end = token(&name, name.count - 1);
    for (int i = 0; i < behind.count; i++)
        put(f, mix(mix(NEXT, (uint32_t)i), behind.at[i]), 1);
    for (int i = 1; i < NEAR && i <= before.count; i++)
        put(f, mix(mix(LAST, (uint32_t)i), before.at[before.count - i]), 1);
    keep_last(&before, BEFORE_TOKENS);
    put_tokens(f, BEFORE, &before, TRIGRAM, 1);
    {
        const uint32_t both[][4] = {
            {1, last, next, 0},
            {2, last, end, 0},
            {3, last, token(&name, 0), 0},
            {4, next, end, 0},
            {5, next, (uint32_t)name.count, 0},
            {6, last, (uint32_t)name.count, 0},
            {7, last, next, (uint32_t)name.count},
            {8, last, next, token(&behind, 1)},
            {9, end, next, token(&behind, 1)},
            {10, last, token(&before, before.count - 2), next},
        };

        for (size_t i = 0; i < sizeof(both) / sizeof(both[0]); i++)
            put(f,
                mix(mix(mix(mix(TOUCH, both[i][0]), both[i][1]), both[i][2]), both[i][3]),
                1);
    }
}

void bd_judge_tell(struct bd_judge_case *c, int what, int value)
{
    if (c->fact_count < BD_JUDGE_FACTS)
        c->facts[c->fact_count++] = (struct bd_judge_fact){what, value};
}

static void put_around(struct sink *f, const struct bd_judge_case *c)
{
    int mates = 0;

    while (mates < BD_JUDGE_MATES && c->mates[mates].n > 0)
        mates++;
    for (int i = 0; i < BD_JUDGE_ABOVE; i++)
        if (c->above[i].n > 0)
            put_pieces(f, i > 0 ? FAR_ABOVE : ABOVE, &c->above[i], ABOVE_TOKENS, TRIGRAM,
                       1);
    put_pieces(f, INTRO, &c->intro, INTRO_TOKENS, TRIGRAM, 1);
    for (int i = 0; i < mates; i++)
        put_pieces(f, MATE, &c->mates[i], MATE_TOKENS, BIGRAM, 1.0F / (float)mates);
}

static void put_own(struct sink *f, const struct bd_judge_case *c)
{
    put(f, BIAS, 1);
    for (int i = 0; i < c->fact_count; i++)
        put(f, mix(mix(FACT, (uint32_t)c->facts[i].what), (uint32_t)c->facts[i].value),
            1);
    put_pieces(f, NAME, &c->name, NAME_TOKENS, GRAM, 1);
    put_pieces(f, BEHIND, &c->behind, BEHIND_TOKENS, BIGRAM, 1);
    put_pieces(f, BELOW, &c->below, BEHIND_TOKENS, BIGRAM, 1);
    put_near(f, c);
    for (int i = 0; i < BD_JUDGE_KIDS && c->kids[i].n > 0; i++)
        put_pieces(f, KID, &c->kids[i], KID_TOKENS, BIGRAM, 0.5F);
}

void bd_judge_features(const struct bd_judge_case *c, struct bd_judge_features *out)
{
    struct sink f = {.out = out};

    out->count = 0;
    put_around(&f, c);
    put_own(&f, c);
}

double bd_judge_around(const struct bd_judge_case *c)
{
    struct sink f = {.weights = bd__judge_weights[c->inner]};

    put_around(&f, c);
    return f.sum * BD_JUDGE_SCALE;
}

double bd_judge_own(const struct bd_judge_case *c)
{
    struct sink f = {.weights = bd__judge_weights[c->inner]};

    put_own(&f, c);
    return f.sum * BD_JUDGE_SCALE;
}
