/* domain/record.h - a request with its cells: what reports are made of. [owner] */
#ifndef BD_DOMAIN_RECORD_H
#define BD_DOMAIN_RECORD_H

#include "domain/cell.h"

/* What became of a model's provider while the diagnosis ran. */
struct bd_model_state {
    char breaker[12]; /* of its connection, at the end: "closed" "open" "half_open"; "" if
                         not known */
    int opened;       /* how often any of its breakers opened */
    int keys_open;    /* its models and brands whose breaker is not closed at the end */
    int hedges;       /* second calls, because nothing came of the first for long */
};

struct bd_record { /* a diagnosis that is over, or as far as it has come */
    char id[40];
    int64_t created_ms; /* Unix milliseconds */
    int64_t elapsed_ms;
    int deadline_ms;
    struct bd_inquiry inquiry;
    struct bd_cell *cells; /* one per task, in report order; all of them */
    size_t cell_count;
    struct bd_model_state *states; /* one per model of the inquiry; NULL = not known */
    bool interrupted;              /* ended by Ctrl-C or a stop */
};

void bd_record_init(struct bd_record *rec);
void bd_record_free(struct bd_record *rec);

#endif
