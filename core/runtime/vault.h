/* runtime/vault.h - keys out of the environment, where every process of the user sees
 * them. [main]
 *
 * The first read of a variable moves its value into the arena and overwrites the bytes in
 * the environment with one '*', so that neither /proc/self/environ nor a program started
 * from here shows it. Later reads, of the next generation, come from the vault. A
 * variable that is set anew is taken anew, one that is unset is forgotten. Values longer
 * than a key may be stay where they are: they are refused anyway. A child of fork() has
 * an empty vault. What the parent process keeps (a shell's own copy) is not ours to wipe.
 */
#ifndef BD_RUNTIME_VAULT_H
#define BD_RUNTIME_VAULT_H

#include <stddef.h>

#include "base/fail.h"

/* The value, lent until the variable's next read; "" if it is empty, NULL if it is not
 * set. -1 when there is no room for it. */
int bd__vault_read(const char **out, const char *variable, size_t max_bytes,
                   struct bd_error *err) BD_MUST_CHECK;

#endif
