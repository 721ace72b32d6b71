/* sim/corpus.c - choosing a template and filling its slots. */
#include "sim/corpus.h"

#include <stdio.h>
#include <string.h>

#define SLOTS 6

struct filling {
    const struct sim_topic *topic;
    struct sim_brand slot[SLOTS];
    struct sim_brand asked; /* {X} */
};

bool sim_corpus_has(const char *kind)
{
    size_t n = strlen(kind);

    for (const char *p = SIM_CORPUS_KINDS; *p; p += strspn(p, " ")) {
        size_t k = strcspn(p, " ");

        if (k == n && memcmp(p, kind, n) == 0)
            return true;
        p += k;
    }
    return false;
}

/* An English question about a Chinese brand is English, and a Chinese one may be full
 * of model names: an ideograph weighs as much as four letters. Ideographs are three
 * bytes, the first from E3 to E9. */
static bool is_chinese(const char *s)
{
    size_t ideographs = 0, letters = 0;

    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;

        ideographs += c >= 0xe3 && c <= 0xe9;
        letters += (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
    }
    return ideographs > 0 && ideographs * 4 >= letters;
}

static bool has_word(const char *question, const char *words)
{
    char word[32];

    if (!*words)
        return true;
    while (*words) {
        size_t n = strcspn(words, " ");

        snprintf(word, sizeof(word), "%.*s", (int)n, words);
        if (strstr(question, word))
            return true;
        words += n + strspn(words + n, " ");
    }
    return false;
}

static const struct sim_topic *topic_of(const char *question, bool chinese)
{
    const struct sim_topic *t = chinese ? sim_topics_zh : sim_topics_en;

    while (!has_word(question, t->words))
        t++;
    return t;
}

/* What is known of a name: its own line, or somebody's words for a stranger. */
static struct sim_brand brand_of(const struct sim_topic *t, const char *name,
                                 struct sim_random *r)
{
    struct sim_brand b = t->brands[sim_random_below(r, (uint32_t)t->n)];

    for (size_t i = 0; i < t->n; i++)
        if (strcmp(t->brands[i].name, name) == 0)
            return t->brands[i];
    b.name = name;
    b.alias = name;
    b.product = name; /* not another brand's product */
    return b;
}

static bool is_in(const struct filling *f, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(f->slot[i].name, name) == 0)
            return true;
    return false;
}

static void swap(struct sim_brand *a, struct sim_brand *b)
{
    struct sim_brand t = *a;

    *a = *b;
    *b = t;
}

/* The topic's brands in a random order, without `without`. */
static void deal(struct filling *f, const char *without, struct sim_random *r)
{
    struct sim_brand deck[16];
    size_t n = 0;

    for (size_t i = 0; i < f->topic->n && n < 16; i++)
        if (strcmp(f->topic->brands[i].name, without) != 0)
            deck[n++] = f->topic->brands[i];
    for (size_t i = 0; i < n; i++)
        swap(&deck[i], &deck[i + sim_random_below(r, (uint32_t)(n - i))]);
    if (n == 0) /* a topic of one brand, and just that is left out */
        deck[n++] = f->topic->brands[0];
    for (size_t i = 0; i < SLOTS; i++)
        f->slot[i] = deck[i % n];
    f->asked = deck[n - 1];
}

/* Puts a name into a random one of the first `among` slots, unless it is there. */
static void seat(struct filling *f, const char *name, uint32_t among,
                 struct sim_random *r)
{
    uint32_t at = sim_random_below(r, among);

    if (!is_in(f, SLOTS, name))
        f->slot[at] = brand_of(f->topic, name, r);
    else
        for (size_t i = 0; i < SLOTS; i++)
            if (i != at && strcmp(f->slot[i].name, name) == 0)
                swap(&f->slot[i], &f->slot[at]);
}

static bool asks_apart(const char *text)
{
    return strstr(text, "{X}") || strstr(text, "{Xw}");
}

static void fill(struct filling *f, const struct sim_template *t,
                 const struct sim_names *names, bool absent, struct sim_random *r)
{
    const char *brand = names->of[0];
    bool apart = asks_apart(t->text);
    bool mention = sim_random_unit(r) < 0.72 && !absent;

    deal(f, brand, r);
    for (size_t i = 1; i < names->n; i++)
        if (sim_random_unit(r) < 0.8 && strcmp(names->of[i], brand) != 0)
            seat(f, names->of[i], 4, r);
    if (!*brand)
        return;
    if (apart)
        f->asked = brand_of(f->topic, brand, r);
    else if (mention)
        seat(f, brand, 3, r);
}

static const char *part(const struct sim_brand *b, char what)
{
    switch (what) {
    case 'e':
        return b->alias;
    case 'p':
        return b->product;
    case 'g':
        return b->good;
    case 'w':
        return b->weak;
    default:
        return b->name;
    }
}

/* Appends the slot at s ("{Ap}") and returns its length; 0 if there is none. */
static size_t slot(struct bd_buf *out, const struct filling *f, const char *s)
{
    char what = s[1], attr = '\0';
    size_t n = 3;

    if (what && s[2] != '}') {
        attr = s[2];
        n = 4;
    }
    if (!what || s[n - 1] != '}' || (attr && !strchr("epgw", attr)))
        return 0;
    if (what == 'T')
        (void)bd_buf_add(out, f->topic->noun);
    else if (what == 'X')
        (void)bd_buf_add(out, part(&f->asked, attr));
    else if (what >= 'A' && what < 'A' + SLOTS)
        (void)bd_buf_add(out, part(&f->slot[what - 'A'], attr));
    else
        return 0;
    return n;
}

static bool fits(const struct sim_template *t, const char *kind)
{
    if (strcmp(kind, "corpus") == 0)
        return true;
    if (strcmp(kind, "brand-absent") == 0)
        return !asks_apart(t->text) && strcmp(t->kind, "json") != 0;
    return strcmp(t->kind, kind) == 0;
}

static const struct sim_template *choose(const struct sim_template *list, size_t n,
                                         const char *kind, struct sim_random *r)
{
    size_t k = 0, pick;

    for (size_t i = 0; i < n; i++)
        k += fits(&list[i], kind);
    pick = sim_random_below(r, (uint32_t)k); /* each kind exists in both languages */
    for (size_t i = 0;; i++)
        if (fits(&list[i], kind) && pick-- == 0)
            return &list[i];
}

void sim_corpus_write(struct bd_buf *out, const char *kind, const char *question,
                      const struct sim_names *names, struct sim_random *r)
{
    bool chinese = is_chinese(question);
    struct filling f = {.topic = topic_of(question, chinese)};
    const struct sim_template *t =
        choose(chinese ? sim_answers_zh : sim_answers_en,
               chinese ? sim_answers_zh_n : sim_answers_en_n, kind, r);

    fill(&f, t, names, strcmp(kind, "brand-absent") == 0, r);
    for (const char *s = t->text; *s;) {
        size_t n = *s == '{' ? slot(out, &f, s) : 0, plain = 0;

        if (!n)
            plain = 1 + strcspn(s + 1, "{");
        (void)bd_buf_append(out, s, plain);
        s += n + plain;
    }
}

void sim_corpus_think(struct bd_buf *out, const char *question, struct sim_random *r)
{
    static const char *const zh[] = {
        "用户想了解%s，需要先列出常见的品牌，再按价格、口碑和售后比较，最后给出建议。",
        "推荐%s的问题：先想想主流品牌有哪些，各自的长处和短处，不编造数据。",
        "问题没有限定地区和用途，围绕%s给出三到五个选择，说明理由即可。"};
    static const char *const en[] = {
        "The user asks about %s. Compare the common brands by price and service, then "
        "pick.",
        "A recommendation question about %s; name three to five options and say why."};
    bool chinese = is_chinese(question);
    const char *text = chinese ? zh[sim_random_below(r, 3)] : en[sim_random_below(r, 2)];
    const char *at = strstr(text, "%s");

    (void)bd_buf_append(out, text, (size_t)(at - text));
    (void)bd_buf_add(out, topic_of(question, chinese)->noun);
    (void)bd_buf_add(out, at + 2);
}
