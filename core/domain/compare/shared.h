/* domain/compare/shared.h - what two diagnoses have in common. [owner] Pure.
 *
 * Brands by name, questions by their text, models by provider and name. Lists are pairs
 * of places: in the one before, in the one after; in the order of the latter. */
#ifndef BD_DOMAIN_SHARED_H
#define BD_DOMAIN_SHARED_H

#include "domain/record.h"

enum bd_pairing {
    BD_PAIR_ANSWERS,   /* same question, same model: answer by answer */
    BD_PAIR_QUESTIONS, /* same questions, other models: question by question */
    BD_PAIR_NONE       /* other questions: two samples that have only models in common */
};

struct bd_place { /* -1: not there */
    int before, after;
};

struct bd_shared {
    struct bd_place *brands, *questions, *models;
    size_t brand_count, question_count, model_count;
    bool same_main;   /* the main brand is the same */
    bool same_brands; /* all brands are in both */
    enum bd_pairing pairing;
};

/* BD_ERR_INVALID_REQUEST, with the reason, where nothing of the two can be compared: no
 * brand in common, or neither a question nor a model. *s is then empty. */
int bd_shared_make(struct bd_shared *s, const struct bd_record *before,
                   const struct bd_record *after, struct bd_error *err) BD_MUST_CHECK;
void bd_shared_free(struct bd_shared *s);

/* Which of the pairs has that place; -1: none. */
int bd_shared_find(const struct bd_place *pairs, size_t n, bool after, int place);

const char *bd_pairing_name(enum bd_pairing p);

#endif
