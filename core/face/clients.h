/* face/clients.h - who has asked how often, by address.
 *
 * Two buckets an address: requests (rate a second, up to burst at once) and failures (10
 * a minute). IPv6 addresses of one /64 are one client: they are one customer's. At most
 * 1024 addresses are known; past that the one seen longest ago is forgotten.
 *
 * A value with a lock and no clock: now_ms is monotonic. [any] */
#ifndef BD_FACE_CLIENTS_H
#define BD_FACE_CLIENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fail.h"

#define BD_CLIENTS_MAX      1024
#define BD_CLIENTS_FAILURES 10 /* a minute */

struct bd_clients;

/* rate: requests a second; burst: at once after a pause. Both above 0. */
int bd_clients_new(struct bd_clients **out, int32_t rate, int32_t burst,
                   struct bd_error *err) BD_MUST_CHECK;
void bd_clients_free(struct bd_clients *c); /* NULL is fine */

/* A request has come. 0: go on; else so many seconds until the next is welcome.
 * Loopback is not limited. */
int32_t bd_clients_request(struct bd_clients *c, const char *address, int64_t now_ms);

/* A token was wrong. 0: one of the first 10 in a minute; else seconds as above. */
int32_t bd_clients_failure(struct bd_clients *c, const char *address, int64_t now_ms);

/* Is it this machine? NULL, a peer without an address (a Unix socket), is. Neither a name
 * nor "127.1": only what inet_pton() takes. */
bool bd_clients_is_loopback(const char *address);

#endif
