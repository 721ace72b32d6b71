/* domain/reading/outline.c - see outline.h. */
#include "domain/reading/outline.h"

#include <assert.h>
#include <limits.h>

#include "domain/reading/piece.h"

enum { LISTS = 16, STOP = 1 }; /* lists nested deeper count as the deepest */

struct walk {
    struct bd_outline *out;
    const char *s;
    size_t n;
    struct bd_line line; /* the one being read */
    bool open;
    bool fresh;      /* an item began and has no text yet */
    int next[LISTS]; /* number of the next item, 0 in bullets */
    int depth, heading, tables, row, column, blocks;
    bool header, cell;
};

static int flush(struct walk *w)
{
    if (!w->open)
        return 0;
    w->open = false;
    if (w->out->lines.n / sizeof(w->line) >= BD_OUTLINE_LINES)
        return STOP;
    return bd_buf_append(&w->out->lines, &w->line, sizeof(w->line));
}

static void begin_line(struct walk *w, size_t start)
{
    struct bd_line *l = &w->line;
    int level = w->depth < LISTS ? w->depth : LISTS;

    *l = (struct bd_line){.depth = w->depth, .start = start};
    if (w->heading) {
        l->kind = BD_LINE_HEADING;
        l->depth = w->heading;
    } else if (w->cell) {
        l->kind = BD_LINE_CELL;
        l->table = w->tables;
        l->row = w->row;
        l->column = w->column;
    } else if (w->fresh && level > 0) {
        l->kind = BD_LINE_ITEM;
        l->number = w->next[level - 1] > 0 ? w->next[level - 1] - 1 : 0;
    }
    w->fresh = false;
    w->open = true;
}

static void enter_list(struct walk *w, int first)
{
    if (w->depth < LISTS)
        w->next[w->depth] = first;
    w->depth++;
}

static void enter_item(struct walk *w)
{
    int level = w->depth < LISTS ? w->depth : LISTS;

    w->fresh = true;
    if (level > 0 && w->next[level - 1] > 0 && w->next[level - 1] < INT_MAX)
        w->next[level - 1]++;
}

static int enter_block(MD_BLOCKTYPE type, void *detail, void *arg)
{
    struct walk *w = arg;
    const MD_BLOCK_OL_DETAIL *ol = detail;

    if (++w->blocks > BD_OUTLINE_BLOCKS || flush(w) != 0)
        return STOP;
    if (type == MD_BLOCK_UL)
        enter_list(w, 0);
    else if (type == MD_BLOCK_OL) /* "0." numbers like "1.": a rank is never 0 */
        enter_list(w, ol->start > 0 && ol->start < 100000 ? (int)ol->start : 1);
    else if (type == MD_BLOCK_LI)
        enter_item(w);
    else if (type == MD_BLOCK_H)
        w->heading = (int)((const MD_BLOCK_H_DETAIL *)detail)->level;
    else if (type == MD_BLOCK_TABLE) {
        w->tables++;
        w->row = -1;
    } else if (type == MD_BLOCK_TR) {
        w->row++;
        w->column = -1;
    } else if (type == MD_BLOCK_TH || type == MD_BLOCK_TD) {
        w->column++;
        w->cell = true;
    }
    return 0;
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *arg)
{
    struct walk *w = arg;

    (void)detail;
    if (flush(w) != 0)
        return STOP;
    if (type == MD_BLOCK_UL || type == MD_BLOCK_OL)
        w->depth--;
    else if (type == MD_BLOCK_LI)
        w->fresh = false;
    else if (type == MD_BLOCK_H)
        w->heading = 0;
    else if (type == MD_BLOCK_TH || type == MD_BLOCK_TD)
        w->cell = false;
    return 0;
}

static int ignore_span(MD_SPANTYPE type, void *detail, void *arg)
{
    (void)type;
    (void)detail;
    (void)arg;
    return 0;
}

static int text(MD_TEXTTYPE type, const MD_CHAR *p, MD_SIZE size, void *arg)
{
    struct walk *w = arg;
    size_t start;

    if (type == MD_TEXT_BR || type == MD_TEXT_SOFTBR ||
        (type == MD_TEXT_CODE && size == 1 && *p == '\n'))
        return flush(w);
    if (bd_piece_strays(type, p, size, w->s, w->n))
        return STOP;
    /* line breaks and NUL come from md4c's own constants, not from the text */
    if (!bd_piece_inside(p, size, w->s, w->n))
        return 0;
    start = (size_t)(p - w->s);
    if (!w->open)
        begin_line(w, start);
    w->line.end = start + size;
    return 0;
}

int bd_outline_make(struct bd_outline *o, const char *s, size_t n)
{
    static const MD_PARSER parser = {
        .flags = MD_FLAG_TABLES | MD_FLAG_NOHTML | MD_FLAG_NOINDENTEDCODEBLOCKS |
                 MD_FLAG_PERMISSIVEATXHEADERS,
        .enter_block = enter_block,
        .leave_block = leave_block,
        .enter_span = ignore_span,
        .leave_span = ignore_span,
        .text = text,
    };
    struct walk w = {.out = o, .s = s, .n = n};
    int rc;

    assert(s[n] == '\0');
    o->partial = false;
    bd_buf_init(&o->lines, BD_OUTLINE_LINES * sizeof(struct bd_line));
    rc = md_parse(s, (MD_SIZE)n, &parser, &w);
    o->partial = rc > 0;
    return rc < 0 || o->lines.failed ? -1 : 0;
}

void bd_outline_free(struct bd_outline *o)
{
    bd_buf_free(&o->lines);
}
