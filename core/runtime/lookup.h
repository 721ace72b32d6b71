/* runtime/lookup.h - calls whose host's name is being looked up. [net] */
#ifndef BD_RUNTIME_LOOKUP_H
#define BD_RUNTIME_LOOKUP_H

#include "runtime/traffic.h"

/* KNOWN: the call has what CURLOPT_RESOLVE needs, or needs nothing. WAIT: it is among
 * t->waiting. FAILED: name_error says why. */
enum bd_name_state bd__lookup(struct bd__traffic *t, struct bd__call *c);

/* Takes it out of t->waiting, if it is there. */
void bd__lookup_leave(struct bd__traffic *t, struct bd__call *c);

#endif
