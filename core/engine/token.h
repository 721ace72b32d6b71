/* engine/token.h - the token that clients of the server show.
 *
 * Only its SHA-256 digest is kept. Digests are compared, in constant time: how long it
 * takes says nothing about how much of a guess was right. */
#ifndef BD_ENGINE_TOKEN_H
#define BD_ENGINE_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fail.h"

#define BD_TOKEN_MIN 32 /* bytes; `openssl rand -hex 32` gives 64 */
#define BD_TOKEN_MAX 4096

struct bd_token {
    unsigned char digest[32];
};

/* [main] Reads it from a file as keys are read: of root or us, closed to others, at least
 * 32 characters of ASCII without blanks, a newline at the end does not count. The error
 * is BD_ERR_CONFIG, with the remedy. */
int bd_token_read(struct bd_token *out, const char *path,
                  struct bd_error *err) BD_MUST_CHECK;

/* [any] Are these n bytes the token? */
bool bd_token_matches(const struct bd_token *t, const char *shown, size_t n);

#endif
