/* tests/fuzz/pages.h - what holds of every page that is written, whatever was answered.
 */
#ifndef BD_TESTS_FUZZ_PAGES_H
#define BD_TESTS_FUZZ_PAGES_H

#include <ctype.h>
#include <md4c.h>

#include "../domain/markup.h"
#include "base/buf.h"
#include "base/text.h"
#include "fuzz.h"

/* Nothing that acts on a terminal, an editor or a browser: UTF-8 without controls, but
 * for those of `but`, and without marks that turn the direction of text. */
static inline void check_characters(const char *s, size_t n, const char *but)
{
    for (size_t i = 0, k; i < n; i += k) {
        int32_t cp;

        k = bd_text_next(s + i, n - i, &cp);
        must(cp >= 0);
        must(cp >= ' ' || strchr(but, (int)cp)); /* C0; NUL is found by none */
        must(cp != 0);
        must(cp != 0x7f && (cp < 0x80 || cp > 0x9f)); /* DEL, C1 */
        must(cp < 0x202a || cp > 0x202e);             /* embeddings, overrides */
        must(cp < 0x2066 || cp > 0x2069);             /* isolates */
    }
}

/* Tags of that list only, balanced, nothing active, no address outside the page; & begins
 * an entity. */
static inline void check_html(const char *s, size_t n, const char *tags)
{
    const char *wrong = markup_wrong(s, n, tags);

    if (wrong)
        fprintf(stderr, "the page has %s\n", wrong);
    must(!wrong);
    for (size_t i = 0; i < n; i++)
        must(s[i] != '&' || isalpha((unsigned char)s[i + 1]) || s[i + 1] == '#');
    check_characters(s, n, "\n\t");
}

/* Markdown: md4c finds neither HTML nor a picture, and no link that leaves the page. */

static inline int md_block(MD_BLOCKTYPE type, void *detail, void *arg)
{
    (void)detail;
    (void)arg;
    must(type != MD_BLOCK_HTML);
    return 0;
}

static inline int md_span(MD_SPANTYPE type, void *detail, void *arg)
{
    (void)arg;
    must(type != MD_SPAN_IMG);
    if (type == MD_SPAN_A) {
        const MD_SPAN_A_DETAIL *a = detail;

        must(a->href.size > 0 && a->href.text[0] == '#');
    }
    return 0;
}

static inline int md_text(MD_TEXTTYPE type, const MD_CHAR *s, MD_SIZE n, void *arg)
{
    (void)s;
    (void)n;
    (void)arg;
    must(type != MD_TEXT_HTML && type != MD_TEXT_NULLCHAR);
    return 0;
}

static inline void check_markdown(const char *s, size_t n)
{
    const MD_PARSER parser = {.flags = MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH |
                                       MD_FLAG_TASKLISTS,
                              .enter_block = md_block,
                              .leave_block = md_block,
                              .enter_span = md_span,
                              .leave_span = md_span,
                              .text = md_text};

    must(md_parse(s, (MD_SIZE)n, &parser, NULL) == 0);
    check_characters(s, n, "\n\t");
}

/* CSV */

/* A cell that a spreadsheet takes for a formula. */
static inline void check_csv_text(const char *s, size_t n)
{
    size_t i = 0;

    must(n == 0 || !strchr("=+-@\t\r\n", s[0]));
    while (i < n && s[i] == ' ')
        i++;
    must(i == n || !strchr("=+-@\t\r\n", s[i]));
    if (n - i >= 3)
        must(memcmp(s + i, "＝", 3) != 0 && memcmp(s + i, "＋", 3) != 0 &&
             memcmp(s + i, "－", 3) != 0 && memcmp(s + i, "＠", 3) != 0);
}

static inline bool is_number(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isdigit((unsigned char)s[i]) && s[i] != '.' && (i > 0 || s[i] != '-'))
            return false;
    return n > 0;
}

/* Rows of as many cells as the head; quotes are doubled; rows end with CR LF. */
static inline void check_csv(const char *s, size_t n)
{
    size_t cells = 0, wanted = 0, i = 3, from;

    must(n > 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0);
    check_characters(s + 3, n - 3, "\r\n\t");
    while (i < n) {
        if (s[i] == '"') {
            for (from = ++i; i < n && (s[i] != '"' || (i + 1 < n && s[i + 1] == '"'));)
                i += s[i] == '"' ? 2 : 1;
            must(i < n);
            check_csv_text(s + from, i - from);
            i++;
        } else {
            for (from = i; i < n && s[i] != ',' && s[i] != '\r'; i++)
                must(s[i] != '"' && s[i] != '\n');
            if (!is_number(s + from, i - from)) /* -0.5 is a number */
                check_csv_text(s + from, i - from);
        }
        cells++;
        must(i < n && (s[i] == ',' || s[i] == '\r'));
        if (s[i++] == ',')
            continue;
        must(i < n && s[i++] == '\n');
        wanted = wanted ? wanted : cells;
        must(cells == wanted);
        cells = 0;
    }
    must(cells == 0 && wanted > 0);
}

#endif
