/* face/authority.h - "host:port", and whether it is us. [any] */
#ifndef BD_FACE_AUTHORITY_H
#define BD_FACE_AUTHORITY_H

#include <stdbool.h>
#include <stddef.h>

struct bd_authority {
    char host[254]; /* in small letters; IPv6 in brackets */
    unsigned port;  /* 0: none was given */
};

/* Letters, digits, '-', '_' and '.', or an IPv6 address in brackets; then a port or
 * nothing. false if it is anything else: a user, a blank, an empty port. */
bool bd_authority_parse(const char *s, size_t n, struct bd_authority *out);

/* "http://host:port" or "https://host"; *standard is the scheme's port. */
bool bd_authority_parse_origin(const char *s, struct bd_authority *out,
                               unsigned *standard);

#endif
