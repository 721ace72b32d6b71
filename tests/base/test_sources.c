/* The pages that a search returned: which are kept, and how they are stored. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/sources.h"

static void add(struct bd_sources *s, const char *url, const char *title)
{
    const struct bd_web_page page = {.url = url, .title = title};

    assert_int_equal(bd_sources_add(s, &page), 0);
}

static void only_addresses_of_the_web_are_kept(void **state)
{
    static const char *const others[] = {NULL,
                                         "",
                                         "ftp://example.com/a",
                                         "javascript:alert(1)",
                                         "example.com",
                                         "httpx://example.com"};
    struct bd_sources s = {0};

    (void)state;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        add(&s, others[i], "t");
    assert_int_equal(s.count, 0);
    add(&s, "https://example.com/a", NULL);
    add(&s, "HTTP://example.com/b", "b");
    assert_int_equal(s.count, 2);
    assert_string_equal(s.at[0].title, "");
    assert_string_equal(s.at[1].url, "HTTP://example.com/b");
    bd_sources_free(&s);
    assert_int_equal(s.count, 0);
}

static void an_address_is_kept_once_and_in_its_place(void **state)
{
    struct bd_sources s = {0};

    (void)state;
    add(&s, "https://a.example.com/", "first");
    add(&s, "https://b.example.com/", "second");
    add(&s, "https://a.example.com/", "again");
    assert_int_equal(s.count, 2);
    assert_string_equal(s.at[0].title, "first");
    assert_string_equal(s.at[1].title, "second");
    bd_sources_free(&s);
}

static void there_are_never_more_than_the_limit(void **state)
{
    struct bd_sources s = {0};
    char url[64];

    (void)state;
    for (int i = 0; i < BD_SOURCES_MAX + 20; i++) {
        snprintf(url, sizeof(url), "https://example.com/%d", i);
        add(&s, url, "t");
    }
    assert_int_equal(s.count, BD_SOURCES_MAX);
    assert_string_equal(s.at[BD_SOURCES_MAX - 1].url, "https://example.com/99");
    bd_sources_free(&s);
}

static void strings_are_made_fit_to_be_shown(void **state)
{
    static char title[3 * BD_SOURCE_BYTES];
    struct bd_sources s = {0};
    const struct bd_web_page page = {
        .url = "https://example.com/",
        .title = "a\nb\tc\x1b[31md\xff",
        .site = title,
        .mark = "ref_1",
    };

    (void)state;
    for (size_t i = 0; i + 3 < sizeof(title); i += 3)
        memcpy(title + i, "\xe6\xb1\xbd", 4);
    assert_int_equal(bd_sources_add(&s, &page), 0);
    assert_string_equal(s.at[0].title, "a b cd\xef\xbf\xbd");
    assert_int_equal(strlen(s.at[0].site), BD_SOURCE_BYTES / 3 * 3);
    assert_string_equal(s.at[0].mark, "ref_1");
    bd_sources_free(&s);
}

static void stored_sources_come_back_as_they_were(void **state)
{
    const struct bd_web_page full = {.url = "https://example.com/1",
                                     .title = "20万级评测",
                                     .site = "示例汽车网",
                                     .mark = "ref_1"};
    struct bd_sources s = {0}, copy, back;
    json_t *list;

    (void)state;
    assert_int_equal(bd_sources_add(&s, &full), 0);
    add(&s, "https://example.com/2", "");
    list = bd_sources_to_json(&s);
    assert_null(json_object_get(json_array_get(list, 1), "title"));
    assert_int_equal(bd_sources_from_json(&back, list), 0);
    assert_int_equal(bd_sources_copy(&copy, &s), 0);
    for (size_t i = 0; i < 2; i++) {
        assert_string_equal(back.at[i].url, s.at[i].url);
        assert_string_equal(back.at[i].title, s.at[i].title);
        assert_string_equal(back.at[i].site, s.at[i].site);
        assert_string_equal(back.at[i].mark, s.at[i].mark);
        assert_string_equal(copy.at[i].url, s.at[i].url);
    }
    json_decref(list);
    bd_sources_free(&s);
    bd_sources_free(&copy);
    bd_sources_free(&back);
}

static void what_is_no_list_of_sources_is_an_empty_one(void **state)
{
    static const char *const wrong[] = {"null", "{}", "\"x\"",
                                        "[1, null, {}, {\"url\": 3}]"};
    struct bd_sources s;

    (void)state;
    assert_int_equal(bd_sources_from_json(&s, NULL), 0);
    assert_int_equal(s.count, 0);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        json_t *v = json_loads(wrong[i], JSON_DECODE_ANY, NULL);

        assert_int_equal(bd_sources_from_json(&s, v), 0);
        assert_int_equal(s.count, 0);
        json_decref(v);
        bd_sources_free(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_addresses_of_the_web_are_kept),
        cmocka_unit_test(an_address_is_kept_once_and_in_its_place),
        cmocka_unit_test(there_are_never_more_than_the_limit),
        cmocka_unit_test(strings_are_made_fit_to_be_shown),
        cmocka_unit_test(stored_sources_come_back_as_they_were),
        cmocka_unit_test(what_is_no_list_of_sources_is_an_empty_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
