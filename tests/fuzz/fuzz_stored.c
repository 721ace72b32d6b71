/* tests/fuzz/fuzz_stored.c - rows of a storage, whoever wrote them: inquiries and cells.
 *
 * The first line is an inquiry, the rest a cell of it. */
#include "domain/cell.h"
#include "fuzz.h"

static void check_cell(const char *s, size_t n, const struct bd_inquiry *q)
{
    struct bd_error err;
    struct bd_cell c;
    json_t *o = bd_json_parse(s, n, "fuzz", &err), *again;

    if (o && bd_cell_from_json(&c, o, q, &err) == 0) {
        must(c.question >= 0 && (size_t)c.question < q->question_count);
        must(c.model >= 0 && (size_t)c.model < q->model_count);
        must(c.brand < 0 || (size_t)c.brand < q->brand_count);
        must(!c.kept || c.kept->brand_count == q->brand_count);
        again = bd_cell_to_json(&c, q);
        must(again);
        json_decref(again);
        bd_cell_free(&c);
    }
    json_decref(o);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char *s = exactly(data, n);
    const char *end = memchr(s, '\n', n);
    size_t first = end ? (size_t)(end - s) : n;
    struct bd_inquiry q;
    struct bd_error err;
    json_t *o = bd_json_parse(s, first, "fuzz", &err), *again;

    if (o && bd_inquiry_from_json(&q, o, &err) == 0) {
        (void)(bd_inquiry_check(&q, &err) < 0); /* either is fine */
        again = bd_inquiry_to_json(&q);
        must(again);
        json_decref(again);
        if (end)
            check_cell(end + 1, n - first - 1, &q);
        bd_inquiry_free(&q);
    }
    json_decref(o);
    free(s);
    return 0;
}
