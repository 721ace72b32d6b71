/* runtime/secret.h - a provider's key: from where it is kept to where it is sent.
 *
 * Keys are never in the INI. They are read once a generation (one that is built again
 * from another gets copies) and wiped when it ends, and lie in memory that is neither
 * dumped nor swapped (runtime/arena.h). The first read of a variable takes the key out of
 * the environment (runtime/vault.h). [main] */
#ifndef BD_RUNTIME_SECRET_H
#define BD_RUNTIME_SECRET_H

#include <stddef.h>

#include "base/fail.h"

#define BD__SECRET_MAX 4096 /* bytes */

/* Both give a NUL-terminated copy that bd_secret_free() wipes. The error's code is
 * ENOENT when there is no key (variable unset or empty, no such file): that is for the
 * day the key is needed. Any other code means a key that must not or cannot be used:
 * larger than 4 KiB, other characters than ASCII without blanks, a file that others
 * may read or that is not root's or ours. No message holds a byte of a key. */
int bd_secret_env(char **out, const char *variable, struct bd_error *err) BD_MUST_CHECK;
/* One newline at the end of the file is not part of the key. */
int bd_secret_file(char **out, const char *path, struct bd_error *err) BD_MUST_CHECK;
/* Another copy, for the next generation. */
int bd_secret_copy(char **out, const char *secret, struct bd_error *err) BD_MUST_CHECK;
/* Wipes it. NULL is fine. */
void bd_secret_free(char *secret);

/* "sk-...f3a9" for people: the last 4 characters, and a prefix up to the first '-' of at
 * most 6; "***" for keys shorter than 16. [any] */
void bd_secret_mask(const char *secret, char *out, size_t size);

#endif
