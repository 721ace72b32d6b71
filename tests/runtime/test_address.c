#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/socket.h>
#include <sys/un.h>

#include "runtime/address.h"

static void inner_and_outer_addresses_are_told_apart(void **state)
{
    static const struct {
        const char *text;
        bool inner;
    } cases[] = {
        {"8.8.8.8", false},
        {"1.0.0.1", false},
        {"9.255.255.255", false},
        {"11.0.0.0", false},
        {"100.63.255.255", false},
        {"100.128.0.0", false},
        {"126.255.255.255", false},
        {"128.0.0.1", false},
        {"172.15.255.255", false},
        {"172.32.0.0", false},
        {"192.167.255.255", false},
        {"192.169.0.0", false},
        {"198.17.255.255", false},
        {"198.20.0.0", false},
        {"223.255.255.255", false},
        {"0.0.0.0", true},
        {"10.0.0.1", true},
        {"10.255.255.255", true},
        {"100.64.0.0", true},
        {"100.100.100.200", true},
        {"100.127.255.255", true},
        {"127.0.0.1", true},
        {"127.255.255.254", true},
        {"168.63.129.16", true},
        {"169.254.169.254", true},
        {"172.16.0.0", true},
        {"172.31.255.255", true},
        {"192.168.0.1", true},
        {"198.18.0.1", true},
        {"198.19.255.255", true},
        {"224.0.0.1", true},
        {"255.255.255.255", true},
        {"2606:4700::1111", false},
        {"2001:4860:4860::8888", false},
        {"64:ff9b::808:808", false},
        {"2002:808:808::1", false},
        {"::", true},
        {"::1", true},
        {"::127.0.0.1", true},
        {"::ffff:127.0.0.1", true},
        {"::ffff:8.8.8.8", true},
        {"64:ff9b::7f00:1", true},
        {"64:ff9b:1::808:808", true},
        {"2002:7f00:1::1", true},
        {"2001:0:1::1", true},
        {"fc00::1", true},
        {"fd00:ec2::254", true},
        {"fe80::1", true},
        {"fec0::1", true},
        {"ff02::1", true},
        {"example.com", true},
        {"", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (bd_address_private_text(cases[i].text) != cases[i].inner)
            fail_msg("%s", cases[i].text);
}

static void an_unknown_family_is_not_public(void **state)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};

    (void)state;
    assert_true(bd_address_private((struct sockaddr *)&a));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inner_and_outer_addresses_are_told_apart),
        cmocka_unit_test(an_unknown_family_is_not_public),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
