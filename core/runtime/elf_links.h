/* runtime/elf_links.h - what the dynamic linker will link in a shared object, looked at
 * before it does.
 *
 * It believes what it reads: a relocation writes wherever it says, and a symbol's version
 * is an index into a list that is not looked at. In a damaged file such a number may do
 * no harm in one process and kill another, so that no trial tells. [any] */
#ifndef BD_RUNTIME_ELF_LINKS_H
#define BD_RUNTIME_ELF_LINKS_H

#include <stddef.h>

#include "base/fail.h"

/* After bd__elf_check() found nothing. Refuses relocations that write to what is not
 * mapped writable, and those of symbols outside of the file, without a name or with a
 * version that is in no list. */
int bd__elf_links_check(const void *image, size_t size,
                        struct bd_error *err) BD_MUST_CHECK;

#endif
