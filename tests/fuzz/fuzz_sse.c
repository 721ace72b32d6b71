/* tests/fuzz/fuzz_sse.c - event streams cut anywhere: runtime/sse.
 *
 * The bytes are fed whole and in pieces; both give the same events. */
#include "fuzz.h"
#include "runtime/sse.h"

enum { LIMIT = 4096 };

struct seen {
    struct bd_buf text; /* name, status and data of each event */
};

static int see(void *arg, const struct bd_event *e)
{
    struct seen *s = arg;

    must(e->data_bytes > 0 && e->data_bytes <= LIMIT);
    must(bd_buf_addf(&s->text, "%s %d %zu ", e->name, (int)e->status, e->data_bytes) ==
         0);
    must(bd_buf_append(&s->text, e->data, e->data_bytes) == 0);
    return 0;
}

/* Pieces of 1 to `most` bytes, or all at once where that is 0. */
static int feed(struct seen *out, const char *p, size_t n, size_t most)
{
    struct bd_error err;
    struct bd_sse s;
    int rc = 0;

    bd_buf_init(&out->text, (size_t)64 << 20);
    bd_sse_init(&s, LIMIT, see, out);
    for (size_t i = 0, k; i < n && rc == 0; i += k) {
        k = most ? 1 + (i * 7 + most) % most : n;
        if (k > n - i)
            k = n - i;
        rc = bd_sse_feed(&s, p + i, k, &err);
    }
    if (rc == 0)
        rc = bd_sse_end(&s, &err);
    bd_sse_free(&s);
    return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct seen whole, cut;
    size_t most = n ? 1 + data[0] % 17 : 1;
    char *s = exactly(data, n);
    int rc = feed(&whole, s, n, 0);

    must(rc == feed(&cut, s, n, most));
    must(whole.text.n == cut.text.n);
    must(memcmp(whole.text.data, cut.text.data, whole.text.n) == 0);
    bd_buf_free(&whole.text);
    bd_buf_free(&cut.text);
    free(s);
    return 0;
}
