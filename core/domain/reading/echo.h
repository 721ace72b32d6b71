/* domain/reading/echo.h - mentions that only repeat the question, or say what will be
 * told. [any] Pure. */
#ifndef BD_DOMAIN_ECHO_H
#define BD_DOMAIN_ECHO_H

#include "domain/reading/passage.h"

/* "You asked about X", "about X:", "here are alternatives to X": is nothing said of X
 * there? h is a mention in clause `clause` (index). Looks at 240 bytes around it. */
bool bd_echo_only(const struct bd_passage *p, const struct bd_hit *h, size_t clause);

#endif
