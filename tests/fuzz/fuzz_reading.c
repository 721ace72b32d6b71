/* tests/fuzz/fuzz_reading.c - what is read in any text: domain/reading.
 *
 * The first byte says whether the text was cut and whether the prompt named a brand, the
 * second how long a prefix is read beside it. */
#include "domain/reading/gist.h"
#include "reader.h"

static char *json_of(const struct bd_observation *o, const char *s, size_t n)
{
    json_t *v = bd_observation_json(o, three_brands(), s, n);
    char *text = json_dumps(v, JSON_COMPACT);

    must(text);
    json_decref(v);
    return text;
}

/* The same text gives the same bytes, and what is kept of it says the same. */
static void check_again(const struct bd_observation *o, const char *s, size_t n, bool cut,
                        int echo)
{
    struct bd_observation *again = read_checked(s, n, cut, echo);
    char *a = json_of(o, s, n), *b = json_of(again, s, n);
    struct bd_gist *g = bd_gist_of(o), *back;
    json_t *kept;

    must(g && strcmp(a, b) == 0);
    kept = bd_gist_json(g);
    must(kept);
    back = bd_gist_from_json(kept, o->brand_count);
    must(back && bd_gist_differ(g, back, NULL, NULL) == 0);
    json_decref(kept);
    bd_gist_free(g);
    bd_gist_free(back);
    bd_observation_free(again);
    free(a);
    free(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct bd_observation *o;
    size_t prefix;
    bool cut;
    int echo;
    char *s;

    if (n < 2)
        return 0;
    cut = data[0] & 1;
    echo = data[0] & 2 ? (data[0] >> 2) % 3 : -1;
    n -= 2;
    prefix = n * data[1] / 256;
    s = exactly(data + 2, n);
    o = read_checked(s, n, cut, echo);
    check_again(o, s, n, cut, echo);
    bd_observation_free(o);
    free(s);
    s = exactly(data + 2, prefix);
    bd_observation_free(read_checked(s, prefix, true, echo));
    free(s);
    return 0;
}
