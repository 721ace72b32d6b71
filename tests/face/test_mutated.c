/* tests/face/test_mutated.c - X10: what comes from outside, damaged at random: the INI,
 * bodies of requests, header lines, addresses. Under the sanitizers of ./check. The same
 * seed, the same damage. Streams: runtime/sse, plugins/hostile; answers:
 * domain/reading_limits; files of plugins: runtime/damage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "base/text.h"
#include "engine/settings.h"
#include "face/guard.h"
#include "runtime/folder.h"
#include "runtime/header.h"
#include "runtime/ini.h"
#include "runtime/url.h"

enum { ROOM = 4096 };

static struct bd_random chance;

/* Bytes are changed, taken out, doubled, or exchanged with something that hurts. */
static size_t damaged(char out[ROOM], const char *seed)
{
    static const char *const hurts[] = {"\0",
                                        "\xff",
                                        "\n",
                                        "\r",
                                        "\"",
                                        "\\",
                                        "[",
                                        "]",
                                        "{",
                                        "}",
                                        ":",
                                        "=",
                                        ";",
                                        " ;",
                                        "\\u0000",
                                        "\\ud800",
                                        "\xed\xa0\x80",
                                        "1e999",
                                        "-",
                                        "9999999999999999999",
                                        "\xef\xbb\xbf",
                                        "%00",
                                        "[[[[[[[[",
                                        ",",
                                        "\t"};
    size_t n = strlen(seed);
    uint32_t times = 1 + bd_random_below(&chance, 6);

    memcpy(out, seed, n);
    for (uint32_t i = 0; i < times && n > 1; i++) {
        size_t at = bd_random_below(&chance, (uint32_t)n);
        size_t len = 1 + bd_random_below(&chance, 12);
        const char *hurt =
            hurts[bd_random_below(&chance, sizeof(hurts) / sizeof(hurts[0]))];
        size_t k = *hurt ? strlen(hurt) : 1;

        if (len > n - at)
            len = n - at;
        switch (bd_random_below(&chance, 4)) {
        case 0:
            out[at] = (char)bd_random_below(&chance, 256);
            break;
        case 1:
            memmove(out + at, out + at + len, n - at - len);
            n -= len;
            break;
        case 2:
            if (n + len < ROOM) {
                memmove(out + at + len, out + at, n - at);
                n += len;
            }
            break;
        default:
            if (n + k < ROOM) {
                memmove(out + at + k, out + at, n - at);
                memcpy(out + at, hurt, k);
                n += k;
            }
        }
    }
    return n;
}

static const char ini_seed[] =
    "; a comment\n[engine]\ndeadline = 20s   ; all\nworkers = "
    "auto\n[breaker]\nfailure_threshold = "
    "5\n[prompt]\nneutral = {question}\n  and a second "
    "line\n[storage:store_sqlite]\npath = "
    "~/b.db\n[provider:qwen]\nmodel = qwen-plus\nbase_url = https://a.example/v1\n";

/* Each problem is a line that names the file; what is read is text. */
static void an_ini_is_read_or_told_line_by_line(void **state)
{
    char text[ROOM];
    int told = 0;

    (void)state;
    for (int i = 0; i < 4000; i++) {
        size_t n = damaged(text, ini_seed), count;
        const struct bd_section_table *t = bd_settings_sections(&count);
        const char *path = write_bytes("m.ini", text, n);
        struct bd_problems problems;
        struct bd_ini *ini = NULL;
        struct bd_error err;

        bd_problems_init(&problems);
        if (bd_ini_read(&ini, path, NULL, 0, &problems, &err) == 0)
            for (size_t k = 0; k < count; k++) {
                struct bd_values *v = NULL;

                if (bd_values_check(&v, ini, t[k].section, &t[k].table, 1, &problems) ==
                    0)
                    bd_values_free(v);
            }
        if (problems.count) {
            told++;
            assert_true(bd_text_valid(problems.lines.data, problems.lines.n));
            assert_non_null(strstr(problems.lines.data, "m.ini"));
            assert_int_equal(problems.lines.data[problems.lines.n - 1], '\n');
        }
        bd_ini_free(ini);
        bd_problems_free(&problems);
    }
    assert_true(told > 400 && told < 4000); /* the damage is neither nothing nor all */
}

static const char body_seed[] =
    "{\"brand\": {\"name\": \"华为\", \"aliases\": [\"Huawei\", \"问界\"]}, "
    "\"questions\": [\"哪个好？\"], "
    "\"samples\": 3, \"max_cost\": 1.5, \"no_cache\": true, \"lang\": null}";

static int depth_of(const json_t *v)
{
    const char *key;
    json_t *child;
    size_t i;
    int most = 0, d;

    if (json_is_array(v))
        json_array_foreach(v, i, child) most = (d = depth_of(child)) > most ? d : most;
    json_object_foreach((json_t *)v, key, child) most =
        (d = depth_of(child)) > most ? d : most;
    return most + 1;
}

/* What is let through is JSON within its limits, and can be written again. */
static void a_body_is_json_within_its_limits_or_refused(void **state)
{
    char text[ROOM];
    int through = 0, refused = 0;

    (void)state;
    for (int i = 0; i < 60000; i++) {
        size_t n = damaged(text, body_seed);
        struct bd_error err;
        json_t *o = NULL;
        char *again;

        if (bd_guard_json(text, n, &o, &err) < 0) {
            assert_true(err.code == 400 || err.code == 413);
            assert_true(err.message[0] &&
                        bd_text_valid(err.message, strlen(err.message)));
            refused++;
            continue;
        }
        through++;
        assert_true(depth_of(o) <= 65);
        again = json_dumps(o, JSON_ENCODE_ANY);
        assert_non_null(again);
        free(again);
        json_decref(o);
    }
    assert_true(through > 1000 && refused > 1000);
}

static void header_lines_and_pauses_stay_within_their_bounds(void **state)
{
    static const char *const seeds[] = {"Retry-After: 120", "retry-after-ms: 1500.5",
                                        "Retry-After: Wed, 21 Oct 2026 07:28:00 GMT",
                                        "X-Request-Id: abc-123",
                                        "Content-Type: text/event-stream; charset=utf-8"};
    static const char *const names[] = {"retry-after", "retry-after-ms", "x-request-id",
                                        "content-type"};
    char text[ROOM];

    (void)state;
    for (int i = 0; i < 200000; i++) {
        size_t n = damaged(text, seeds[i % 5]), size = 0;
        const char *name = names[bd_random_below(&chance, 4)];
        const char *value = bd_header_value(text, n, name, &size);
        struct bd_error err;

        (void)(bd_header_check(text, n, &err) < 0);
        if (!value)
            continue;
        assert_true(value >= text && value + size <= text + n);
        assert_true(bd_header_retry_after(value, size, i % 2, 1790000000000) >= 0);
    }
}

static void addresses_are_judged_and_shown_within_bounds(void **state)
{
    static const char *const seeds[] = {
        "https://user:SECRET@api.example.com:8443/v1?key=SECRET#x",
        "http://127.0.0.1:8080/", "http://[::ffff:7f00:1]/v1", "http://2130706433/"};
    char text[ROOM], shown[256];

    (void)state;
    for (int i = 0; i < 30000; i++) {
        size_t n = damaged(text, seeds[i % 4]);

        text[n < ROOM ? n : ROOM - 1] = '\0';
        (void)bd_url_is_private(text);
        memset(shown, 'x', sizeof(shown));
        bd_url_mask(text, shown, sizeof(shown));
        assert_non_null(memchr(shown, '\0', sizeof(shown)));
    }
}

static int begin(void **state)
{
    bd_random_init(&chance, 20261126);
    return make_folder(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_ini_is_read_or_told_line_by_line),
        cmocka_unit_test(a_body_is_json_within_its_limits_or_refused),
        cmocka_unit_test(header_lines_and_pauses_stay_within_their_bounds),
        cmocka_unit_test(addresses_are_judged_and_shown_within_bounds),
    };

    return cmocka_run_group_tests(tests, begin, remove_folder);
}
