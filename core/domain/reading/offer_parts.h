/* domain/reading/offer_parts.h - gathering offers; shared by offer.c and offer_*.c alone.
 * [any]
 */
#ifndef BD_DOMAIN_OFFER_PARTS_H
#define BD_DOMAIN_OFFER_PARTS_H

#include "domain/reading/items.h"
#include "domain/reading/look.h"
#include "domain/reading/offer.h"
#include "domain/reading/series.h"

struct bd__offers {
    struct bd_buf list; /* struct bd_offer */
    const char *text;   /* the fold */
};

struct bd__offer_table { /* the table being read */
    int table, column;   /* of the names; -1 = it has none */
    bool known;          /* tracked brands head its rows */
    bool after;          /* others were offered before it */
    bool compares;       /* its rows tell of those that stand in its header */
    bool brands;         /* a header says that they are brands or firms */
};

/* What to do with what stands in and under an item. */
enum bd__offer_role { BD__OFFER_SKIP, BD__OFFER_NAMES, BD__OFFER_OPEN };

struct bd__offer_node { /* one item */
    enum bd_look look;
    enum bd__offer_role role;
    int run;          /* first item of the list: of its level, under the same paragraph */
    int names, parts; /* items right under it that look like it */
    int choices;      /* "First choice: A" right under it */
    bool row;         /* its text names some firms: "shops such as "A" and "B"" */
    bool things;      /* it stands under a head that announces things, not names */
    bool repeats;     /* what it says another item says under another one */
    bool forced;      /* a name by its neighbours alone */
    size_t choice;    /* "Most quiet: A", where A begins; 0 = not so */
};

struct bd__offer_work {
    const struct bd_passage *p;
    struct bd_items in;
    struct bd__offer_node *nodes;
    struct bd_span_u32 *lines; /* of text, by line of the outline */
    struct bd__offer_tally {
        int names, others; /* of what is not skipped */
        int count, looks, kinds;
        int needs, answered, tracked; /* conditions, with a name behind their colon */
        int heads, behind; /* items with a tracked brand in the head, behind it */
        int size, known;   /* all of its items, those with a tracked brand in the head */
        int repeats, told; /* items that repeat, those of them that look like no name */
        int named, kids; /* that look like names, those of them with names under them, */
        int known_kids;  /* those of them that are tracked */
        int parts;       /* parts of a description */
        int praised, advised; /* texts that tell of firms, texts that tell what to do */
        int answers; /* 0: not asked; 1: no; 2: its texts begin with those offered */
        int chosen, surely; /* "Most quiet: A"; those with an A that is one for sure */
    } * runs;               /* by first item */
    int names[BD_ITEM_FORMS], others[BD_ITEM_FORMS]; /* by form, of what is not skipped */
    bool all_read;                                   /* the texts of all items, for: */
    bool known[BD_ITEM_FORMS];                       /* one of that form is tracked */
    bool proper[BD_ITEM_FORMS]; /* something speaks for names of somebody (proper.h) */
    struct bd__offers *out;
    bool few;         /* the lists put hardly anybody forward */
    int by_rules;     /* offers, before a judge was asked */
    int titles, sure; /* lines that are nothing but a name */
};

static inline const struct bd_item *bd__offer_item(const struct bd__offer_work *w, int i)
{
    return &bd_items_list(&w->in)[i];
}

static inline int bd__offer_count(const struct bd__offer_work *w)
{
    return (int)(w->in.items.n / sizeof(struct bd_item));
}

static inline bool bd__offer_heading(const struct bd__offer_work *w, int i)
{
    return bd__offer_item(w, i)->level < 16;
}

/* Sets the look of all nodes, run, and what they count; roles are for later. -1 when
 * memory is short. */
int bd__offers_look(struct bd__offer_work *w) BD_MUST_CHECK;

/* Here and down to bd__offers_doubtful(): offer_lists.c. Labels that come back under
 * several items describe those. -1 when memory is short. */
int bd__offers_labels(struct bd__offer_work *w) BD_MUST_CHECK;

/* Is it the only one of a list of names that has names under it, or one beside tracked
 * ones that have some? They are its models then, and it is no kind. */
bool bd__offers_lone_kind(const struct bd__offer_work *w, int i);

/* In a list where all others are names, tracked ones among them, what looks like none but
 * has a Latin spelling behind it or is written as names are is one as well.
 * (offer_alike.c, as the next) */
void bd__offers_outliers(struct bd__offer_work *w);

/* In lists and forms of names, what may be one and is built as they are: behind the same
 * mark, in bold, with as many details. Roles and counts of names are set. */
void bd__offers_alike(struct bd__offer_work *w);

/* Headings that each end in a colon and a name: what it is best for, and who it is. */
void bd__offers_choices(struct bd__offer_work *w);

/* Do most texts of the list begin with a name that was offered before ("Tight budget:
 * A")? Its heads are needs then. (offer_answers.c, as the next) */
bool bd__offers_answered(struct bd__offer_work *w, int i);

/* Who only such a list names: "For films: B" beside "Tight budget: A". */
void bd__offers_answers(struct bd__offer_work *w);

/* Do most heads of the list say what to do: "check the licence", "look at the label"? */
bool bd__offers_commands(const struct bd__offer_work *w, int i);

/* Is a good part of the list no names, and nobody of it tracked? Then only what is
 * written as names are is one. */
bool bd__offers_doubtful(struct bd__offer_work *w, int i);

/* What to do with the item; roles of those before it are set. (offer_roles.c, as the next
 * two) */
enum bd__offer_role bd__offers_role(const struct bd__offer_work *w, int i);

/* A number and a title in bold, in a line of its own: a heading in all but form. */
bool bd__offers_section(const struct bd__offer_work *w, int i);

/* Sets the roles, and counts names and others by run and form. */
void bd__offers_count_forms(struct bd__offer_work *w);

/* Do the words before the list or a heading above it announce names? */
bool bd__offers_announced(const struct bd__offer_work *w, int i);

/* Does something speak for names in the items of its form? Texts are read at the first
 * question that heads leave open. */
bool bd__offers_proper(struct bd__offer_work *w, int i);

/* The names of a head, tracked ones under the brand they are of. */
void bd__offers_head(struct bd__offers *o, const struct bd_passage *p,
                     const struct bd_names *names, const struct bd_head *head);

/* What a row of names stands behind: a row of plain words is one behind a label always,
 * behind a word of choice if nothing else follows, behind "such as" if it is Latin. */
enum bd__row { BD__ROW_LABELLED, BD__ROW_CHOSEN, BD__ROW_CUED };

/* A row of names at `from`; one name alone must be marked or "and others". True if any
 * was taken. */
bool bd__offers_row(struct bd__offers *o, const struct bd_passage *p, size_t from,
                    size_t end, enum bd__row row);

/* The tracked brand in a name, -1 = none. */
int bd__offers_tracked(const struct bd_passage *p, const struct bd_span_u32 *name);

/* The end of "A" in "**A (by B)**", at without its marks. */
uint32_t bd__offers_without_bracket(const char *s, const struct bd_span_u32 *at);

/* Does a tracked brand stand there, behind blanks and emphasis? */
bool bd__offers_tracked_at(const struct bd_passage *p, size_t at, size_t end);

/* The one name at `from`, set off or in Latin capitals; count 0: none, or several. */
struct bd_series bd__offers_one(const struct bd_passage *p, size_t from, size_t end);

/* The first of the names, `most` of them at most, that fill the line from there, but for
 * a bracket behind them; empty: none do. */
struct bd_span_u32 bd__offers_rest(const struct bd_passage *p, size_t from, size_t end,
                                   int most);

/* The one name behind "Best overall:"; true if it was taken. */
bool bd__offers_choice(struct bd__offers *o, const struct bd_passage *p, size_t from,
                       size_t end);

void bd__offers_all(struct bd__offers *o, const struct bd_passage *p,
                    const struct bd_series *row);

/* The rows of names in a line behind "such as". */
void bd__offers_cues(struct bd__offers *o, const struct bd_passage *p, size_t start,
                     size_t end);

/* Those of them that stand behind a word for who they are ("shops such as"); marked: only
 * if they are in bold or quotation marks. True if there are any; o may be NULL. */
bool bd__offers_firms(struct bd__offers *o, const struct bd_passage *p, size_t start,
                      size_t end, bool marked);

/* The names in the bracket at `open`, if there are two; cued: behind "such as" only. */
void bd__offers_bracket(struct bd__offers *o, const struct bd_passage *p, size_t open,
                        size_t end, bool cued);

/* Is it part of the line of somebody who was offered: "B1" of "A · B1 (Alpha B)"? */
bool bd__offers_in_a_head(const struct bd__offers *o, const struct bd_passage *p,
                          const struct bd_span_u32 *name);

/* announced: by the heading above, whoever was offered before. */
void bd__offers_cell(struct bd__offers *o, const struct bd_passage *p,
                     struct bd__offer_table *t, const struct bd_line *l, bool announced);

/* A plain line: "several firms are known, such as A and B", "I recommend A, B and C". */
void bd__offers_prose(struct bd__offers *o, const struct bd_passage *p, size_t start,
                      size_t end);

/* A plain line "I'd start with A": chosen wherever it stands. */
void bd__offers_surely(struct bd__offers *o, const struct bd_passage *p, size_t start,
                       size_t end);

/* The next "**...**" in [at, end), without its marks; empty: there is none. */
struct bd_span_u32 bd__offers_next_bold(const char *s, size_t at, size_t end);

/* A plain line with several names in bold, of which one is tracked: "**A** is quick,
 * while **B** is cheap". Latin ones, and others that "and" joins to a tracked one;
 * announced: any, tracked or not, behind a label that announces them. True if any was
 * taken. */
bool bd__offers_bold(struct bd__offers *o, const struct bd_passage *p, size_t start,
                     size_t end, bool announced);

/* A line that is nothing but a name in bold, and how sure that is; o may be NULL.
 * (offer_titles.c) */
enum bd__title { BD__TITLE_NONE, BD__TITLE_NAME, BD__TITLE_SURE };
enum bd__title bd__offers_title(struct bd__offers *o, const struct bd_passage *p,
                                size_t start, size_t end);

/* Names in bold in a plain line, tracked or not, that a word right beside them chooses:
 * "start with **A**", "**A** and **B** are good choices". */
void bd__offers_chosen(struct bd__offers *o, const struct bd_passage *p, size_t start,
                       size_t end);

/* A plain line "Others worth a look: A, B", "Besides, A and B are worth it"; few: the
 * lists put hardly anybody forward, and any label that recommends counts, and names that
 * a line begins with. */
void bd__offers_label(struct bd__offers *o, const struct bd_passage *p, size_t start,
                      size_t end, bool few);

/* "Consider A as well", "A is also an option": who stands beside such words in any line.
 * (offer_also.c) */
void bd__offers_also(struct bd__offers *o, const struct bd_passage *p, size_t start,
                     size_t end);

/* Behind "Besides," or "Also," at the beginning of a sentence; 0 without. (offer_also.c,
 * as the next two) */
size_t bd__offers_besides(const struct bd_passage *p, size_t start, size_t end);

/* "Besides, **A** is good at that": one in bold right behind the word, of whom nothing
 * bad is said in its sentence. */
bool bd__offers_one_besides(const struct bd_passage *p, const struct bd_series *names,
                            size_t at, size_t end);

/* A line of advice: "Besides those above there are A and B". */
void bd__offers_beyond(struct bd__offers *o, const struct bd_passage *p, size_t start,
                       size_t end);

/* A plain line with a name in bold at its head: "**A** - sturdy". */
void bd__offers_paragraph(struct bd__offers *o, const struct bd_passage *p, size_t start,
                          size_t end);

/* Tracked names that the judge is asked about at most, and learns from. */
enum { BD__JUDGED_HITS = 60 };

/* The last item that begins at or before the folded offset, -1 = none. (offer.c) */
int bd__offers_item_at(const struct bd__offer_work *w, size_t at);

/* What speaks for the name and against it. (offer_judge.c, as the next three) */
struct bd_judge_case;
void bd__offers_case(const struct bd__offer_work *w, const struct bd_span_u32 *name,
                     bool tracked, struct bd_judge_case *c);

/* What the judge says of it: log odds. */
double bd__offers_ask(const struct bd__offer_work *w, const struct bd_span_u32 *name,
                      bool tracked);

/* Does it begin its line, behind marks and number? */
bool bd__offers_begins_line(const struct bd__offer_work *w,
                            const struct bd_span_u32 *name);

/* The same, or does it stand in a row of a table? */
bool bd__offers_begins(const struct bd__offer_work *w, const struct bd_span_u32 *name);

/* The item whose head it is, -1 = none. (offer_verdict.c, as the next two) */
int bd__offers_item_headed(const struct bd__offer_work *w,
                           const struct bd_span_u32 *name);

/* Was it, or a part of it, put forward already? Adds it, if not. */
bool bd__offers_taken(const struct bd__offer_work *w, const struct bd_span_u32 *name);
void bd__offers_add(struct bd__offer_work *w, const struct bd_span_u32 *name);

/* What may be a name, in bold anywhere or in the text of a line: each is told. Several of
 * one place may be. (offer_spans.c) */
typedef void bd__span_taker(void *to, struct bd_span_u32 span, bool bold);
void bd__offers_bold_spans(const struct bd__offer_work *w, bd__span_taker *take,
                           void *to);
void bd__offers_text_spans(const struct bd__offer_work *w, bd__span_taker *take,
                           void *to);

/* Asks the judge: takes names away that are none, and adds those that nobody took. -1
 * when memory is short. (offer_verdict.c) */
int bd__offers_verdict(struct bd__offer_work *w) BD_MUST_CHECK;

/* Adds names that begin paragraphs in bold; and those within sentences, where no line
 * begins with one that was put forward. (offer_told.c) */
void bd__offers_titled(struct bd__offer_work *w);
void bd__offers_told(struct bd__offer_work *w);

/* Tells the passage's learner, if it has one, of all that the judge may be asked about.
 * (offer_learn.c) */
void bd__offers_learn(const struct bd__offer_work *w);

/* In order of the text, each brand and name once. */
void bd__offers_sort(struct bd__offers *o);

#endif
