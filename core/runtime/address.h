/* runtime/address.h - is this address inside our own network? [any] */
#ifndef BD_RUNTIME_ADDRESS_H
#define BD_RUNTIME_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

/* Loopback, private, link-local (with the cloud's metadata services), carrier NAT, unique
 * local, multicast, reserved, and everything that only wraps an IPv4 address. Also true
 * for families other than IPv4 and IPv6: what we do not know is not public. */
bool bd_address_private(const struct sockaddr *a);
/* The same of "10.0.0.1" or "fe80::1"; true for what is no address. */
bool bd_address_private_text(const char *text);

#endif
