/* domain/reading/lexicon.h - the words by which an answer takes a stand, Chinese and
 * English. [any] Data and one search; what they mean together is read in phrase.h. */
#ifndef BD_DOMAIN_LEXICON_H
#define BD_DOMAIN_LEXICON_H

#include "domain/reading/match.h"

enum bd_word {
    BD_WORD_UNKNOWN,     /* "nothing found about" */
    BD_WORD_INFORMATION, /* what was not found: information, records */
    BD_WORD_ABOUT,       /* "regarding X," */
    BD_WORD_AGAINST,     /* advised against */
    BD_WORD_OUT,         /* the same in so many words: "closed for good" */
    BD_WORD_FIRST,       /* "the first choice" */
    BD_WORD_BEFORE,      /* "rather": first only if a "next" follows */
    BD_WORD_NEXT,        /* "second choice" */
    BD_WORD_FOR,         /* recommended */
    BD_WORD_ANYWAY,      /* "if I had to choose": no condition, whatever it looks like */
    BD_WORD_IF,          /* conditional */
    BD_WORD_COMPARED,
    BD_WORD_GOOD,
    BD_WORD_BAD,
    BD_WORD_NOT,       /* turns the next word round */
    BD_WORD_UNABLE,    /* "I cannot" */
    BD_WORD_TO_ADVISE, /* ... "recommend, rank, answer" */
    BD_WORD_HOWTO,     /* heads a list of advice, not of brands */
    BD_WORD_ANALYSIS,  /* heads a list that takes brands apart, in no order of merit */
    BD_WORD_ECHO,      /* "although you mentioned X" */
    BD_WORD_MANY,      /* counts what is promised: "five brands" */
    BD_WORD_NONE,      /* says nothing, and the words within it do not, either */
    BD_WORD_COUNT
};

_Static_assert(BD_WORD_COUNT <= 32, "BD_WORD_BIT() has 32 bits");

/* Ready to search folded text; the tag of a find is its enum bd_word. Made at the first
 * call, the same for all, and there until the process ends. NULL when memory is short:
 * then the next call tries again. [any] */
const struct bd_match *bd_lexicon(void);

#endif
