/* domain/reading/naming_words.c - words that no name is made of, by their form alone; see
 * naming.h. */
#include <string.h>

#include "domain/reading/affix.h"

#include "domain/reading/naming.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Bytes of the unit or sign that s begins with, 0 if with none. */
static size_t unit_at(const char *s, size_t n)
{
    static const char *const units[] = {
        "万元", "元", "块", "千", "万", "以上", "以下", "以内", "左右", "起",
        "到",   "至", "㎡", "平", "米", "岁",   "个",   "月",   "年",   "天",
        "人",   "口", "升", "匹", "寸", "约",   "$",    "¥",    "£",    "€",
        "-",    "~",  "+",  ",",  ".",  " ",    "*",    "–",    "—"};

    return bd_affix_begins(s, n, BD_WORDS(units));
}

bool bd_names_amount(const char *s, size_t n)
{
    bool wide = false, digits = false;
    size_t k;

    for (size_t i = 0; i < n && !digits; i++)
        digits = is_digit(s[i]);
    if (!digits)
        return false; /* nearly always */

    for (size_t i = 0; i < n; i += k) {
        k = is_digit(s[i]) ? 1 : unit_at(s + i, n - i);
        if (!k)
            return false;
        digits |= is_digit(s[i]);
        wide |= (unsigned char)s[i] >= 0x80 || s[i] == '$' || s[i] == '-';
    }
    return digits && wide; /* 360 and 5118 are names */
}

bool bd_names_sentence(const struct bd_passage *p, const struct bd_span_u32 *name)
{
    const char *s = p->fold.bytes.data;
    int words = 1;

    for (size_t i = name->start; i < name->end; i++) {
        char written = p->s[bd_fold_origin(&p->fold, i)];

        if ((unsigned char)s[i] >= 0x80 || is_digit(s[i]) ||
            (words > 1 && written >= 'A' && written <= 'Z'))
            return false;
        words += s[i] == ' ';
    }
    return words > 1;
}
