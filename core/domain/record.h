/* domain/record.h - a request with its cells: what reports are made of. [owner] */
#ifndef BD_DOMAIN_RECORD_H
#define BD_DOMAIN_RECORD_H

#include "domain/cell.h"

struct bd_record { /* a diagnosis that is over, or as far as it has come */
    char id[40];
    int64_t created_ms; /* Unix milliseconds */
    int64_t elapsed_ms;
    int deadline_ms;
    struct bd_inquiry inquiry;
    struct bd_cell *cells; /* one per task, in report order; all of them */
    size_t cell_count;
    bool interrupted; /* ended by Ctrl-C or a stop */
};

void bd_record_init(struct bd_record *rec);
void bd_record_free(struct bd_record *rec);

#endif
