/* domain/reading/link.h - one address on the web, in one spelling. [any] Pure.
 *
 * http and https only; of anything else (javascript:, data:, mailto:) there is nothing.
 * The scheme and host are in small letters, an international host is in punycode (RFC
 * 3492), user and password are gone, so are the fragment, parameters that begin with
 * utm_, and what is no ASCII is %-escaped. An address without a scheme is taken as
 * https. */
#ifndef BD_DOMAIN_LINK_H
#define BD_DOMAIN_LINK_H

#include <stdbool.h>
#include <stddef.h>

enum { BD_LINK_BYTES = 2048, BD_LINK_HOST_BYTES = 253 };

struct bd_link {
    char url[BD_LINK_BYTES + 1];
    char host[BD_LINK_HOST_BYTES + 1]; /* without port; an IPv6 one in its brackets */
};

/* Reads the address that s is, all n bytes of it. False: it is none, or too long. */
bool bd_link_read(struct bd_link *out, const char *s, size_t n);

/* Bytes of an address that begins at s ("http://", "https://", "www.") and is not set
 * off by brackets: up to a blank, a quote or what is no ASCII, but for letters of an
 * international host. *last: without what ends a sentence or bracket behind it. 0 if
 * none begins there. */
size_t bd_link_span(const char *s, size_t n, size_t *last);

#endif
