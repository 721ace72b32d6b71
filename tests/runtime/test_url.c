/* tests/runtime/test_url.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "runtime/url.h"

static void an_inner_address_is_known_in_every_spelling(void **state)
{
    static const struct {
        const char *url;
        bool inner;
    } cases[] = {
        {"https://127.0.0.1/v1", true},
        {"https://127.0.0.1:8443/v1", true},
        {"https://2130706433/", true},
        {"https://0x7f000001/", true},
        {"https://0x7f.1/", true},
        {"https://0x7F.0x0.0x0.0x1/", true},
        {"https://017700000001/", true},
        {"https://0177.0.0.1/", true},
        {"https://127.1/", true},
        {"https://127.0.1/", true},
        {"https://0/", true},
        {"https://%31%32%37.0.0.1/", true},
        {"https://[::1]/", true},
        {"https://[0:0:0:0:0:0:0:1]:443/", true},
        {"https://[::]/", true},
        {"https://[::ffff:127.0.0.1]/", true},
        {"https://[::ffff:7f00:1]/", true},
        {"https://[::127.0.0.1]/", true},
        {"https://[64:ff9b::7f00:1]/", true},
        {"https://[fe80::1]/", true},
        {"https://[fd00:ec2::254]/", true},
        {"https://10.0.0.1/", true},
        {"https://192.168.1.1/", true},
        {"https://169.254.169.254/latest", true},
        {"https://100.100.100.200/", true},
        {"https://0xa9fea9fe/", true},
        {"https://localhost/", true},
        {"https://LOCALHOST:443/", true},
        {"https://localhost./", true},
        {"https://api.localhost/", true},
        {"https://user@127.0.0.1/", true}, /* refused for another reason before */
        {"https://example.com@127.0.0.1/", true},
        {"https://8.8.8.8/", false},
        {"https://134744072/", false},
        {"https://[2606:4700::1111]/", false},
        {"https://api.openai.com/v1", false},
        {"https://api.openai.com.evil/v1", false}, /* a name like any other */
        {"https://127.0.0.1.nip.example/", false}, /* judged when it is looked up */
        {"https://notlocalhost/", false},
        {"https://localhost.example/", false},
        {"https://", false},
        {"", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (bd_url_is_private(cases[i].url) != cases[i].inner)
            fail_msg("%s", cases[i].url);
}

static void what_may_be_a_key_is_not_shown(void **state)
{
    static const char *const cases[][2] = {
        {"https://example.com/v1", "https://example.com/v1"},
        {"https://user:pw@example.com/v1", "https://***@example.com/v1"},
        {"https://pw@example.com@evil/v1", "https://***@evil/v1"},
        {"https://example.com/v1?key=pw", "https://example.com/v1?***"},
        {"https://example.com/#pw", "https://example.com/?***"},
        {"https://pw:pw@h?pw@x#pw", "https://***@h?***"},
        {"pw@h", "***@h"},
        {"ftp://u:pw@h/p@th", "ftp://***@th"},
        {"", ""},
    };
    char out[64];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        bd_url_mask(cases[i][0], out, sizeof(out));
        assert_string_equal(out, cases[i][1]);
        assert_null(strstr(out, "pw"));
    }
    bd_url_mask("https://user:pw@example.com/v1", out, 12);
    assert_string_equal(out, "https://***");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_inner_address_is_known_in_every_spelling),
        cmocka_unit_test(what_may_be_a_key_is_not_shown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
