/* domain/reading/series.h - names in a row within a text: "such as A, B and C". [any] */
#ifndef BD_DOMAIN_SERIES_H
#define BD_DOMAIN_SERIES_H

#include "domain/reading/naming.h"

enum { BD_SERIES = 16 };

struct bd_series {
    struct bd_span_u32 at[BD_SERIES];
    int count;
    bool open;   /* "... and others" behind the last */
    bool marked; /* the first stands in bold or in quotation marks */
    bool clean;  /* the sentence or clause ends behind the last */
    bool latin;  /* all are in Latin letters, with capitals where they are not marked */
    size_t end;  /* behind what was read, in the fold */
};

/* The names that begin at the folded byte `from`, blanks and marks passed over; the
 * first that is no name ends the row. */
struct bd_series bd_series_read(const struct bd_passage *p, size_t from, size_t end);

/* The same behind what is to be done with them: "look at A or B". */
struct bd_series bd_series_chosen(const struct bd_passage *p, size_t from, size_t end);

/* `from`, or behind a cue that stands there. */
size_t bd_series_begin(const struct bd_passage *p, size_t from, size_t end);

/* Where a row may begin in [from, end): behind "such as", "for example", "including"
 * outside brackets. `end` if nowhere. */
size_t bd_series_cue(const struct bd_passage *p, size_t from, size_t end);

#endif
