/* domain/inquiry/prompt.c - see prompt.h.
 *
 * No answer format is demanded beyond a numbered list: asking for JSON makes models
 * invent fields and costs tokens inside the deadline. The hint at the length keeps
 * answers from being cut. */
#include "domain/inquiry/prompt.h"

#include <string.h>

#define SOURCE "prompt"

const char bd_prompt_matrix_zh[] =
    "品牌：{brand}\n"
    "竞品：{competitors}\n"
    "问题：{question}\n"
    "\n"
    "请直接回答这位消费者的问题，并说明上述品牌与竞品相比如何。"
    "控制在 400 字以内；如果推荐多个品牌，请按推荐顺序编号。";

/* 400 characters are about 400 tokens in Chinese, but only 70 words of English. */
const char bd_prompt_matrix_en[] =
    "Brand: {brand}\n"
    "Competitors: {competitors}\n"
    "Question: {question}\n"
    "\n"
    "Answer the consumer's question directly, and say how the brand compares with its "
    "competitors. Use at most 200 words; if you recommend several brands, number them in "
    "the order of your recommendation.";

const char bd_prompt_neutral[] = "{question}";

enum word { NONE, BRAND, COMPETITORS, QUESTION, WORDS };

static const char *const words[WORDS] = {"", "{brand}", "{competitors}", "{question}"};

static enum word word_at(const char *s)
{
    for (enum word w = BRAND; w < WORDS; w++)
        if (strncmp(s, words[w], strlen(words[w])) == 0)
            return w;
    return NONE;
}

/* Bytes of something like {word} at s, 0 if it is no such thing. JSON and prose in
 * braces have blanks, quotes or colons in them and are no words. */
static size_t word_bytes(const char *s)
{
    size_t n = strcspn(s + 1, "{} \t\r\n\"':,;");

    return n > 0 && n <= 40 && s[n + 1] == '}' ? n + 2 : 0;
}

int bd_prompt_check(const char *template, struct bd_error *err)
{
    bool asks = false;

    for (const char *s = strchr(template, '{'); s; s = strchr(s + 1, '{')) {
        enum word w = word_at(s);

        asks = asks || w == QUESTION;
        if (w == NONE && word_bytes(s) > 0)
            return bd_fail(err, BD_ERR_CONFIG, 0, SOURCE,
                           "unknown word %.*s in the template: known are {brand}, "
                           "{competitors} and {question}",
                           (int)word_bytes(s), s);
    }
    if (!asks)
        return bd_fail(err, BD_ERR_CONFIG, 0, SOURCE,
                       "the template has no {question}: put it where the question of "
                       "the consumer belongs");
    return 0;
}

int bd_prompt_check_neutral(const char *template, struct bd_error *err)
{
    for (enum word w = BRAND; w <= COMPETITORS; w++)
        if (strstr(template, words[w]))
            return bd_fail(err, BD_ERR_CONFIG, 0, SOURCE,
                           "%s in the neutral template: naming a brand makes the model "
                           "mention it; take it out",
                           words[w]);
    return bd_prompt_check(template, err);
}

static int add_competitors(struct bd_buf *out, const struct bd_inquiry *r, int brand)
{
    bool zh = strcmp(r->lang, "zh") == 0;
    size_t count = 0;

    for (size_t i = 0; i < r->brand_count; i++) {
        if ((int)i == brand)
            continue;
        if (count++ > 0)
            bd_buf_add(out, zh ? "、" : ", ");
        bd_buf_add(out, r->brands[i].name);
    }
    return count > 0 ? 0 : bd_buf_add(out, zh ? "无" : "none");
}

static void add_word(struct bd_buf *out, enum word w, const struct bd_inquiry *r,
                     int brand, int question)
{
    if (w == QUESTION)
        bd_buf_add(out, r->questions[question]);
    else if (w == BRAND && brand >= 0)
        bd_buf_add(out, r->brands[brand].name);
    else if (w == COMPETITORS && brand >= 0)
        add_competitors(out, r, brand);
}

int bd_prompt_build(struct bd_buf *out, const char *template, const struct bd_inquiry *r,
                    int brand, int question)
{
    const char *s = template;

    while (*s) {
        enum word w = word_at(s);
        size_t plain = w == NONE ? 1 + strcspn(s + 1, "{") : 0;

        bd_buf_append(out, s, plain);
        add_word(out, w, r, brand, question);
        s += plain + strlen(words[w]);
    }
    return out->failed ? -1 : 0;
}
