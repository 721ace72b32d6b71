/* domain/reading/naming.c - see naming.h. */
#include "domain/reading/naming.h"

#include <string.h>

#include "base/text.h"
#include "domain/reading/affix.h"

enum { REST_BYTES = 24, BRACKET_BYTES = 160, MOST_BYTES = 4 * BD_NAME_BYTES };

/* Stand between two names. */
static const char *const joints[] = {"/", "、", "或", " & ", " + ", " vs ", " and "};
/* The same behind a name in bold. */
static const char *const bold_joints[] = {"/", "、", "&", "+", "和", "与", "vs ", "and "};
/* Are no part of a name where it begins or ends; sign_end() knows their first bytes. */
static const char *const signs[] = {
    "*", "_", "`", "\"", "'", "「", "」", "『", "』", "《", "》", "【", "】", "#", "~",
    "✅", "✔", "★", "☆",  "·", "•",  "-",  ".",  " ",  "[",  "]",  "“",  "”",  "‘", "’"};

/* Places, which may stand before a name ("Boston: A"). */
static const char *const places[] = {
    "北京", "上海", "广州", "深圳", "成都", "杭州", "武汉", "重庆", "南京", "西安",
    "苏州", "天津", "长沙", "郑州", "东莞", "青岛", "佛山", "宁波", "合肥", "全国",
    "厦门", "济南", "福州", "昆明", "大连", "沈阳", "无锡", "珠海"};

size_t bd_names_ends(const char *s, size_t n)
{
    static const char *const ends[] = {":",  ",",  ";", "|", "!", "?",
                                       "。", "——", "—", "–", "→", "\n"};

    return bd_affix_begins(s, n, BD_WORDS(ends));
}

/* An emoji, or another sign that no letter is. */
static bool decorates(int32_t cp)
{
    return cp >= 0x2190 && !(cp >= 0x2E80 && cp < 0xE000) &&
           !(cp >= 0xF900 && cp < 0xFB00) && !(cp >= 0x20000 && cp < 0x30000);
}

/* Bytes of the emoji that the n bytes at s end with, 0 if with none. */
static size_t decorated_end(const char *s, size_t n)
{
    size_t at = n;
    int32_t cp;

    if (n == 0 || (unsigned char)s[n - 1] < 0x80)
        return 0;
    do
        at--;
    while (at > 0 && n - at < 4 && bd_text_is_tail(s[at]));
    return bd_text_next(s + at, n - at, &cp) == n - at && decorates(cp) ? n - at : 0;
}

/* Bytes of the sign or emoji that the n > 0 bytes at s end with, 0 if with none. Nearly
 * all names end in letters: signs are ASCII, or U+00B7, or of U+2000 to U+3FFF. */
static size_t sign_end(const char *s, size_t n)
{
    bool may = (unsigned char)s[n - 1] < 0x80 || (n > 1 && s[n - 2] == '\xC2') ||
               (n > 2 && (s[n - 3] == '\xE2' || s[n - 3] == '\xE3'));
    size_t k = may ? bd_affix_ends(s, n, BD_WORDS(signs)) : 0;

    return k ? k : decorated_end(s, n);
}

static void trim(const char *s, struct bd_span_u32 *at)
{
    size_t k = 1;
    int32_t cp;

    while (at->start < at->end && k) {
        k = bd_affix_begins(s + at->start, at->end - at->start, BD_WORDS(signs));
        if (!k && decorates((bd_text_next(s + at->start, at->end - at->start, &cp), cp)))
            k = bd_text_next(s + at->start, at->end - at->start, &cp);
        at->start += (uint32_t)k;
    }
    for (k = 1; at->start < at->end && k; at->end -= (uint32_t)k)
        k = sign_end(s + at->start, at->end - at->start);
}

/* "A series' strengths": what is told of A is no part of its name. */
static void drop_told(const char *s, struct bd_span_u32 *at)
{
    static const char *const told[] = {"系列优势", "系列分析", "品牌优势",
                                       "品牌分析", " 系列",    " 品牌"};
    size_t k = bd_affix_ends(s + at->start, at->end - at->start, BD_WORDS(told));

    at->end -= k < at->end - at->start ? (uint32_t)k : 0;
}

static void add(struct bd_names *out, const char *s, uint32_t start, uint32_t end)
{
    struct bd_span_u32 at = {start, end};

    trim(s, &at);
    drop_told(s, &at);
    trim(s, &at);
    if (at.start < at.end && out->count < BD_NAMES)
        out->at[out->count++] = at;
}

/* Behind the bracket at s, or 0 if it does not close in time. */
static size_t skip_bracket(const char *s, size_t n)
{
    for (size_t i = 1; i < n && i < BRACKET_BYTES; i++)
        if (s[i] == ')' || s[i] == ']')
            return i + 1;
    return 0;
}

static bool is_dash(const char *s, size_t start, size_t i, size_t end)
{
    return s[i] == '-' && i > start && i + 1 < end && s[i - 1] == ' ' && s[i + 1] == ' ';
}

/* Behind "**" that ends a name in bold: where the next name of the head begins, 0 if what
 * follows is text. */
static size_t next_in_head(const char *s, size_t i, size_t end)
{
    size_t k;

    while (i < end && (s[i] == '*' || s[i] == ' ' || s[i] == '('))
        i += s[i] == '(' && (k = skip_bracket(s + i, end - i)) ? k : 1;
    if (i >= end)
        return end;
    if ((k = bd_affix_begins(s + i, end - i, BD_WORDS(bold_joints))))
        while (i + k < end && (s[i + k] == ' ' || s[i + k] == '*'))
            k++;
    return k ? i + k : 0;
}

size_t bd_names_place(const char *s, size_t n)
{
    return bd_affix_begins(s, n, BD_WORDS(places));
}

/* A brand in Chinese and a model, not the model alone. */
static bool another(const char *s, size_t at, size_t end)
{
    size_t most = end - at < REST_BYTES ? end : at + REST_BYTES;

    return at < end && (unsigned char)s[at] >= 0x80 && memchr(s + at, ' ', most - at);
}

/* "A (by B) 100 / C": what stands behind the bracket is A's still. */
static size_t behind_rest(const char *s, size_t at, size_t end)
{
    size_t most = end - at < REST_BYTES ? end : at + REST_BYTES, k;

    for (; at < most && !bd_names_ends(s + at, end - at); at++) {
        if (s[at] == '*' || s[at] == '(')
            return 0;
        if ((s[at] == '/' && at > 0 && s[at - 1] == ' ') ||
            (end - at > 3 && memcmp(s + at, "、", 3) == 0)) {
            for (k = s[at] == '/' ? 1 : 3; at + k < end && s[at + k] == ' ';)
                k++;
            return another(s, at + k, end) ? at + k : 0;
        }
    }
    return 0;
}

static bool is_place(const char *s, size_t n)
{
    return n > 0 && bd_names_place(s, n) == n;
}

struct reading {
    const struct bd_passage *p;
    const char *s;
    size_t start, end, at, from; /* from: the name so far */
    bool bold;                   /* the head is */
    struct bd_names out;
};

/* The name ends here and the next begins at `next`; 0: no more names. */
static bool next_name(struct reading *r, size_t name_end, size_t next)
{
    add(&r->out, r->s, (uint32_t)r->from, (uint32_t)name_end);
    if (next > 0)
        r->at = r->from = next;
    return next > 0;
}

static bool closes_bold(const struct reading *r)
{
    return r->at > r->start && r->at + 1 < r->end && r->s[r->at] == '*' &&
           r->s[r->at + 1] == '*';
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "A or B", in Latin with capitals: two, whatever the head looks like. */
static bool or_another(const struct reading *r)
{
    const char *s = r->s + r->at;
    char next;

    if (r->end - r->at < 6 || memcmp(s, " or ", 4) != 0)
        return false;
    next = r->p->s[bd_fold_origin(&r->p->fold, r->at + 4)];
    return next >= 'A' && next <= 'Z';
}

/* "A and B" in bold Latin is one name. */
static size_t joint_at(const struct reading *r)
{
    const char *s = r->s + r->at;

    if (*s == '/' && r->at > r->start && r->at + 1 < r->end && digit(s[-1]) &&
        digit(s[1]))
        return 0; /* "18/8" */
    if (*s == '/' && bd_names_variant(r->p, r->from, r->at, r->end))
        return 0;
    if (r->end - r->at > 2 && memcmp(s, " + ", 3) == 0 &&
        bd_names_variant(r->p, r->from, r->at + 1, r->end))
        return 0;
    if (or_another(r))
        return 4;
    if (r->bold && *s == ' ' && r->at > r->start && (unsigned char)s[-1] < 0x80)
        return 0;
    return bd_affix_begins(s, r->end - r->at, BD_WORDS(joints));
}

/* "A, B and other makers' own service centres": who deals in them, not they. */
static bool owns_more(const char *s, size_t n)
{
    static const char *const dealers[] = {"官方", "授权", "4s", "原厂"};
    size_t k = 0;

    while (k < n && !bd_names_ends(s + k, n - k) && !strchr("*( /", s[k]))
        k++;
    return bd_affix_holds(s, k, BD_WORDS(dealers));
}

/* The end of the tracked name that begins there, if a sign in it could end it; 0: none.
 */
static size_t in_tracked(const struct bd_passage *p, size_t at)
{
    const struct bd_hit *h = bd_passage_hits(p);
    size_t hit = bd_passage_from(h, bd_passage_hit_count(p), at);

    return hit < bd_passage_hit_count(p) && h[hit].start == at ? h[hit].end : 0;
}

/* "Mamann, Sandaluk & Kingwell" in bold: partners, not the end of the head. */
static bool among_partners(const struct reading *r)
{
    const char *s = r->s;
    size_t i = r->at + 2;

    if (!r->bold || s[r->at] != ',' || i >= r->end || s[i - 1] != ' ')
        return false;
    while (i + 2 < r->end && s[i] != '*' && s[i] != ':' && (unsigned char)s[i] < 0x80)
        if (memcmp(s + i++, " & ", 3) == 0)
            return true;
    return false;
}

/* Goes over what stands at r->at; false where the head ends. */
static bool read_on(struct reading *r)
{
    const char *s = r->s;
    size_t left = r->end - r->at, k;

    if ((k = in_tracked(r->p, r->at)) > r->at) { /* "P&G", "Yahoo!": all of it */
        r->at = k < r->end ? k : r->end;
        return true;
    }
    if (bd_text_is_tail(s[r->at])) { /* within a character */
        r->at++;
        return true;
    }
    if (s[r->at] == ':' && r->out.count == 0 && is_place(s + r->from, r->at - r->from)) {
        r->from = ++r->at;
        return true;
    }
    if (closes_bold(r)) {
        r->out.set_off = r->bold; /* else the bold begins within a sentence */
        k = r->bold ? next_in_head(s, r->at, r->end) : 0;
        return next_name(r, r->at, k < r->end ? k : 0);
    }
    if (r->out.count > 0 && left >= 3 && memcmp(s + r->at, "等", 3) == 0) {
        r->out.set_off = r->out.others = true;
        r->out.owned = owns_more(s + r->at + 3, left - 3);
        return next_name(r, r->at, 0);
    }
    if (s[r->at] == '(' && (k = skip_bracket(s + r->at, left))) {
        r->out.set_off = true; /* what stands behind without a joint is no name */
        left = next_in_head(r->s, r->at + k, r->end);
        return next_name(r, r->at, left ? left : behind_rest(r->s, r->at + k, r->end));
    }
    if (among_partners(r)) {
        while (memcmp(s + r->at, " & ", 3) != 0)
            r->at++;
        r->at += 3;
        return true;
    }
    if (bd_names_ends(s + r->at, left) || is_dash(s, r->start, r->at, r->end)) {
        r->out.set_off |= s[r->at] != ',';
        return next_name(r, r->at, 0);
    }
    if ((k = joint_at(r)))
        return next_name(r, r->at, r->at + k);
    r->at++;
    return true;
}

bool bd_names_bold(const struct bd_passage *p, size_t start)
{
    const char *s = p->fold.bytes.data;
    size_t at = start;

    for (size_t k = 1; at > 0 && k && s[at - 1] != '*'; at -= k)
        k = strchr("0123456789.) ", s[at - 1])            ? 1
            : at >= 3 && memcmp(s + at - 3, "、", 3) == 0 ? 3
                                                          : 0;
    if (at == start)
        return at > 0 && s[at - 1] == '*';
    return at > 1 && s[at - 1] == '*' && s[at - 2] == '*'; /* one alone is a bullet */
}

/* "The island specialist "A"": what is in quotation marks, where they end the name and
 * hold four characters at least. */
static void keep_quoted(const struct bd_passage *p, size_t end, struct bd_span_u32 *name)
{
    const char *s = p->fold.bytes.data;
    const char *open = memchr(s + name->start, '"', name->end - name->start);
    size_t at = open ? (size_t)(open - s) + 1 : 0;

    if (open && at > name->start + 6 && at + 12 <= name->end && name->end < end &&
        s[name->end] == '"' && !memchr(s + at, '"', name->end - at) &&
        !bd_passage_mentions(p, name->start, at) && bd_names_plausible(p, name))
        name->start = (uint32_t)at;
}

/* "Line "Ship"": the sign that ends it is part of it, as the one within is. */
static void close_quoted(const char *s, size_t end, struct bd_span_u32 *at)
{
    bool open = false;

    for (uint32_t i = at->start; i < at->end; i++)
        open ^= s[i] == '"';
    at->end += open && at->end < end && s[at->end] == '"';
}

struct bd_names bd_names_read(const struct bd_passage *p, size_t start, size_t end)
{
    struct reading r = {
        .p = p, .s = p->fold.bytes.data, .start = start, .at = start, .from = start};
    bool more = true;

    r.end = end - start > MOST_BYTES ? start + MOST_BYTES : end;
    r.bold = bd_names_bold(p, start);
    while (more && r.at < r.end)
        more = read_on(&r);
    if (more) {
        next_name(&r, r.end, 0);
        r.out.marked = true;
    }
    r.out.marked |= r.out.set_off;
    for (int i = 0; i < r.out.count; i++) {
        keep_quoted(p, r.end, &r.out.at[i]);
        close_quoted(r.s, r.end, &r.out.at[i]);
    }
    return r.out;
}
