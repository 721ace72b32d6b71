/* domain/reading/citing.c - what the prose of an answer cites (citation.h). One pass
 * finds links, addresses and notes, and keeps the marks that refer to them; then each
 * mark is brought to its note. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "domain/reading/citation.h"
#include "domain/reading/link.h"
#include "domain/reading/praise.h"

enum {
    LABEL_BYTES = 200,
    MARKS = 400,
    NOTE_BYTES = 1000,
    LOOK_BACK = 4096,
    CLAIM_BYTES = 600 /* of what a mark speaks for */
};

struct mark {
    struct bd_span where;
    size_t label, bytes; /* within the brackets */
    size_t behind;       /* end of the mark or link before the row of marks it is in */
};

struct scan {
    struct bd_observation *o;
    const struct bd_citing *in;
    const char *s; /* masked */
    size_t n;
    struct bd_span last, row; /* the mark or link before; behind which its row began */
    struct mark marks[MARKS];
    int mark_count;
};

static void add_near(struct bd_citation *c, int tag)
{
    for (int i = 0; i < c->near_count; i++)
        if (c->near[i] == tag)
            return;
    if (c->near_count < BD_CITATION_NEAR)
        c->near[c->near_count++] = tag;
}

static bool near_between(struct bd_citation *c, const struct bd_attribution *a,
                         size_t from, size_t to)
{
    const struct bd_hit *h = (const struct bd_hit *)(const void *)a->names.data;
    size_t count = a->names.n / sizeof(*h), first = bd_passage_from(h, count, from);

    for (size_t i = first; i < count && h[i].start < to; i++)
        add_near(c, h[i].tag);
    return first < count && h[first].start < to;
}

/* The last name before `at`, if it is on the same line. */
static bool near_before(struct bd_citation *c, const struct scan *w, size_t at)
{
    const struct bd_buf *names = &w->in->a->names;
    const struct bd_hit *h = (const struct bd_hit *)(const void *)names->data;
    size_t i = bd_passage_from(h, names->n / sizeof(*h), at);

    if (i == 0 || at - h[i - 1].end > LOOK_BACK || h[i - 1].end > at ||
        memchr(w->in->p->fold.bytes.data + h[i - 1].end, '\n', at - h[i - 1].end))
        return false;
    add_near(c, h[i - 1].tag);
    return true;
}

static bool near_owner(struct bd_citation *c, const struct bd_attribution *a, size_t at)
{
    const struct bd_part *part = bd_attribution_parts(a);
    size_t low = 0, high = bd_attribution_part_count(a);

    while (high - low > 1) {
        size_t mid = low + (high - low) / 2;

        if (part[mid].start <= at)
            low = mid;
        else
            high = mid;
    }
    if (high == 0 || part[low].start > at || part[low].end < at)
        return false;
    for (uint32_t i = 0; i < part[low].count; i++)
        add_near(c, bd_attribution_owners(a, &part[low])[i]);
    return part[low].count > 0;
}

/* A mark or link in [start, end) of the original; `behind` is the end of what stood
 * before. */
static void place(const struct scan *w, struct bd_citation *c, struct bd_span where,
                  size_t behind)
{
    const struct bd_passage *p = w->in->p;
    const struct bd_clause *clause =
        bd_passage_clauses(p) +
        bd_clause_at(&p->clauses, bd_fold_index(&p->fold, where.start));
    size_t from = bd_fold_index(&p->fold, behind);
    size_t at = bd_fold_index(&p->fold, where.start);
    size_t end = bd_fold_index(&p->fold, where.end);

    bd__citation_span(c, where.start, where.end);
    if (from < clause->start)
        from = clause->start;
    if (!near_between(c, w->in->a, from, end) && !near_before(c, w, at) &&
        !near_owner(c, w->in->a, at))
        near_between(c, w->in->a, end, clause->end);
}

/* Is what stands before the mark on its line, back to the mark before, praise alone?
 * Where nothing stands there, what follows on the line. */
static void weigh(const struct scan *w, struct bd_citation *c, struct bd_span where,
                  size_t behind)
{
    const struct bd_fold *f = &w->in->p->fold;
    const char *s = f->bytes.data;
    size_t at = bd_fold_index(f, where.start), low = bd_fold_index(f, behind);
    size_t from = at, end = at;

    if (c->praise == BD_NO || c->span_count == BD_CITATION_SPANS)
        return; /* said already, or it has had its share of time */
    while (from > low && at - from < CLAIM_BYTES && s[from - 1] != '\n')
        from--;
    while (from < at && strchr(" -*#>|", s[from]) && s[from])
        from++;
    if (from == at) {
        from = end = bd_fold_index(f, where.end);
        while (end < f->bytes.n && end - from < CLAIM_BYTES && s[end] != '\n')
            end++;
    }
    c->praise = bd_praise_only(s + from, end - from) ? BD_YES : BD_NO;
}

/* Goes on behind a mark or link. Those that touch are a row, and belong to the same. */
static void pass(struct scan *w, struct bd_span where)
{
    size_t gap = w->last.end;

    while (gap < where.start && w->s[gap] && strchr(" ,", w->s[gap]))
        gap++;
    if (gap < where.start)
        w->row = w->last;
    w->last = where;
}

static bool is_mark(const char *s, size_t n)
{
    size_t i = n > 0 && s[0] == '^';

    if (i > 0)
        return n > 1 && n <= 40 && !memchr(s, ' ', n);
    if (n > 3 && memcmp(s, "ref", 3) == 0)
        i = 3 + (s[3] == '_' || s[3] == ' ');
    if (i == n || n - i > 3)
        return false;
    while (i < n && s[i] >= '0' && s[i] <= '9')
        i++;
    return i == n;
}

/* A copy of at most LABEL_BYTES, whole characters. */
static void copy(char out[LABEL_BYTES + 1], const char *s, size_t n)
{
    n = bd_text_cut(s, n, LABEL_BYTES);
    while (n > 0 && strchr(" \t:-,", s[0]) && s[0]) {
        s++;
        n--;
    }
    while (n > 0 && strchr(" \t:-,(", s[n - 1]) && s[n - 1])
        n--;
    snprintf(out, LABEL_BYTES + 1, "%.*s", (int)n, s);
}

static int cite(struct scan *w, struct bd_span address, struct bd_page_named *page,
                struct bd_citation **out)
{
    page->s = w->in->text + address.start;
    page->n = address.end - address.start;
    page->site = page->attitude = "";
    return bd__citation_put(w->o, w->in->inquiry, BD_ORIGIN_TEXT, page, out);
}

/* Could the cut have taken a part of what ends there? */
static bool halved(const struct scan *w, size_t end)
{
    return w->in->cut && end >= w->n;
}

static bool address_at(const struct scan *w, size_t i, struct bd_span *at, size_t *end)
{
    size_t last, bytes;

    if (i > 0 && w->s[i] != '/' &&
        (((w->s[i - 1] | 0x20) >= 'a' && (w->s[i - 1] | 0x20) <= 'z') ||
         (w->s[i - 1] >= '0' && w->s[i - 1] <= '9')))
        return false;
    if (!strchr("hHwW", w->s[i]) || !w->s[i])
        return false;
    bytes = bd_link_span(w->in->text + i, w->n - i, &last);
    *at = (struct bd_span){i, i + last};
    *end = i + bytes;
    return bytes > 0;
}

/* The address between brackets that open before i: ends at their end or a blank. */
static bool bracketed(const struct scan *w, size_t i, struct bd_span *at, size_t *end)
{
    const char *t = w->in->text;
    size_t last;
    int depth = 0;

    while (i < w->n && (t[i] == ' ' || t[i] == '<'))
        i++;
    *at = (struct bd_span){i, i};
    if (bd_link_span(t + i, w->n - i, &last) == 0)
        return false;
    while (i < w->n && (unsigned char)t[i] > ' ' && !strchr(">\"[", t[i])) {
        if (t[i] == ')' && depth-- == 0)
            break;
        depth += t[i] == '(';
        i++;
    }
    at->end = i;
    while (i < w->n && t[i] != ')' && t[i] != '\n' && i - at->end < LABEL_BYTES)
        i++;
    *end = i < w->n && t[i] == ')' ? i + 1 : i;
    return at->end > at->start && i < w->n && t[i] == ')';
}

/* "[label](address)"; the label is [from, to). 1: it was one, and *next is behind. */
static int read_link(struct scan *w, struct bd_span label, size_t *next)
{
    char text[LABEL_BYTES + 1];
    struct bd_page_named page = {.title = "", .marker = ""};
    struct bd_span at, where = {label.start - 1, 0};
    struct bd_citation *c;
    bool mark = is_mark(w->in->text + label.start, label.end - label.start);
    bool picture = where.start > 0 && w->s[where.start - 1] == '!';

    if (!bracketed(w, label.end + 2, &at, &where.end) || halved(w, at.end))
        return 0;
    *next = where.end;
    copy(text, w->in->text + label.start, label.end - label.start);
    if (mark)
        page.marker = text;
    else
        page.title = text;
    if (picture)
        return 1;
    if (cite(w, at, &page, &c) < 0)
        return -1;
    pass(w, where);
    if (c) {
        weigh(w, c, where, w->row.end);
        place(w, c, where, w->row.end);
    }
    return 1;
}

/* "[n]: address" or "[n] Title, address" at the beginning of a line. */
static int read_note(struct scan *w, struct bd_span label, size_t *next)
{
    char mark[LABEL_BYTES + 1], title[LABEL_BYTES + 1];
    struct bd_page_named page = {.title = title, .marker = mark};
    size_t i = label.end + 1, limit = label.end + NOTE_BYTES, end;
    struct bd_citation *c;
    struct bd_span at;

    while (i < w->n && i < limit && w->s[i] != '\n' && !address_at(w, i, &at, &end))
        i++;
    if (i >= w->n || i >= limit || w->s[i] == '\n' || halved(w, end))
        return 0;
    copy(mark, w->in->text + label.start, label.end - label.start);
    copy(title, w->in->text + label.end + 1, i - label.end - 1);
    *next = end;
    if (cite(w, at, &page, &c) < 0)
        return -1;
    pass(w, (struct bd_span){label.start - 1, at.end});
    if (c)
        place(w, c, (struct bd_span){label.start - 1, at.end}, label.start);
    return 1;
}

static void keep_mark(struct scan *w, struct bd_span label)
{
    struct bd_span where = {label.start - 1, label.end + 1};

    pass(w, where);
    if (w->mark_count < MARKS)
        w->marks[w->mark_count++] =
            (struct mark){where, label.start, label.end - label.start, w->row.end};
}

/* Is there nothing but signs before it on its line? */
static bool begins_line(const char *s, size_t i)
{
    while (i > 0 && s[i - 1] && strchr(" \t>-*", s[i - 1]))
        i--;
    return i == 0 || s[i - 1] == '\n';
}

/* What the bracket at i is; *next is where to go on. */
static int read_bracket(struct scan *w, size_t i, size_t *next)
{
    struct bd_span label = {i + 1, i + 1};
    int rc = 0;

    while (label.end < w->n && label.end - i <= LABEL_BYTES &&
           !strchr("[]\n", w->s[label.end]))
        label.end++;
    if (label.end >= w->n || w->s[label.end] != ']' || label.end == label.start)
        return 0;
    if (label.end + 1 < w->n && w->s[label.end + 1] == '(')
        rc = read_link(w, label, next);
    if (rc != 0 || !is_mark(w->s + label.start, label.end - label.start))
        return rc < 0 ? -1 : 0;
    if (begins_line(w->s, i))
        rc = read_note(w, label, next);
    if (rc == 0) {
        keep_mark(w, label);
        *next = label.end + 1;
    }
    return rc < 0 ? -1 : 0;
}

static int read_plain(struct scan *w, size_t i, size_t *next)
{
    struct bd_page_named page = {.title = "", .marker = ""};
    struct bd_citation *c = NULL;
    struct bd_span at;
    size_t end;

    if (!address_at(w, i, &at, &end))
        return 0;
    *next = end;
    if (halved(w, end))
        return 0;
    if (cite(w, at, &page, &c) < 0)
        return -1;
    pass(w, at);
    if (c) {
        weigh(w, c, at, w->row.end);
        place(w, c, at, w->row.end);
    }
    return 0;
}

static int find_all(struct scan *w)
{
    static const bool opens[256] = {
        ['['] = true, ['h'] = true, ['H'] = true, ['w'] = true, ['W'] = true};

    for (size_t i = 0, next; i < w->n; i = next) {
        int rc = 0;

        while (i < w->n && !opens[(unsigned char)w->s[i]])
            i++;
        next = i + 1;
        if (i < w->n && w->s[i] == '[')
            rc = read_bracket(w, i, &next);
        else if (i < w->n)
            rc = read_plain(w, i, &next);
        if (rc < 0)
            return -1;
    }
    return 0;
}

static bool labelled(const char *name, const char *s, size_t n)
{
    return name && strlen(name) == n && n > 0 && memcmp(name, s, n) == 0;
}

/* Brings marks to the notes of the prose, and else to what the provider returned. */
static void bring_marks(struct scan *w, const int *returned)
{
    for (int m = 0; m < w->mark_count; m++) {
        const struct mark *k = &w->marks[m];
        const char *label = w->s + k->label;
        struct bd_citation *c = NULL;

        for (size_t i = 0; !c && i < w->o->citation_count; i++)
            if (w->o->citations[i].origin == BD_ORIGIN_TEXT &&
                labelled(w->o->citations[i].marker, label, k->bytes))
                c = &w->o->citations[i];
        for (size_t i = 0; !c && i < w->in->returned_count && i < BD_CITATIONS; i++)
            if (returned[i] > 0 && labelled(w->in->returned[i].mark, label, k->bytes))
                c = &w->o->citations[returned[i] - 1];
        if (!c)
            continue;
        weigh(w, c, k->where, k->behind);
        place(w, c, k->where, k->behind);
    }
}

static const char *or_empty(const char *s)
{
    return s ? s : "";
}

/* out: by source, 1 + the index of its citation; 0 = none. */
static int take_returned(struct scan *w, int *out)
{
    for (size_t i = 0; i < w->in->returned_count && i < BD_CITATIONS; i++) {
        const struct bd_web_page *r = &w->in->returned[i];
        const char *url = or_empty(r->url);
        const struct bd_page_named page = {
            url, strlen(url),      or_empty(r->title), or_empty(r->site),
            "",  or_empty(r->mark)};

        struct bd_citation *c;

        if (bd__citation_put(w->o, w->in->inquiry, BD_ORIGIN_PROVIDER, &page, &c) < 0)
            return -1;
        out[i] = c ? 1 + (int)(c - w->o->citations) : 0;
    }
    return 0;
}

int bd_citation_read(struct bd_observation *o, const struct bd_citing *in)
{
    struct scan w; /* its marks are not set to zero: they cost more than most answers */
    int returned[BD_CITATIONS] = {0};

    w.o = o;
    w.in = in;
    w.s = in->p->s;
    w.n = in->p->n;
    w.last = w.row = (struct bd_span){0};
    w.mark_count = 0;
    if (take_returned(&w, returned) < 0 || find_all(&w) < 0)
        return -1;
    bring_marks(&w, returned);
    return 0;
}
