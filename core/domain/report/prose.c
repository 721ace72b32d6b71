/* domain/report/prose.c - see prose.h. md4c finds the structure, only its calls write
 * tags; and what it leaves open, or closes twice, is put right here. */
#include "domain/report/prose.h"

#include <stdlib.h>
#include <string.h>

#include "domain/reading/piece.h"
#include "domain/report/html.h"

/* Deeper blocks are written without tags: no reader nests so, and browsers give up. */
enum { DEEPEST = 40, SPANS = 32 };

struct walk {
    struct bd_buf *out;
    const char *s;
    size_t n;
    const struct bd_prose_mark *marks;
    size_t count, next; /* the first mark that ends behind the last text */
    int depth;
    int images;              /* in how many pictures' descriptions we are */
    const char *open[SPANS]; /* tags of spans: md4c may end one that it did not begin */
    int spans;
};

static int by_place(const void *a, const void *b)
{
    const struct bd_prose_mark *x = a, *y = b;

    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return (x->end < y->end) - (x->end > y->end); /* the longer one first */
}

size_t bd_prose_sort(struct bd_prose_mark *marks, size_t count)
{
    size_t kept = 0;

    if (count > 1)
        qsort(marks, count, sizeof(*marks), by_place);
    for (size_t i = 0; i < count; i++)
        if (marks[i].start < marks[i].end &&
            (kept == 0 || marks[i].start >= marks[kept - 1].end))
            marks[kept++] = marks[i];
    return kept;
}

static int done(const struct walk *w)
{
    return w->out->failed ? -1 : 0;
}

static const char *tag_of(MD_BLOCKTYPE type)
{
    switch (type) {
    case MD_BLOCK_QUOTE:
        return "blockquote";
    case MD_BLOCK_UL:
        return "ul";
    case MD_BLOCK_OL:
        return "ol";
    case MD_BLOCK_LI:
        return "li";
    case MD_BLOCK_P:
    case MD_BLOCK_H: /* the report has its own headings */
        return "p";
    case MD_BLOCK_THEAD:
        return "thead";
    case MD_BLOCK_TBODY:
        return "tbody";
    case MD_BLOCK_TR:
        return "tr";
    case MD_BLOCK_TH:
        return "th";
    case MD_BLOCK_TD:
        return "td";
    default:
        return NULL;
    }
}

static int enter_block(MD_BLOCKTYPE type, void *detail, void *arg)
{
    struct walk *w = arg;
    const char *tag = tag_of(type);

    if (++w->depth > DEEPEST)
        return done(w);
    if (type == MD_BLOCK_CODE)
        bd_buf_add(w->out, "<pre><code>");
    else if (type == MD_BLOCK_HR)
        bd_buf_add(w->out, "<hr>\n");
    else if (type == MD_BLOCK_TABLE)
        bd_buf_add(w->out, "<div class=\"wide\" tabindex=\"0\"><table>\n");
    else if (type == MD_BLOCK_H)
        bd_buf_add(w->out, "<p class=\"head\">");
    else if (type == MD_BLOCK_OL && ((const MD_BLOCK_OL_DETAIL *)detail)->start != 1)
        bd_buf_addf(w->out, "<ol start=\"%u\">\n",
                    ((const MD_BLOCK_OL_DETAIL *)detail)->start);
    else if (tag)
        bd_buf_addf(w->out, "<%s>", tag);
    return done(w);
}

/* Nothing if there is no room: then nothing closes it, either. */
static void open_span(struct walk *w, const char *tag)
{
    if (w->spans == SPANS)
        return;
    w->open[w->spans++] = tag;
    bd_buf_addf(w->out, strcmp(tag, "span") == 0 ? "<%s class=\"picture\">" : "<%s>",
                tag);
}

/* With those inside of it; nothing if it is not open. NULL: all. */
static void close_span(struct walk *w, const char *tag)
{
    int at = w->spans;

    while (tag && at > 0 && strcmp(w->open[at - 1], tag) != 0)
        at--;
    if (tag && at-- == 0)
        return;
    while (w->spans > (tag ? at : 0))
        bd_buf_addf(w->out, "</%s>", w->open[--w->spans]);
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *arg)
{
    struct walk *w = arg;
    const char *tag = tag_of(type);

    (void)detail;
    close_span(w, NULL);
    w->images = 0;
    if (w->depth-- > DEEPEST)
        return done(w);
    if (type == MD_BLOCK_CODE)
        bd_buf_add(w->out, "</code></pre>\n");
    else if (type == MD_BLOCK_TABLE)
        bd_buf_add(w->out, "</table></div>\n");
    else if (tag)
        bd_buf_addf(w->out, "</%s>\n", tag);
    return done(w);
}

static bool is_web(const MD_ATTRIBUTE *a)
{
    return (a->size > 7 && strncmp(a->text, "http://", 7) == 0) ||
           (a->size > 8 && strncmp(a->text, "https://", 8) == 0);
}

static const char *span_of(MD_SPANTYPE type)
{
    switch (type) {
    case MD_SPAN_EM:
        return "em";
    case MD_SPAN_STRONG:
        return "strong";
    case MD_SPAN_DEL:
        return "del";
    case MD_SPAN_CODE:
        return "code";
    default:
        return NULL;
    }
}

static int enter_span(MD_SPANTYPE type, void *detail, void *arg)
{
    struct walk *w = arg;
    const char *tag = span_of(type);

    (void)detail;
    if (type == MD_SPAN_IMG && w->images++ == 0)
        open_span(w, "span");
    else if (tag && w->images == 0) /* a picture's description is plain */
        open_span(w, tag);
    return done(w);
}

static void put_address(struct walk *w, const MD_ATTRIBUTE *href)
{
    if (!is_web(href))
        return;
    bd_buf_add(w->out, " <span class=\"address\">");
    bd_html_text(w->out, href->text, href->size);
    bd_buf_add(w->out, "</span>");
}

static int leave_span(MD_SPANTYPE type, void *detail, void *arg)
{
    struct walk *w = arg;
    const char *tag = span_of(type);

    if (type == MD_SPAN_IMG && w->images > 0 && --w->images == 0)
        close_span(w, "span");
    else if (tag && w->images == 0)
        close_span(w, tag);
    else if (type == MD_SPAN_A && w->images == 0)
        put_address(w, &((const MD_SPAN_A_DETAIL *)detail)->href);
    return done(w);
}

/* Models break lines in table cells so; every other tag stays text. */
static size_t line_break(const char *s, size_t n)
{
    static const char *const forms[] = {"<br>", "<br/>", "<br />"};

    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
        if (n >= strlen(forms[i]) && memcmp(s, forms[i], strlen(forms[i])) == 0)
            return strlen(forms[i]);
    return 0;
}

static void put_plain(struct walk *w, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        size_t k = w->s[i] == '<' ? line_break(w->s + i, to - i) : 0;

        if (!k)
            continue;
        bd_html_text(w->out, w->s + from, i - from);
        bd_buf_add(w->out, "<br>");
        from = i + k;
        i = from - 1;
    }
    bd_html_text(w->out, w->s + from, to - from);
}

/* Bytes [from, to) of the answer; a mark may go over several such pieces. */
static void put_marked(struct walk *w, size_t from, size_t to)
{
    static const char *const classes[] = {"main", "other", "found"};

    if (w->next > 0 && w->marks[w->next - 1].end > from)
        w->next = 0; /* md4c went back, as in a link's reference */
    while (w->next < w->count && w->marks[w->next].end <= from)
        w->next++;
    while (from < to) {
        const struct bd_prose_mark *m = w->next < w->count ? &w->marks[w->next] : NULL;
        size_t start = m && m->start < to ? m->start : to;
        size_t end = m && m->end < to ? m->end : to;

        if (start > from)
            put_plain(w, from, start);
        from = start > from ? start : from;
        if (from == to)
            break;
        bd_buf_addf(w->out, "<mark class=\"%s\" title=\"", classes[m->kind]);
        bd_html_add(w->out, m->label);
        bd_buf_add(w->out, "\">");
        put_plain(w, from, end);
        bd_buf_add(w->out, "</mark>");
        from = end;
        w->next += end == m->end;
    }
}

/* Those that people write; any other is shown as it stands. */
static void put_entity(struct walk *w, const char *p, size_t n)
{
    static const char *const known[] = {"&amp;",  "&lt;",  "&gt;",
                                        "&quot;", "&#39;", "&nbsp;"};

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (n == strlen(known[i]) && memcmp(p, known[i], n) == 0) {
            bd_buf_append(w->out, p, n);
            return;
        }
    bd_html_text(w->out, p, n);
}

static int text(MD_TEXTTYPE type, const MD_CHAR *p, MD_SIZE size, void *arg)
{
    struct walk *w = arg;
    bool inside = bd_piece_inside(p, size, w->s, w->n);

    if (bd_piece_strays(type, p, size, w->s, w->n))
        return -1;
    if (type == MD_TEXT_BR || type == MD_TEXT_SOFTBR)
        bd_buf_add(w->out, w->images > 0 ? " " : "<br>\n");
    else if (type == MD_TEXT_NULLCHAR)
        bd_buf_add(w->out, "\xEF\xBF\xBD");
    else if (type == MD_TEXT_ENTITY)
        put_entity(w, p, size);
    else if (inside && w->images == 0)
        put_marked(w, (size_t)(p - w->s), (size_t)(p - w->s) + size);
    else /* md4c's own constants, such as the line ends of code */
        bd_html_text(w->out, p, size);
    return done(w);
}

static int write(struct walk *w)
{
    static const MD_PARSER parser = {
        .flags = MD_FLAG_TABLES | MD_FLAG_NOHTML | MD_FLAG_NOINDENTEDCODEBLOCKS |
                 MD_FLAG_PERMISSIVEATXHEADERS | MD_FLAG_STRIKETHROUGH,
        .enter_block = enter_block,
        .leave_block = leave_block,
        .enter_span = enter_span,
        .leave_span = leave_span,
        .text = text,
    };
    const size_t before = w->out->n;

    if (md_parse(w->s, (MD_SIZE)w->n, &parser, w) == 0 || w->out->failed)
        return done(w);
    w->out->n = before; /* md4c lost its way, or had no memory: the text as it stands */
    bd_buf_add(w->out, "<pre><code>");
    bd_html_text(w->out, w->s, w->n);
    bd_buf_add(w->out, "</code></pre>\n");
    return done(w);
}

int bd_prose_html(struct bd_buf *out, const char *s, size_t n,
                  const struct bd_prose_mark *marks, size_t count)
{
    struct walk w = {.out = out, .n = n, .marks = marks, .count = count};
    struct bd_buf copy; /* with a NUL behind it, see piece.h */
    int rc;

    bd_buf_init(&copy, n);
    rc = bd_buf_append(&copy, s, n);
    w.s = copy.data;
    if (rc == 0)
        rc = write(&w);
    bd_buf_free(&copy);
    return rc;
}
