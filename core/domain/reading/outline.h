/* domain/reading/outline.h - an answer's Markdown as a flat list of lines. [any]
 *
 * md4c knows what is a heading, a list item, a table cell; this keeps, for every line of
 * text, what it belongs to and where it stands in the original. Code blocks are read as
 * text: models fence whole answers. */
#ifndef BD_DOMAIN_OUTLINE_H
#define BD_DOMAIN_OUTLINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/fail.h"

/* Past these the outline ends early and says so: no answer for people is that long, and
 * a table of empty cells would grow with the square of its text. */
enum { BD_OUTLINE_LINES = 50000, BD_OUTLINE_BLOCKS = 300000 };

enum bd_line_kind { BD_LINE_TEXT, BD_LINE_HEADING, BD_LINE_ITEM, BD_LINE_CELL };

struct bd_line {
    enum bd_line_kind kind; /* ITEM: the first line of one; its others are TEXT */
    int depth;              /* heading: level; else: lists around it */
    int number;             /* ITEM of a numbered list; 0 = bullet */
    int table, row, column; /* CELL: counted from 1, 0 and 0; row 0 is the header */
    size_t start, end;      /* of the text, without marks around it */
};

struct bd_outline {
    struct bd_buf lines; /* struct bd_line */
    bool partial;
};

/* s[n] is NUL, see piece.h. -1 when memory is short. bd_outline_free() is always right
 * after it. */
int bd_outline_make(struct bd_outline *o, const char *s, size_t n) BD_MUST_CHECK;
void bd_outline_free(struct bd_outline *o);

#endif
