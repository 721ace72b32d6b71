/* tests/fuzz/fuzz_json.c - JSON as models write it: domain/loose, domain/legacy. */
#include "domain/reading/legacy.h"
#include "domain/reading/loose.h"
#include "fuzz.h"

/* What was read can be written and read again as proper JSON. */
static void check_value(json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT);
    json_t *back;

    must(json_is_object(value));
    must(text); /* all strings are UTF-8, no number is infinite */
    back = json_loads(text, JSON_ALLOW_NUL, NULL);
    must(back);
    json_decref(back);
    free(text);
}

static void check_loose(const char *s, size_t n)
{
    for (size_t i = 0, tries = 0; i < n && tries < 4; i++) {
        struct bd_loose l;

        if (s[i] != '{')
            continue;
        l = bd_loose_read(s, n, i);
        tries++;
        must(l.end >= i && l.end <= n);
        if (!l.value)
            continue;
        must(l.end > i);
        check_value(l.value);
        json_decref(l.value);
    }
}

static void check_legacy(const char *s, size_t n)
{
    struct bd_legacy l;
    const struct bd_span *spans;
    size_t end = 0;

    must(bd_legacy_find(&l, s, n) == 0);
    spans = (const struct bd_span *)(const void *)l.spans.data;
    for (size_t i = 0; i < l.spans.n / sizeof(*spans); i++) {
        must(spans[i].start < spans[i].end && spans[i].end <= n);
        must(spans[i].start >= end); /* in order, none inside another */
        end = spans[i].end;
    }
    must(l.taken.start <= l.taken.end && l.taken.end <= n);
    must(l.claims.rank >= 0 && l.claims.rank <= 10);
    must(!(l.claims.sentiment < -1) && !(l.claims.sentiment > 1));
    bd_legacy_free(&l);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char *s = exactly(data, n);

    check_loose(s, n);
    check_legacy(s, n);
    free(s);
    return 0;
}
