/* domain/reading/ranking_parts.h - shared by ranking.c and ranking_judge.c alone. [any]
 */
#ifndef BD_DOMAIN_RANKING_PARTS_H
#define BD_DOMAIN_RANKING_PARTS_H

#include "domain/reading/items.h"
#include "domain/reading/ranking.h"

struct bd__ranking_work {
    struct bd_items in; /* lent */
    const struct bd_passage *p;
    bool form_ranks[BD_ITEM_FORMS]; /* a list of that form counts */
    bool *chapters; /* by group, when all are judged: its headings number chapters */
};

static inline struct bd_item *bd__ranking_items(const struct bd__ranking_work *w)
{
    return bd_items_list(&w->in);
}

static inline struct bd_group *bd__ranking_groups(const struct bd__ranking_work *w)
{
    return bd_items_groups(&w->in);
}

static inline int bd__ranking_count(const struct bd__ranking_work *w)
{
    return (int)(w->in.items.n / sizeof(struct bd_item));
}

/* Sets `counts` of every group. */
void bd__ranking_judge(struct bd__ranking_work *w);

#endif
