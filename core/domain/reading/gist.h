/* domain/reading/gist.h - what was read in an answer, in short: kept with the stored
 * cell, so that a later version can tell what its rules read otherwise. [owner]
 *
 * It holds what figures are made of and nothing that can be looked up in the text: no
 * spans, no warnings. At most some 6 KB as JSON, whatever the answer. */
#ifndef BD_DOMAIN_GIST_H
#define BD_DOMAIN_GIST_H

#include "domain/reading/observation.h"

enum { BD_GIST_FOUND = 24, BD_GIST_NAME_BYTES = 80 }; /* untracked names kept; of each */

struct bd_gist_brand {
    enum bd_known mentioned;
    enum bd_mention type;
    int rank, order;  /* 0 = none */
    double sentiment; /* NaN = none */
};

struct bd_gist {
    int rules; /* BD_READING_RULES of whoever read it */
    bool refused;
    struct bd_gist_brand *brands; /* as many as the request has */
    size_t brand_count;
    char (*found)[BD_GIST_NAME_BYTES + 1]; /* the first ones of those nobody tracks */
    size_t found_count;
};

/* As it is read today. NULL when memory is short. */
struct bd_gist *bd_gist_of(const struct bd_observation *o);
void bd_gist_free(struct bd_gist *g); /* NULL is fine */

/* {"rules":1, "refused":false, "brands":[[mentioned, "type", rank, order, sentiment]...],
 * "found":["name"...]}, and back: NULL where there is none, or a damaged one (of another
 * number of brands among them): that is no reason not to load an answer. */
json_t *bd_gist_json(const struct bd_gist *g);
struct bd_gist *bd_gist_from_json(const json_t *o, size_t brand_count);

enum bd_gist_what {
    BD_GIST_REFUSED,   /* 0, 1 */
    BD_GIST_MENTIONED, /* enum bd_known */
    BD_GIST_TYPE,      /* enum bd_mention */
    BD_GIST_RANK,      /* 0 = none */
    BD_GIST_ORDER,     /* 0 = none */
    BD_GIST_SENTIMENT, /* NaN = none */
    BD_GIST_NAME       /* one that nobody tracks: 0 not found, 1 found */
};

struct bd_gist_change { /* lent for the call */
    enum bd_gist_what what;
    int brand;        /* index; -1: of the whole answer, or of `name` */
    const char *name; /* BD_GIST_NAME only */
    double was, is;
};

typedef void bd_gist_change_fn(void *arg, const struct bd_gist_change *c);

/* How many things `is` has otherwise than `was`; each is told to fn (NULL: only
 * counted), those of the answer first, then brand by brand. */
int bd_gist_differ(const struct bd_gist *was, const struct bd_gist *is,
                   bd_gist_change_fn *fn, void *arg);

#endif
