/* tests/domain/test_link.c - addresses in one spelling, and what no address is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "domain/reading/link.h"
#include "domain/reading/punycode.h"

static void reads(const char *s, const char *url, const char *host)
{
    struct bd_link l;

    if (!bd_link_read(&l, s, strlen(s)))
        fail_msg("%s is no address", s);
    assert_string_equal(l.url, url);
    assert_string_equal(l.host, host);
}

static void one_page_has_one_spelling(void **state)
{
    (void)state;
    reads("https://A.Example/B?q=1&utm_source=x&UTM_medium=y&r=2#top",
          "https://a.example/B?q=1&r=2", "a.example");
    reads("HTTP://a.example:8080/?utm_id=1", "http://a.example:8080/", "a.example");
    reads("https://zhihu.com:pass@evil.example/x", "https://evil.example/x",
          "evil.example");
    reads("www.a.example", "https://www.a.example", "www.a.example");
    reads("a.example./x", "https://a.example/x", "a.example");
    reads("https://10.0.0.1/x", "https://10.0.0.1/x", "10.0.0.1");
    reads("https://[2001:db8::1]:8/x", "https://[2001:db8::1]:8/x", "[2001:db8::1]");
    reads("https://a.example/小米 \"<\x01",
          "https://a.example/%E5%B0%8F%E7%B1%B3%20%22%3C%01", "a.example");
}

/* The names of RFC 3492, section 7.1 (B), RFC 5891 and the registries' own examples. */
static void international_hosts_are_punycode(void **state)
{
    char out[64];

    (void)state;
    reads("https://例子.中国/a", "https://xn--fsqu00a.xn--fiqs8s/a",
          "xn--fsqu00a.xn--fiqs8s");
    reads("https://BÜCHER.example", "https://xn--bcher-kva.example",
          "xn--bcher-kva.example");
    reads("https://ｑｑ。com/", "https://qq.com/", "qq.com");
    reads("https://XN--FSQU00A.cn", "https://xn--fsqu00a.cn", "xn--fsqu00a.cn");
    assert_true(bd_punycode_label("他们为什么不说中文", 27, out));
    assert_string_equal(out, "xn--ihqwcrb4cv8a8dqg056pqjye");
    assert_false(bd_punycode_label("\xff\xfe", 2, out));
    assert_false(bd_punycode_label("", 0, out));
}

static void anything_else_is_no_address(void **state)
{
    static const char *const others[] = {
        "",
        "javascript:alert(1)",
        "javascript://a.example/%0aalert(1)",
        "data:text/html,x",
        "mailto:a@b.example",
        "ftp://a.example",
        "file:///etc/passwd",
        "https://",
        "https:///x",
        "https://a",
        "https://a..b/",
        "https://-a.example",
        "https://a b.example",
        "https://a.example:80x/",
        "https://a.1",
        "https://1.2.3/",
        "知乎",
        "https://[javascript:x]/",
        "https://\xff.example/",
    };
    struct bd_link l;

    (void)state;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (bd_link_read(&l, others[i], strlen(others[i])))
            fail_msg("%s is read as %s", others[i], l.url);
}

static void what_is_too_long_is_none(void **state)
{
    char s[4096] = "https://a.example/";
    struct bd_link l;

    (void)state;
    memset(s + 18, 'a', BD_LINK_BYTES - 18);
    assert_true(bd_link_read(&l, s, BD_LINK_BYTES));
    s[BD_LINK_BYTES] = 'a';
    assert_false(bd_link_read(&l, s, BD_LINK_BYTES + 1));
    memset(s + 8, 'a', 64);
    assert_false(bd_link_read(&l, s, 80));
}

static void plain_addresses_end_where_the_prose_goes_on(void **state)
{
    static const struct {
        const char *s;
        size_t all, last;
    } cases[] = {
        {"https://a.example/b了解更多", 19, 19},
        {"https://a.example/b。", 19, 19},
        {"https://a.example/b).", 21, 19},
        {"https://a.example/b_(c) x", 23, 23},
        {"https://a.example/b**", 21, 19},
        {"www.a.example, x", 14, 13},
        {"http://例子.中国/a，x", 22, 22},
        {"https://a.example/b】", 19, 19},
        {"https://", 0, 0},
        {"http", 0, 0},
        {"wwwx", 0, 0},
        {"", 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size_t last = 99, n = strlen(cases[i].s);

        if (bd_link_span(cases[i].s, n, &last) != cases[i].all)
            fail_msg("%s", cases[i].s);
        if (cases[i].all)
            assert_int_equal(last, cases[i].last);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_page_has_one_spelling),
        cmocka_unit_test(international_hosts_are_punycode),
        cmocka_unit_test(anything_else_is_no_address),
        cmocka_unit_test(what_is_too_long_is_none),
        cmocka_unit_test(plain_addresses_end_where_the_prose_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
