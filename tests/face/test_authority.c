/* tests/face/test_authority.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "face/authority.h"

static void a_host_is_read_with_its_port(void **state)
{
    static const struct {
        const char *text, *host; /* host NULL: refused */
        unsigned port;
    } cases[] = {
        {"localhost", "localhost", 0},
        {"LocalHost:8731", "localhost", 8731},
        {"127.0.0.1:1", "127.0.0.1", 1},
        {"[::1]", "[::1]", 0},
        {"[::1]:65535", "[::1]", 65535},
        {"[2001:DB8::1]:80", "[2001:db8::1]", 80},
        {"[::ffff:127.0.0.1]", "[::ffff:127.0.0.1]", 0},
        {"my_host-1.example", "my_host-1.example", 0},
        {"", NULL, 0},
        {":80", NULL, 0},
        {"h:", NULL, 0},
        {"h:0", NULL, 0},
        {"h:65536", NULL, 0},
        {"h:123456", NULL, 0},
        {"h:8a", NULL, 0},
        {"h:80:80", NULL, 0},
        {"h:+80", NULL, 0},
        {"user@localhost", NULL, 0},
        {"localhost/", NULL, 0},
        {"local host", NULL, 0},
        {" localhost", NULL, 0},
        {"localhost ", NULL, 0},
        {"localhost\r\nX: y", NULL, 0},
        {"::1", NULL, 0},
        {"[]", NULL, 0},
        {"[::1", NULL, 0},
        {"[::1]x", NULL, 0},
        {"[localhost]", NULL, 0},
        {"h%2f", NULL, 0},
        {"\xe5\x93\x81", NULL, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bd_authority a;
        bool ok = bd_authority_parse(cases[i].text, strlen(cases[i].text), &a);

        if (ok != (cases[i].host != NULL))
            fail_msg("'%s'", cases[i].text);
        if (ok) {
            assert_string_equal(a.host, cases[i].host);
            assert_int_equal(a.port, cases[i].port);
        }
    }
}

static void the_longest_name_has_253_bytes(void **state)
{
    char name[300];
    struct bd_authority a;

    (void)state;
    memset(name, 'h', sizeof(name));
    assert_true(bd_authority_parse(name, 253, &a));
    assert_false(bd_authority_parse(name, 254, &a));
}

static void an_origin_is_a_scheme_and_a_host_and_nothing_else(void **state)
{
    static const struct {
        const char *text;
        unsigned port, standard; /* standard 0: refused */
    } cases[] = {
        {"http://localhost", 0, 80},
        {"HTTPS://localhost:8731", 8731, 443},
        {"http://[::1]:8731", 8731, 80},
        {"null", 0, 0},
        {"", 0, 0},
        {"http://", 0, 0},
        {"http://localhost/", 0, 0},
        {"http://localhost:8731/x", 0, 0},
        {"http://localhost http://evil.example", 0, 0},
        {"file://localhost", 0, 0},
        {"chrome-extension://localhost", 0, 0},
        {"localhost:8731", 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bd_authority a;
        unsigned standard = 0;
        bool ok = bd_authority_parse_origin(cases[i].text, &a, &standard);

        if (ok != (cases[i].standard != 0))
            fail_msg("'%s'", cases[i].text);
        if (ok) {
            assert_int_equal(a.port, cases[i].port);
            assert_int_equal(standard, cases[i].standard);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_host_is_read_with_its_port),
        cmocka_unit_test(the_longest_name_has_253_bytes),
        cmocka_unit_test(an_origin_is_a_scheme_and_a_host_and_nothing_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
