/* tests/fuzz/fuzz_prose.c - an answer's Markdown as HTML, names marked: domain/prose. */
#include "domain/report/prose.h"
#include "pages.h"
#include "reader.h"

enum { MARKS = 80 };

static size_t take_marks(struct bd_prose_mark *marks, const struct bd_observation *o)
{
    size_t n = 0;

    for (size_t b = 0; b < o->brand_count; b++)
        for (size_t k = 0; k < o->brands[b].evidence_count && n < MARKS; k++)
            marks[n++] = (struct bd_prose_mark){
                o->brands[b].evidence[k].start, o->brands[b].evidence[k].end,
                b ? BD_PROSE_OTHER : BD_PROSE_MAIN, "\"<b>&"};
    for (size_t i = 0; i < o->found_count && n < MARKS; i++)
        marks[n++] =
            (struct bd_prose_mark){o->found[i].where.start, o->found[i].where.end,
                                   BD_PROSE_FOUND, o->found[i].name};
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct bd_prose_mark marks[MARKS];
    char *s = exactly(data, n);
    struct bd_observation *o = read_checked(s, n, false, -1);
    size_t count = bd_prose_sort(marks, take_marks(marks, o));
    struct bd_buf out;

    for (size_t i = 1; i < count; i++)
        must(marks[i - 1].end <= marks[i].start);
    bd_buf_init(&out, (size_t)64 << 20);
    must(bd_prose_html(&out, s, n, marks, count) == 0);
    check_html(out.data, out.n, MARKUP_PROSE);
    bd_buf_free(&out);
    bd_observation_free(o);
    free(s);
    return 0;
}
