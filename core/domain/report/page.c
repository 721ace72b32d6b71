/* domain/report/page.c - see page.h. */
#include "domain/report/page.h"

#include <string.h>

#include "base/text.h"

enum { LINE_BYTES = 1 << 20 };

int bd_page_flatten(struct bd_buf *out, const char *s, size_t n, bool plain)
{
    struct bd_buf clean;
    bool gap = false, begun = false;

    bd_buf_init(&clean, 3 * n + 1);
    if (bd_text_clean(&clean, s, n, true) < 0)
        out->failed = true;
    for (size_t i = 0; i < clean.n; i++) {
        char c = clean.data[i];

        if (c == ' ' || c == '\n' || c == '\t') {
            gap = true;
            continue;
        }
        if (plain && strchr("*#`>|", c))
            continue;
        if (gap && begun)
            bd_buf_add(out, " ");
        gap = false;
        begun = true;
        bd_buf_append(out, &c, 1);
    }
    bd_buf_free(&clean);
    return out->failed ? -1 : 0;
}

static const char *code(enum bd_ink ink)
{
    static const char *const codes[] = {"", "\033[1m", "\033[2m", "\033[31m", "\033[33m"};

    return codes[ink];
}

/* n bytes that are clean and fit. */
static void put(struct bd_page *p, enum bd_ink ink, size_t indent, const char *s,
                size_t n)
{
    bool coloured = p->colour && ink != BD_PLAIN;

    while (n > 0 && s[n - 1] == ' ')
        n--;
    for (size_t i = 0; i < indent && n > 0; i++)
        bd_buf_add(p->out, " ");
    if (coloured)
        bd_buf_add(p->out, code(ink));
    bd_buf_append(p->out, s, n);
    bd_buf_add(p->out, coloured ? "\033[0m\n" : "\n");
}

void bd_page_blank(struct bd_page *p)
{
    bd_buf_add(p->out, "\n");
}

void bd_page_heading(struct bd_page *p, enum bd_word id)
{
    bd_page_blank(p);
    bd_page_line(p, BD_BOLD, bd_word(id, p->zh));
}

void bd_page_line(struct bd_page *p, enum bd_ink ink, const char *s)
{
    struct bd_buf clean, cut;

    bd_buf_init(&clean, LINE_BYTES);
    bd_buf_init(&cut, LINE_BYTES);
    bd_text_clean(&clean, s, strlen(s), true);
    for (size_t i = 0; i < clean.n; i++)
        if (clean.data[i] == '\n' || clean.data[i] == '\t')
            clean.data[i] = ' ';
    bd_text_pad(&cut, clean.data, p->columns, false);
    put(p, ink, 0, cut.data, cut.n);
    p->out->failed |= clean.failed || cut.failed;
    bd_buf_free(&clean);
    bd_buf_free(&cut);
}

void bd_page_text(struct bd_page *p, struct bd_fold fold, const char *s)
{
    struct bd_buf flat;
    size_t indent = fold.indent, lines = 0, at = 0;

    bd_buf_init(&flat, LINE_BYTES);
    bd_page_flatten(&flat, s, strlen(s), false);
    while (at < flat.n) {
        const char *line = flat.data + at;
        size_t n = bd_text_wrap(line, flat.n - at, p->columns - indent);

        if (fold.lines && ++lines == fold.lines && at + n < flat.n) {
            struct bd_buf last;

            bd_buf_init(&last, LINE_BYTES);
            bd_text_pad(&last, line, p->columns - indent, false);
            put(p, fold.ink, indent, last.data, last.n);
            bd_buf_free(&last);
            break;
        }
        put(p, fold.ink, indent, line, n);
        indent = fold.hang;
        for (at += n; at < flat.n && flat.data[at] == ' ';)
            at++;
    }
    p->out->failed |= flat.failed;
    bd_buf_free(&flat);
}

void bd_page_say(struct bd_page *p, enum bd_ink ink, enum bd_word id,
                 const char *const *args)
{
    struct bd_buf text;

    bd_buf_init(&text, LINE_BYTES);
    bd_word_fill(&text, bd_word(id, p->zh), args);
    bd_page_text(p, (struct bd_fold){.indent = 2, .hang = 2, .ink = ink}, text.data);
    p->out->failed |= text.failed;
    bd_buf_free(&text);
}

static void put_remedy(struct bd_page *p, const char *remedy)
{
    struct bd_buf text;

    bd_buf_init(&text, LINE_BYTES);
    bd_word_fill(&text, bd_word(BD_WORD_REMEDY, p->zh), BD_ARGS(remedy));
    bd_page_text(p, (struct bd_fold){.indent = 4, .hang = 4}, text.data);
    p->out->failed |= text.failed;
    bd_buf_free(&text);
}

void bd_page_statements(struct bd_page *p, const struct bd_statements *s)
{
    static const enum bd_ink inks[] = {[BD_TONE_PLAIN] = BD_PLAIN,
                                       [BD_TONE_STRONG] = BD_BOLD,
                                       [BD_TONE_QUIET] = BD_DIM,
                                       [BD_TONE_CAUTION] = BD_YELLOW,
                                       [BD_TONE_BAD] = BD_RED};

    for (size_t i = 0; i < s->count; i++) {
        const struct bd_statement *x = &s->at[i];
        size_t hang = x->remedy ? 4 : 2;

        bd_page_text(p, (struct bd_fold){.indent = 2, .hang = hang, .ink = inks[x->tone]},
                     x->text);
        if (x->remedy)
            put_remedy(p, x->remedy);
    }
    p->out->failed |= s->failed;
}
