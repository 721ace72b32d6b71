/* tests/domain/test_loose.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "domain/reading/loose.h"

/* What is written, and what is meant, as strict JSON; NULL: no object. */
static const struct {
    const char *written, *meant;
    bool truncated;
} cases[] = {
    {"{\"a\": 1}", "{\"a\":1.0}", false},
    {"{\"a\": [1, 2,],}", "{\"a\":[1.0,2.0]}", false},
    {"{\"a\": 1 \"b\": 2}", "{\"a\":1.0,\"b\":2.0}", false},
    {"{'a': 'it''s', b: True, c: None}", "{\"a\":\"it''s\",\"b\":true,\"c\":null}",
     false},
    {"｛“a”：“第2名”，“b”：［］｝", "{\"a\":\"第2名\",\"b\":[]}", false},
    {"{\"a\": .4, \"b\": -.5}", "{\"a\":0.4,\"b\":-0.5}", false},
    {"{\"a\": \"he said \"yes\" twice\"}", "{\"a\":\"he said \\\"yes\\\" twice\"}",
     false},
    {"{\"a\": \"two\nlines\"}", "{\"a\":\"two\\nlines\"}", false},
    {"{\"a\": 1, // why\n /* and */ \"b\": 2}", "{\"a\":1.0,\"b\":2.0}", false},
    {"{\"a\": \"\\u534e\\u4e3a \\ud83d\\ude00 \\n\"}", "{\"a\":\"华为 😀 \\n\"}", false},
    {"{\"a\": [{\"b\": 1}, {\"b\": 2, \"c\": \"cu", "{\"a\":[{\"b\":1.0}]}", true},
    {"{\"a\": {\"b\": true, \"c\": 1", "{\"a\":{\"b\":true}}", true},
    {"{\"a\": tru", "{}", true},
    {"{\"a\"", "{}", true},
    {"{", "{}", true},
    {"{}", "{}", false},
    {"{not json at all, really}", NULL, false},
    {"{品牌}", NULL, false},
    {"{\"a\": [1}}", "{\"a\":[1.0]}", false},
    {"[1]", NULL, false},
    {"{\"a\": }", "{}", false},
};

static void reads_what_was_meant(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bd_loose r = bd_loose_read(cases[i].written, strlen(cases[i].written), 0);
        char *seen =
            r.value ? json_dumps(r.value, JSON_COMPACT | JSON_REAL_PRECISION(6)) : NULL;

        if (cases[i].meant && (!seen || strcmp(seen, cases[i].meant) != 0))
            print_error("%s\n", cases[i].written);
        if (cases[i].meant)
            assert_string_equal(seen ? seen : "nothing", cases[i].meant);
        else
            assert_null(seen);
        if (r.value)
            assert_int_equal(r.truncated, cases[i].truncated);
        assert_in_range(r.end, 1, strlen(cases[i].written));
        free(seen);
        json_decref(r.value);
    }
}

static void too_deep_is_no_object(void **state)
{
    char text[400] = "{\"a\":";
    struct bd_loose r;

    (void)state;
    memset(text + 5, '[', 200);
    r = bd_loose_read(text, 205, 0);
    assert_null(r.value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_was_meant),
        cmocka_unit_test(too_deep_is_no_object),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
