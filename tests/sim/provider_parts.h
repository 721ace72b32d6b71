/* sim/provider_parts.h - what provider.c and asked.c share. */
#ifndef SIM_PROVIDER_PARTS_H
#define SIM_PROVIDER_PARTS_H

#include "sim/provider.h"

/* The first objection stays. */
__attribute__((format(printf, 4, 5))) void sim_object(struct sim_objection *no,
                                                      const char *word, const char *param,
                                                      const char *fmt, ...);
void sim_read_messages(struct sim_ask *ask, const json_t *o, const char *key,
                       struct sim_objection *no);
void sim_check_range(const json_t *o, const char *key, double low, double high,
                     const char *word, struct sim_objection *no);
/* A body of the protocol that only searches speak; model and stream are read. */
void sim_read_other(struct sim_ask *ask, const json_t *o, struct sim_objection *no);

#endif
