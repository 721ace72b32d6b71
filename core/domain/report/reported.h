/* domain/report/reported.h - which model says that it answered. [any] Pure.
 *
 * Never another model's answer under this one's name: where the two differ, the report
 * says so. Services also give the plain name its date ("qwen-plus" answers as
 * "qwen-plus-2025-12-01"), which is worth a word and no worry. */
#ifndef BD_DOMAIN_REPORTED_H
#define BD_DOMAIN_REPORTED_H

#include "base/buf.h"
#include "domain/record.h"

enum bd_reported_kind {
    BD_REPORTED_SAME,  /* but for upper and lower case */
    BD_REPORTED_DATED, /* one is the other with a date, or "latest", behind it */
    BD_REPORTED_OTHER  /* another model, as far as names tell */
};

enum bd_reported_kind bd_reported_compare(const char *asked, const char *reported);

struct bd_reported {
    const char *name; /* the record's */
    enum bd_reported_kind kind;
    int replies; /* that name it, failed ones too */
};

#define BD_REPORTED_MAX 8 /* the report lists no more names of a column */

/* The names in that column that are not the one that was asked for, each once, in the
 * order of the cells. *told: how many replies name any model. */
size_t bd_reported_others(const struct bd_record *rec, int model,
                          struct bd_reported out[BD_REPORTED_MAX], int *told);

/* Appends a sentence with both names. -1 when out is full. */
int bd_reported_say(struct bd_buf *out, const struct bd_record *rec, int model,
                    const struct bd_reported *r, int told, bool zh);

#endif
