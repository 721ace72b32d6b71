/* domain/reading/judge.h - how likely it is that a piece of an answer is a name that is
 * put forward, by its words and by what stands around it. [any] Pure.
 *
 * A logistic regression: every piece of one to four characters (words, in Latin) of the
 * name, of what stands before it, behind and below it, of the headings above it and of
 * its neighbours in the list has a weight, and so has the place where it stands. The
 * weights are in judge_weights.c; tests/train_judge.c learns them from labelled answers.
 * Pieces are hashed into a table of fixed size (Weinberger et al., Feature Hashing for
 * Large Scale Multitask Learning, 2009). Folded text, all of it. */
#ifndef BD_DOMAIN_JUDGE_H
#define BD_DOMAIN_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    BD_JUDGE_BITS = 15,
    BD_JUDGE_WEIGHTS = 1 << BD_JUDGE_BITS,
    BD_JUDGE_FEATURES = 1024, /* of one candidate; more are let go */
    BD_JUDGE_ABOVE = 3,
    BD_JUDGE_MATES = 8,
    BD_JUDGE_KIDS = 4,
    BD_JUDGE_FACTS = 40
};

struct bd_judge_text { /* lent; n = 0: nothing */
    const char *s;
    size_t n;
    bool tracked; /* it is a tracked name: which one does not matter */
};

struct bd_judge_case {
    bool inner; /* within a line: other weights than where one begins */
    struct bd_judge_text name, before, behind;  /* of its line */
    struct bd_judge_text below;                 /* the lines under it */
    struct bd_judge_text above[BD_JUDGE_ABOVE]; /* headings, the nearest first */
    struct bd_judge_text intro; /* the paragraph before the list, or a column's header */
    struct bd_judge_text mates[BD_JUDGE_MATES]; /* the names of its list */
    struct bd_judge_text kids[BD_JUDGE_KIDS];   /* heads of the items under it */
    struct bd_judge_fact {
        int what, value; /* what: a number of its own for each */
    } facts[BD_JUDGE_FACTS];
    int fact_count;
};

struct bd_judge_features {
    uint32_t at[BD_JUDGE_FEATURES]; /* in the table of weights */
    float by[BD_JUDGE_FEATURES];
    size_t count;
};

/* Is told of all that may be a name that is put forward: to learn from. */
struct bd_learner {
    /* start, end: in the text; brand: -1 = nobody tracks it; offered: by the rules. */
    void (*candidate)(void *to, size_t start, size_t end, int brand, bool offered,
                      const struct bd_judge_case *c);
    void *to;
};

/* More than BD_JUDGE_FACTS are let go. */
void bd_judge_tell(struct bd_judge_case *c, int what, int value);

/* All that is added up, to learn from. */
void bd_judge_features(const struct bd_judge_case *c, struct bd_judge_features *out);

/* Log odds, 0 is as likely as not: the sum of what is around it (above, intro, mates),
 * the same for all of a list, and of its own. */
double bd_judge_around(const struct bd_judge_case *c);
double bd_judge_own(const struct bd_judge_case *c);

#endif
