/* face/authority.c - see authority.h. */
#include "face/authority.h"

#include <string.h>
#include <strings.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char small(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c | 0x20); /* ASCII, whatever the locale */
    return c;
}

static bool in_name(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.';
}

static bool in_address6(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || c == ':' || c == '.';
}

/* How many of the n bytes are the host; 0 if they begin with none. */
static size_t host_bytes(const char *s, size_t n)
{
    size_t i = 0;

    if (n == 0 || s[0] != '[') {
        while (i < n && in_name(small(s[i])))
            i++;
        return i;
    }
    for (i = 1; i < n && in_address6(small(s[i]));)
        i++;
    return i > 2 && i < n && s[i] == ']' ? i + 1 : 0;
}

static bool parse_port(const char *s, size_t n, unsigned *out)
{
    unsigned port = 0;

    if (n == 0 || n > 5)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!is_digit(s[i]))
            return false;
        port = port * 10 + (unsigned)(s[i] - '0');
    }
    *out = port;
    return port >= 1 && port <= 65535;
}

bool bd_authority_parse(const char *s, size_t n, struct bd_authority *out)
{
    size_t host = host_bytes(s, n);

    *out = (struct bd_authority){.port = 0};
    if (host == 0 || host >= sizeof(out->host))
        return false;
    for (size_t i = 0; i < host; i++)
        out->host[i] = small(s[i]);
    if (host == n)
        return true;
    return s[host] == ':' && parse_port(s + host + 1, n - host - 1, &out->port);
}

bool bd_authority_parse_origin(const char *s, struct bd_authority *out,
                               unsigned *standard)
{
    bool tls = strncasecmp(s, "https://", 8) == 0;
    const char *rest = s + (tls ? 8 : 7);

    if (!tls && strncasecmp(s, "http://", 7) != 0)
        return false;
    *standard = tls ? 443 : 80;
    return bd_authority_parse(rest, strlen(rest), out);
}
