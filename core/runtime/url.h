/* runtime/url.h - what a configured URL leads to. [any] */
#ifndef BD_RUNTIME_URL_H
#define BD_RUNTIME_URL_H

#include <stdbool.h>
#include <stddef.h>

/* Does it name, in whatever spelling (127.1, 0x7f000001, 2130706433, [::ffff:7f00:1]), an
 * address of our own network, or localhost? curl's own parser says what the host is, so
 * that what is judged is what would be called. False for names that are looked up: what
 * they lead to is judged at each connection, when it is known (runtime/transfer.c). */
bool bd_url_is_private(const char *url);

/* The URL as it may be shown although it is wrong: without user, password, query and
 * fragment, which may be keys. */
void bd_url_mask(const char *url, char *out, size_t size);

#endif
