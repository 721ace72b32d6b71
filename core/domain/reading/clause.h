/* domain/reading/clause.h - sentences and clauses of a folded text, flat and in order.
 * [any]
 *
 * A clause ends at a comma, a table bar, or where its sentence ends; a sentence ends at
 * a full stop (not the one in 3.5 or A.O.), question or exclamation mark, semicolon or
 * line end. Brackets are part of their clause.
 * Past BD_CLAUSE_BYTES a clause ends where it is: nobody writes longer ones, and what
 * looks around a mention looks at a bounded place. */
#ifndef BD_DOMAIN_CLAUSE_H
#define BD_DOMAIN_CLAUSE_H

#include "base/buf.h"
#include "base/fail.h"
#include "domain/reading/match.h"

enum { BD_CLAUSE_BYTES = 600 };

struct bd_clause { /* bytes [start, end), without the mark that ends it */
    uint32_t start, end;
    uint32_t sentence; /* counts up */
};

/* Appends struct bd_clause to out; together they cover the text. */
int bd_clause_split(const char *s, size_t n, struct bd_buf *out) BD_MUST_CHECK;

/* The index of the clause that holds offset `at`; 0 when there are none. */
size_t bd_clause_at(const struct bd_buf *clauses, size_t at);

#endif
