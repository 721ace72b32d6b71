/* domain/reading/coerce.c - see coerce.h. */
#include "domain/reading/coerce.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "domain/reading/fold.h"
#include "domain/reading/scan.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* A JSON value as folded text in a small buffer: numbers in words compare like words. */
static const char *folded(const json_t *v, char *out, size_t size)
{
    const char *s = json_string_value(v);
    struct bd_fold f;

    memset(out, 0, size);
    if (s && strlen(s) < size) {
        if (bd_fold_init(&f, s, strlen(s)) == 0 && f.bytes.n < size)
            memcpy(out, f.bytes.data, f.bytes.n + 1);
        bd_fold_free(&f);
    }
    return out;
}

static int rank_of_word(const char *s)
{
    static const char *const digits[] = {"一", "二", "三", "四", "五",
                                         "六", "七", "八", "九", "十"};
    int n = 0;

    for (int i = 0; i < 10; i++)
        if (strstr(s, digits[i]))
            return i + 1;
    if (strchr(s, '-'))
        return 0;
    while (*s && !(*s >= '0' && *s <= '9'))
        s++;
    while (*s >= '0' && *s <= '9' && n < 1000)
        n = n * 10 + (*s++ - '0');
    return n;
}

int bd_coerce_rank(const json_t *v)
{
    char word[64];
    double d = json_is_number(v) ? json_number_value(v)
                                 : rank_of_word(folded(v, word, sizeof(word)));

    return d >= 1 && d <= 10 ? (int)d : 0;
}

double bd_coerce_sentiment(const json_t *v)
{
    static const struct {
        const char *word;
        double value;
    } moods[] = {{"非常正面", 0.9},  {"正面", 0.7},  {"积极", 0.7},
                 {"positive", 0.7},  {"负面", -0.7}, {"消极", -0.7},
                 {"negative", -0.7}, {"中性", 0},    {"neutral", 0}};
    char word[64];
    double d = NAN;
    size_t n;

    if (json_is_number(v)) {
        d = json_number_value(v);
    } else {
        n = strlen(folded(v, word, sizeof(word)));
        if (n > 1 && word[n - 1] == '%' && bd_scan_number(word, n - 1, &d))
            d /= 100;
        else if (!bd_scan_number(word, n, &d))
            d = NAN;
        for (size_t i = 0; isnan(d) && i < COUNT(moods); i++)
            if (strstr(word, moods[i].word))
                d = moods[i].value;
    }
    if (d > 1 && d <= 100)
        d /= 100;
    return d > 1 ? 1 : d < -1 ? -1 : d;
}

enum bd_known bd_coerce_truth(const json_t *v)
{
    char word[64];

    if (json_is_boolean(v))
        return json_is_true(v) ? BD_YES : BD_NO;
    if (json_is_number(v))
        return json_number_value(v) != 0 ? BD_YES : BD_NO;
    folded(v, word, sizeof(word));
    if (!strcmp(word, "是") || !strcmp(word, "true") || !strcmp(word, "yes"))
        return BD_YES;
    if (!strcmp(word, "否") || !strcmp(word, "false") || !strcmp(word, "no"))
        return BD_NO;
    return BD_UNKNOWN;
}

static bool none_word(const char *s)
{
    static const char *const none[] = {"无", "没有", "none", "n/a",
                                       "na", "null", "-",    "暂无"};

    for (size_t i = 0; i < COUNT(none); i++)
        if (!strcmp(s, none[i]))
            return true;
    return false;
}

char *bd_coerce_text(const json_t *v)
{
    const char *s = json_string_value(v);
    char word[64];

    return strdup(s && !none_word(folded(v, word, sizeof(word))) ? s : "");
}

/* What follows the stem of a template's name: nothing, one letter or digit, "名称". A
 * Latin stem needs a blank or a digit: "brandy" is no template. */
static bool ends_template(const char *s, bool latin)
{
    bool apart = !latin || *s == ' ' || (*s >= '0' && *s <= '9');

    s += *s == ' ';
    return *s == '\0' || (apart && s[1] == '\0') || !strcmp(s, "名称");
}

bool bd_coerce_placeholder(const json_t *v)
{
    static const char *const whole[] = {"string", "url", "boolean", "number", "..."};
    static const char *const stems[] = {"品牌名", "品牌", "竞品", "brand"};
    char word[64];
    const char *s = folded(v, word, sizeof(word));

    for (size_t i = 0; i < COUNT(whole); i++)
        if (!strcmp(s, whole[i]))
            return true;
    for (size_t i = 0; i < COUNT(stems); i++)
        if (strncmp(s, stems[i], strlen(stems[i])) == 0 &&
            ends_template(s + strlen(stems[i]), stems[i][0] == 'b'))
            return true;
    return false;
}
