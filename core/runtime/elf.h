/* runtime/elf.h - looking into a shared object before the dynamic linker runs it.
 *
 * dlopen() runs constructors before anything can be asked, maps a cut file and dies at
 * its first touch, and never unloads what was linked in certain ways. All that can be
 * seen beforehand. Trusts no number in the file. [any] */
#ifndef BD_RUNTIME_ELF_H
#define BD_RUNTIME_ELF_H

#include <stddef.h>

#include "base/fail.h"

/* image is the whole file. Refused, with the reason and a remedy: no ELF shared object
 * of this machine, cut, not unloadable (nodelete, unique symbols), static thread
 * storage, executable stack, libraries searched at $ORIGIN, no bd_plugin_v1. */
int bd__elf_check(const void *image, size_t size, struct bd_error *err) BD_MUST_CHECK;

#endif
