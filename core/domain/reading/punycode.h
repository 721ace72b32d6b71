/* domain/reading/punycode.h - international host names in ASCII (RFC 5891, UTS 46).
 * [any] */
#ifndef BD_DOMAIN_PUNYCODE_H
#define BD_DOMAIN_PUNYCODE_H

#include <stdbool.h>
#include <stddef.h>

/* Writes one label, folded in case and width, to out with its NUL: as it is if it is
 * ASCII, else as "xn--...". False if it is empty, over 63 bytes then, or no UTF-8. */
bool bd_punycode_label(const char *s, size_t n, char out[64]);

#endif
