/* runtime/sections.h - what is wrong with an INI before any plugin is asked. [main] */
#ifndef BD_RUNTIME_SECTIONS_H
#define BD_RUNTIME_SECTIONS_H

#include "runtime/generation.h"
#include "runtime/ini.h"

/* Adds a problem for each section that there is not, with the nearest name, and what the
 * plan's check_provider has to say. */
void bd__sections_check(const struct bd_ini *ini, const struct bd_generation_plan *plan,
                        struct bd_problems *problems);

#endif
