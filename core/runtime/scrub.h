/* runtime/scrub.h - makes what a plugin wrote safe to keep and to show. [any] */
#ifndef BD_RUNTIME_SCRUB_H
#define BD_RUNTIME_SCRUB_H

#include <stddef.h>

#include "base/buf.h"
#include "bd/error.h"

/* An error as it may be shown, logged and stored: terminated strings of whole
 * characters on one line, a type we know (else BD_ERR_PROTOCOL), a source, a time. A
 * word in the message that looks like a key becomes "****". */
void bd_scrub_error(struct bd_error *err, const char *source);

/* Replaces what is no UTF-8 from byte `from` on, so that the text is always whole
 * characters. -1 when the buffer's limit forbids it; the tail is dropped then and
 * text->failed set. */
int bd_scrub_tail(struct bd_buf *text, size_t from);

#endif
