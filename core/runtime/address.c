/* runtime/address.c - the special-purpose ranges of IANA that a call may not reach. */
#include "runtime/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct range {
    unsigned char first[16];
    int bits;
};

static const struct range inner4[] = {
    {{0}, 8},                 /* this network; 0.0.0.0 connects to the own host */
    {{10}, 8},                /* private */
    {{100, 64}, 10},          /* carrier NAT, and a cloud's metadata 100.100.100.200 */
    {{127}, 8},               /* loopback */
    {{168, 63, 129, 16}, 32}, /* a cloud's metadata */
    {{169, 254}, 16},         /* link-local, metadata 169.254.169.254 */
    {{172, 16}, 12},          /* private */
    {{192, 0, 0}, 24},        /* protocol assignments */
    {{192, 168}, 16},         /* private */
    {{198, 18}, 15},          /* benchmarks of inner networks */
    {{224}, 4},               /* multicast */
    {{240}, 4},               /* reserved, broadcast */
};

static const struct range inner6[] = {
    {{0}, 96},                                  /* ::, ::1, old IPv4-compatible */
    {{[10] = 0xff, [11] = 0xff}, 96},           /* IPv4-mapped */
    {{0x00, 0x64, 0xff, 0x9b, 0x00, 0x01}, 48}, /* local NAT64 */
    {{0x20, 0x01, 0x00, 0x00}, 32},             /* Teredo */
    {{0xfc}, 7},                                /* unique local */
    {{0xfe, 0x80}, 9},                          /* link-local, old site-local */
    {{0xff}, 8},                                /* multicast */
};

/* These wrap an IPv4 address, at this byte, and are as private as it is. */
static const struct {
    struct range range;
    int at;
} wraps[] = {
    {{{0x00, 0x64, 0xff, 0x9b}, 96}, 12}, /* NAT64 */
    {{{0x20, 0x02}, 16}, 2},              /* 6to4 */
};

static bool within(const unsigned char *a, const struct range *r)
{
    int bytes = r->bits / 8, rest = r->bits % 8;

    if (memcmp(a, r->first, (size_t)bytes) != 0)
        return false;
    return rest == 0 || ((a[bytes] ^ r->first[bytes]) >> (8 - rest)) == 0;
}

static bool any(const unsigned char *a, const struct range *ranges, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (within(a, &ranges[i]))
            return true;
    return false;
}

static bool private4(const unsigned char *a)
{
    return any(a, inner4, sizeof(inner4) / sizeof(inner4[0]));
}

static bool private6(const unsigned char *a)
{
    for (size_t i = 0; i < sizeof(wraps) / sizeof(wraps[0]); i++)
        if (within(a, &wraps[i].range))
            return private4(a + wraps[i].at);
    return any(a, inner6, sizeof(inner6) / sizeof(inner6[0]));
}

bool bd_address_private(const struct sockaddr *a)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    /* Copied: the caller's bytes may be aligned for struct sockaddr alone. */
    if (a->sa_family == AF_INET) {
        memcpy(&v4, a, sizeof(v4));
        return private4((const unsigned char *)&v4.sin_addr);
    }
    if (a->sa_family == AF_INET6) {
        memcpy(&v6, a, sizeof(v6));
        return private6(v6.sin6_addr.s6_addr);
    }
    return true;
}

bool bd_address_private_text(const char *text)
{
    unsigned char a[16];

    if (inet_pton(AF_INET, text, a) == 1)
        return private4(a);
    if (inet_pton(AF_INET6, text, a) == 1)
        return private6(a);
    return true;
}
