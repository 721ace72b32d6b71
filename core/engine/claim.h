/* engine/claim.h - who works on a storage: many programs that run one diagnosis each, or
 * one that goes on with what others left.
 *
 * A lock on PATH.lock beside the storage's file, held by the process and gone with it,
 * however it ends. [main] */
#ifndef BD_ENGINE_CLAIM_H
#define BD_ENGINE_CLAIM_H

#include <stdbool.h>

#include "base/fail.h"

/* path NULL: a storage without a file needs none; *fd is -1 then. alone: nobody else may
 * hold one meanwhile, as nobody may while another is alone. Does not wait: BD_ERR_CONFIG
 * says who is there, and the remedy. */
int bd__claim(int *fd, const char *path, bool alone, struct bd_error *err) BD_MUST_CHECK;
void bd__claim_drop(int fd); /* -1 is fine */

#endif
