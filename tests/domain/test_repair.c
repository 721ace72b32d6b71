/* tests/domain/test_repair.c - what of a model's JSON is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "domain/reading/repair.h"

static void each_repair_is_told_by_its_name(void **state)
{
    static const struct {
        const char *before, *json, *behind, *repairs;
        bool truncated;
    } cases[] = {
        {"", "{\"a\": [1, -2.5e3, true, false, null, \"x, y\"]}", "", "", false},
        {"```json\n", "{\"a\":1}", "\n```", "fence", false},
        {"", "｛“a”：“b”，“c”：1｝", "", "fullwidth smart_quotes", false},
        {"", "{'a': 'it's b', 'c': \"d's\"}", "", "single_quotes", false},
        {"", "{a: True, b: None}", "", "bare_words python_literals", false},
        {"", "{\"a\": .5, \"b\": -.5}", "", "leading_dot_number", false},
        {"", "{\"a\": 1, /* x */ \"b\": 2}", "", "comment", false},
        {"", "{\"a\": 1}", " // x", "comment", false},
        {"", "{\"a\": [1, ], }", "", "trailing_comma", false},
        {"", "{\"a\": \"x\ny\"}", "", "line_in_string", false},
        {"", "{\"a\": \"x", "", "close_string close_containers", true},
        {"", "{\"a\": [1", "", "close_containers", true},
        {"", "{\"a\": \"\\\"\\", "", "close_string close_containers", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[200], seen[200] = "";
        size_t used = 0;
        struct bd_written w = {.s = text, .truncated = cases[i].truncated};
        unsigned found;

        w.start = strlen(cases[i].before);
        w.end = w.start + strlen(cases[i].json);
        w.n = (size_t)snprintf(text, sizeof(text), "%s%s%s", cases[i].before,
                               cases[i].json, cases[i].behind);
        found = bd_repair_find(&w);
        for (int r = 0; r < BD_REPAIR_COUNT; r++)
            if (found & (1U << r))
                used +=
                    (size_t)snprintf(seen + used, sizeof(seen) - used, "%s%s",
                                     used ? " " : "", bd_repair_name((enum bd_repair)r));
        assert_string_equal(seen, cases[i].repairs);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_repair_is_told_by_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
