/* domain/reading/reading.h - reading one answer: which brands, how, in which place.
 *
 * The text is the truth; JSON that the model says about itself is a hint that fills
 * only what the text leaves open. Linear in the length of the text, and safe on any
 * bytes. [any] Pure. */
#ifndef BD_DOMAIN_READING_H
#define BD_DOMAIN_READING_H

#include "domain/reading/observation.h"

/* The version of the rules, kept with what was read (domain/reading/gist.h). Raised by
 * whoever changes what is read in any answer, with a line here.
 *
 * Log of the rules, newest first:
 *
 * 8: what the rules make of the lists of a whole answer is looked at again by a judge
 * that has learnt from labelled answers (judge.h, offer_verdict.c): lists of other things
 * put nobody forward, names of other looks are put forward; so are tracked brands that
 * prose alone speaks for.
 *
 * 7: lists are judged as a whole: what describes, instructs, answers a need or is ruled
 * out puts nobody forward, and what stands among names is one; names in bold that a
 * sentence chooses count; brands are found in other spellings (spelling.h), and no word
 * within a brand's name says anything; places go on over lists and tables, and a table
 * ranks before notes, before lists of nobody who is tracked and before fewer bullets;
 * what is built as names are is one (offer_alike.c), who else may be considered counts
 * wherever it is said (offer_also.c); costs, reasons, forms, traps and routines name
 * nobody; chapters give no places; what the line below a title disclaims is disclaimed;
 * citations say whether they are praise alone.
 *
 * 6: in a list of which nobody is tracked something must speak for names (proper.h); what
 * each is for is no name; "About X" as a title says nothing of X.
 *
 * 5: activities, places and parts are no names where a head announces them (topic.h);
 * nor is what stands "near" a name, or under its "strengths"; who deals in several,
 * trades and made-up examples are none; firms named in the text of an item are; "first
 * choice for X:" is no rank.
 *
 * 4: orders to whoever reads the answer are no part of it; "I don't know X" is no
 * mention.
 *
 * 3: steps, amounts, questions, needs and English sentences are no names; medals go on
 * past the third; "第二推荐：" is a rank; names behind "Best overall:", behind needs, in
 * bold and in a second column count.
 *
 * 2: who is put forward is read in the shape of the answer (offer.h); bullets without a
 *    number above them give no rank.
 *
 * 1: first. */
enum { BD_READING_RULES = 8 };

/* The warning of an answer that orders its reader about (mask.h). */
#define BD_READING_ORDERS "order_to_the_reader"

struct bd_reader; /* the brands of one request, ready to be found in texts */

/* r must outlive the reader. */
int bd_reader_new(struct bd_reader **out, const struct bd_inquiry *r,
                  struct bd_error *err) BD_MUST_CHECK;
void bd_reader_free(struct bd_reader *reader);

struct bd_learner; /* judge.h */

/* [owner] Before the reader reads; lent as long as it does. */
void bd_reader_teach(struct bd_reader *reader, const struct bd_learner *learner);

struct bd_web_page;

struct bd_answer_text {
    const char *text;
    size_t bytes;
    bool cut; /* the answer did not come whole (token limit or deadline) */
    int echo; /* matrix: index of the brand that the prompt named; -1 = neutral */
    const struct bd_web_page *returned; /* sources beside the text (citation.h), lent */
    size_t returned_count;
};

/* [any] Several threads may use one reader. *out is the caller's. */
int bd_reader_read(const struct bd_reader *reader, const struct bd_answer_text *answer,
                   struct bd_observation **out, struct bd_error *err) BD_MUST_CHECK;

#endif
