/* tests/face/test_listener.c - addresses to listen on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "face/listener.h"

static struct bd_listener l;
static struct bd_error err;

static bool listens(const char *address)
{
    int rc = bd_listener_open(&l, address, &err);

    if (l.fd >= 0)
        close(l.fd);
    return rc == 0;
}

static void a_free_port_is_told(void **state)
{
    char url[64];

    (void)state;
    assert_true(listens("127.0.0.1:0"));
    assert_true(l.loopback && !l.six && l.port > 0);
    snprintf(url, sizeof(url), "http://127.0.0.1:%u", l.port);
    assert_string_equal(l.url, url);
    assert_true(listens("0.0.0.0:0"));
    assert_false(l.loopback);
}

static void what_is_no_address_is_refused_with_an_example(void **state)
{
    static const char *const wrong[] = {
        "",     "127.0.0.1", "127.0.0.1:",     ":8731",         "127.0.0.1:123456",
        "[]:1", "8731",      "127.0.0.1:http", "no such host:1"};

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_false(listens(wrong[i]));
        assert_int_equal(err.type, BD_ERR_CONFIG);
        assert_non_null(strstr(err.message, "[server] listen"));
        assert_int_equal(l.fd, -1);
    }
    assert_false(listens("8731"));
    assert_non_null(strstr(err.message, "127.0.0.1:8731"));
}

static void a_port_in_use_is_named(void **state)
{
    struct bd_listener first;
    char address[32];

    (void)state;
    assert_int_equal(bd_listener_open(&first, "127.0.0.1:0", &err), 0);
    snprintf(address, sizeof(address), "127.0.0.1:%u", first.port);
    assert_false(listens(address));
    assert_non_null(strstr(err.message, address));
    assert_non_null(strstr(err.message, "set another port"));
    close(first.fd);
    assert_false(listens("192.0.2.1:0")); /* nobody's: for documentation */
    assert_non_null(strstr(err.message, "no such address"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_free_port_is_told),
        cmocka_unit_test(what_is_no_address_is_refused_with_an_example),
        cmocka_unit_test(a_port_in_use_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
