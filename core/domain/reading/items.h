/* domain/reading/items.h - the items of an answer's lists, and which of them belong
 * together. [any]
 *
 * Every line that can be an item gets a level: headings lowest, deep bullets highest.
 * Items of one level between two lower ones are a group, until their numbers begin
 * again. The form is the level and whether there are numbers. */
#ifndef BD_DOMAIN_ITEMS_H
#define BD_DOMAIN_ITEMS_H

#include "domain/reading/head.h"
#include "domain/reading/intro.h"
#include "domain/reading/naming.h"
#include "domain/reading/observation.h"

enum {
    BD_ITEMS = 20000, /* later ones are not looked at */
    BD_ITEM_LEVELS = 96,
    BD_ITEM_PLAIN_NUMBER = 17,  /* level of a line of text with a number, in no list */
    BD_ITEM_LISTED_NUMBER = 20, /* of an outermost one in a list */
    BD_ITEM_FORMS = 2 * BD_ITEM_LEVELS,
    BD_ITEM_TITLE_BYTES = 240
};

struct bd_item {
    struct bd_head head;
    struct bd_names names; /* of the head */
    uint8_t plausible;     /* bit by name: it looks like a brand's */
    enum bd_list_kind kind;
    int level, form, number, group;
    int list;         /* which of Markdown's own lists: paragraphs part them; 0 = none */
    int parent;       /* item of the next lower level before it, -1 = none */
    size_t line_end;  /* in the fold */
    size_t block_end; /* with the lines of text under it, other items excluded */
    struct bd_intro intro; /* the latest heading or paragraph before it */
};

struct bd_group {
    int form, first, last, count; /* first and last item, number of items */
    int tracked;                  /* items that name a tracked brand */
    int parts;                    /* items whose head is a part of a description */
    int howto;                    /* items whose head gives advice */
    uint32_t brands;              /* bit by index; those past 31 have none */
    bool counts;                  /* for the ranking to set */
};

struct bd_items {
    struct bd_buf items, groups;
};

/* -1 when memory is short. bd_items_free() is always right after it. */
int bd_items_collect(struct bd_items *out, const struct bd_passage *p) BD_MUST_CHECK;
void bd_items_free(struct bd_items *in);

/* Fills names and plausible from the folded bytes [start, end), a line behind its mark.
 */
void bd_items_read_names(const struct bd_passage *p, struct bd_item *it, size_t start,
                         size_t end);

/* Where the item's line ends as a title; nobody reads a longer one as such. */
static inline size_t bd_item_title_end(const struct bd_item *it)
{
    return it->line_end - it->head.start < BD_ITEM_TITLE_BYTES
               ? it->line_end
               : it->head.start + BD_ITEM_TITLE_BYTES;
}

static inline struct bd_item *bd_items_list(const struct bd_items *in)
{
    return (struct bd_item *)(void *)in->items.data;
}

static inline struct bd_group *bd_items_groups(const struct bd_items *in)
{
    return (struct bd_group *)(void *)in->groups.data;
}

#endif
