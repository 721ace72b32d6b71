/* domain/reading/phrase.h - what the words around a mention do with it. [any] */
#ifndef BD_DOMAIN_PHRASE_H
#define BD_DOMAIN_PHRASE_H

#include "domain/reading/naming.h"
#include "domain/reading/observation.h"
#include "domain/reading/passage.h"

/* From weak to strong: of a brand's mentions the strongest stance is the brand's. */
enum bd_stance {
    BD_STANCE_ECHO,       /* only the question, or what will be told, is repeated */
    BD_STANCE_DISCLAIMED, /* "nothing found about X" */
    BD_STANCE_NONE,
    BD_STANCE_PRAISED, /* kind words */
    BD_STANCE_COMPARED,
    BD_STANCE_RECOMMENDED,
    BD_STANCE_AGAINST
};

/* How mention `hit` (index into the passage's hits) is spoken of. */
enum bd_stance bd_phrase_stance(const struct bd_passage *p, size_t hit);

/* Where the words about a mention stand, in the fold; `behind` as in bd_phrase_mood(). */
struct bd_span_u32 bd_phrase_about(const struct bd_passage *p, size_t hit, size_t behind);

/* Is the word turned round by a "not" right before it? cue: index into the cues. */
bool bd_phrase_turned(const struct bd_passage *p, size_t cue);

/* Of cue (index into the passage's cues): 1 good, -1 bad, 0 neither; turned round by a
 * "not" before it. */
int bd_phrase_tone(const struct bd_passage *p, size_t cue);

/* Good minus bad words about the mention, from its clause to the next brand's or to
 * `behind`, whichever is first; behind = 0 stands for the end of the sentence. Adds to
 * the counts. */
void bd_phrase_mood(const struct bd_passage *p, size_t hit, size_t behind, int *good,
                    int *bad);

/* (phrase_choice.c, as bd_phrase_chosen()) "First choice X, then Y" -> ranks[brand],
 * which the caller zeroed; conditions ("if ..., X first") rank nobody, and neither do two
 * different first choices. */
void bd_phrase_ranks(const struct bd_passage *p, int *ranks, size_t brand_count);

/* Is whoever [start, end) is about ruled out in so many words: "stopped its service",
 * "over budget, leave it"? A condition or a taste ("not for beginners") rules nobody out.
 */
bool bd_phrase_ruled_out(const struct bd_passage *p, size_t start, size_t end);

/* Sets chosen[brand] for those of whom a word of choice is said ("X is the first choice",
 * "consider X"), if only under a condition. */
void bd_phrase_chosen(const struct bd_passage *p, bool *chosen);

/* The whole text declines to answer. */
bool bd_phrase_refuses(const struct bd_passage *p);

/* "Five brands:" -> 5; 0 if no number is promised. */
int bd_phrase_promised(const struct bd_passage *p);

/* The last sentence does not end: an open mark of emphasis, a comma, or prose without a
 * full stop where the other lines have one. */
bool bd_phrase_unfinished(const struct bd_passage *p);

#endif
