/* face/versus.h - two stored diagnoses side by side: `report ID --compare OTHER`. [main]
 */
#ifndef BD_FACE_VERSUS_H
#define BD_FACE_VERSUS_H

#include "face/ask.h"

/* What has changed from the stored diagnosis `before` to rec, as o->format says. The exit
 * code: 0, 2 where nothing of the two can be compared, 1 for anything else. */
int bd_versus(struct bd_engine *e, const struct bd_record *rec, const char *before,
              const struct bd_ask_options *o);

#endif
