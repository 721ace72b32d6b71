/* sim/shapes.h - as reply.h, for asks that came by a protocol of their own
 * (sim_ask.other). */
#ifndef SIM_SHAPES_H
#define SIM_SHAPES_H

#include "sim/reply.h"

void sim_shape_body(struct bd_buf *out, const struct sim_reply *r);
void sim_shape_first(struct bd_buf *out, const struct sim_reply *r);
void sim_shape_delta(struct bd_buf *out, const struct sim_reply *r, const char *s,
                     size_t n, bool thinking);
void sim_shape_last(struct bd_buf *out, const struct sim_reply *r);

#endif
