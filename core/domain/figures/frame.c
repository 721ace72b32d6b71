/* domain/figures/frame.c - all brands that answers name, tracked or not. See
 * figures_parts.h.
 *
 * Names that nobody tracks are one brand if they are equal when folded. They are sorted,
 * not hashed: the same answers give the same numbers. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "domain/figures/figures_parts.h"
#include "domain/reading/fold.h"

struct find { /* one name in one answer */
    const struct bd_discovery *at;
    size_t cell;
    size_t id; /* of its spelling, later of its brand */
};

struct spelling {
    char *folded;
    size_t number;
};

struct names {
    struct find *finds;
    size_t count;
    struct spelling *spellings; /* each once */
    size_t spelling_count, brand_count;
    size_t *brand_of; /* a spelling's number -> brand */
};

static int by_writing(const void *a, const void *b)
{
    const struct find *x = a, *y = b;

    return strcmp(x->at->name, y->at->name);
}

static int by_fold(const void *a, const void *b)
{
    const struct spelling *x = a, *y = b;

    return strcmp(x->folded, y->folded);
}

/* By brand, then by answer, then by place in it. */
static int by_brand(const void *a, const void *b)
{
    const struct find *x = a, *y = b;

    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    if (x->cell != y->cell)
        return x->cell < y->cell ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

static char *folded(const char *name)
{
    struct bd_fold f;
    char *out = NULL;

    if (bd_fold_init(&f, name, strlen(name)) == 0)
        out = strdup(f.bytes.data);
    bd_fold_free(&f);
    return out;
}

static int collect(struct names *n, const struct bd__frame *w,
                   const struct bd_record *rec)
{
    size_t all = 0;

    for (size_t i = 0; i < rec->cell_count; i++)
        all += w->looked[i] ? rec->cells[i].geo->found_count : 0;
    n->finds = calloc(all + 1, sizeof(*n->finds));
    n->spellings = calloc(all + 1, sizeof(*n->spellings));
    n->brand_of = calloc(all + 1, sizeof(*n->brand_of));
    if (!n->finds || !n->spellings || !n->brand_of)
        return -1;
    for (size_t i = 0; i < rec->cell_count; i++)
        for (size_t k = 0; w->looked[i] && k < rec->cells[i].geo->found_count; k++)
            n->finds[n->count++] =
                (struct find){.at = &rec->cells[i].geo->found[k], .cell = i};
    return 0;
}

/* Each spelling is folded once. */
static int spell(struct names *n)
{
    qsort(n->finds, n->count, sizeof(*n->finds), by_writing);
    for (size_t i = 0; i < n->count; i++) {
        if (i == 0 || by_writing(&n->finds[i - 1], &n->finds[i]) != 0) {
            struct spelling *s = &n->spellings[n->spelling_count];

            s->number = n->spelling_count;
            s->folded = folded(n->finds[i].at->name);
            if (!s->folded)
                return -1;
            n->spelling_count++;
        }
        n->finds[i].id = n->spelling_count - 1;
    }
    return 0;
}

static void unite(struct names *n)
{
    qsort(n->spellings, n->spelling_count, sizeof(*n->spellings), by_fold);
    for (size_t i = 0; i < n->spelling_count; i++) {
        if (i > 0 && by_fold(&n->spellings[i - 1], &n->spellings[i]) != 0)
            n->brand_count++;
        n->brand_of[n->spellings[i].number] = n->brand_count;
    }
    n->brand_count += n->spelling_count > 0;
    for (size_t i = 0; i < n->count; i++)
        n->finds[i].id = n->brand_of[n->finds[i].id];
    qsort(n->finds, n->count, sizeof(*n->finds), by_brand);
}

static void names_free(struct names *n)
{
    for (size_t i = 0; i < n->spelling_count; i++)
        free(n->spellings[i].folded);
    free(n->finds);
    free(n->spellings);
    free(n->brand_of);
}

/* The same brand a second time in one answer. */
static bool again(const struct names *n, size_t i)
{
    return i > 0 && n->finds[i].id == n->finds[i - 1].id &&
           n->finds[i].cell == n->finds[i - 1].cell;
}

static int better_rank(int a, int b)
{
    return !a || (b && b < a) ? b : a;
}

static int count_rivals(struct bd_figures *f, const struct names *n,
                        const struct bd_record *rec)
{
    uint64_t models = 0; /* BD_INQUIRY_MODELS bits */
    struct bd_rival *r = NULL;

    f->rivals = calloc(n->brand_count + 1, sizeof(*f->rivals));
    if (!f->rivals)
        return -1;
    for (size_t i = 0; i < n->count; i++) {
        const struct bd_discovery *d = n->finds[i].at;

        if (i == 0 || n->finds[i].id != n->finds[i - 1].id) {
            r = &f->rivals[f->rival_count];
            r->name = strdup(d->name);
            if (!r->name)
                return -1;
            f->rival_count++;
            models = 0;
        }
        if (again(n, i))
            continue;
        r->answers++;
        r->best_rank = better_rank(r->best_rank, d->rank);
        r->first += d->order == 1;
        models |= UINT64_C(1) << rec->cells[n->finds[i].cell].model;
        r->models = __builtin_popcountll(models);
    }
    return 0;
}

/* -1: a stands before b. Equal ones keep the order of their folded names. */
static int by_weight(const struct bd_rival *a, const struct bd_rival *b)
{
    if (a->answers != b->answers)
        return a->answers > b->answers ? -1 : 1;
    if (a->models != b->models)
        return a->models > b->models ? -1 : 1;
    if (a->best_rank != b->best_rank)
        return better_rank(a->best_rank, b->best_rank) == a->best_rank ? -1 : 1;
    if (a->first != b->first)
        return a->first > b->first ? -1 : 1;
    return (a > b) - (a < b);
}

static int by_weight_of(const void *a, const void *b)
{
    return by_weight(*(const struct bd_rival *const *)a,
                     *(const struct bd_rival *const *)b);
}

static int sort_rivals(struct bd_figures *f)
{
    const struct bd_rival **order = calloc(f->rival_count + 1, sizeof(struct bd_rival *));
    struct bd_rival *sorted = calloc(f->rival_count + 1, sizeof(*sorted));

    for (size_t i = 0; order && i < f->rival_count; i++)
        order[i] = &f->rivals[i];
    if (!order || !sorted) {
        free(order);
        free(sorted);
        return -1;
    }
    qsort(order, f->rival_count, sizeof(struct bd_rival *), by_weight_of);
    for (size_t i = 0; i < f->rival_count; i++)
        sorted[i] = *order[i];
    free(order);
    free(f->rivals);
    f->rivals = sorted;
    return 0;
}

/* One brand in all is no frame to have a share of. */
static void share_all(struct bd_figures *f)
{
    f->voices_of_all = f->voices;
    for (size_t i = 0; i < f->rival_count; i++)
        f->voices_of_all += f->rivals[i].answers;
    for (size_t b = 0; b < f->brand_count; b++) {
        struct bd_rate *r = &f->brands[b].share_of_all;

        if (f->brand_count + f->rival_count > 1)
            *r = (struct bd_rate){.hits = f->brands[b].mention.hits,
                                  .n = f->voices_of_all};
        bd__rate_close(r);
    }
}

/* Words about any brand in one answer. */
static double words_about(const struct bd_cell *c)
{
    double words = 0;

    for (size_t b = 0; b < c->geo->brand_count; b++)
        words += bd_cell_knows(c, b) == BD_YES ? c->geo->brands[b].words : 0;
    for (size_t i = 0; i < c->geo->found_count; i++)
        words += c->geo->found[i].words;
    return words;
}

static void share_words(struct bd_figures *f, const struct bd__frame *w,
                        const struct bd_record *rec)
{
    double whole = 0;
    int n = 0;

    for (size_t i = 0; i < rec->cell_count; i++) {
        double words = w->looked[i] ? words_about(&rec->cells[i]) : 0;

        whole += words;
        n += words > 0;
    }
    for (size_t b = 0; b < f->brand_count; b++) {
        struct bd_portion *p = &f->brands[b].word_share;

        *p = (struct bd_portion){n ? p->part / whole : NAN, p->part, whole, n};
    }
}

static size_t add_tracked(struct bd__named *at, const struct bd_cell *c, size_t brands)
{
    size_t n = 0;

    for (size_t b = 0; b < brands; b++) {
        const struct bd_sighting *s = &c->geo->brands[b];

        if (bd_cell_knows(c, b) == BD_YES)
            at[n++] = (struct bd__named){b, s->rank, s->first_offset};
    }
    return n;
}

/* Room for all is taken first, so that each answer's brands begin where they may. */
static int list_named(struct bd__frame *w, const struct bd_figures *f,
                      const struct names *n, const struct bd_record *rec)
{
    size_t *next = calloc(rec->cell_count + 1, sizeof(*next)), all = 0;

    if (!next)
        return -1;
    for (size_t i = 0; i < n->count; i++)
        next[n->finds[i].cell] += !again(n, i);
    for (size_t i = 0; i < rec->cell_count; i++) {
        w->first[i] = all;
        all += next[i];
        for (size_t b = 0; w->looked[i] && b < f->brand_count; b++)
            all += bd_cell_knows(&rec->cells[i], b) == BD_YES;
    }
    w->first[rec->cell_count] = all;
    w->at = calloc(all + 1, sizeof(*w->at));
    for (size_t i = 0; w->at && i < rec->cell_count; i++)
        next[i] = w->first[i] +
                  (w->looked[i]
                       ? add_tracked(w->at + w->first[i], &rec->cells[i], f->brand_count)
                       : 0);
    for (size_t i = 0; w->at && i < n->count; i++)
        if (!again(n, i))
            w->at[next[n->finds[i].cell]++] =
                (struct bd__named){f->brand_count + n->finds[i].id, n->finds[i].at->rank,
                                   n->finds[i].at->where.start};
    free(next);
    return w->at ? 0 : -1;
}

static int fill(struct bd__frame *w, struct bd_figures *f, struct names *n,
                const struct bd_record *rec)
{
    if (collect(n, w, rec) < 0 || spell(n) < 0)
        return -1;
    unite(n);
    if (list_named(w, f, n, rec) < 0 || count_rivals(f, n, rec) < 0 || sort_rivals(f) < 0)
        return -1;
    share_all(f);
    share_words(f, w, rec);
    return 0;
}

int bd__frame_make(struct bd__frame *w, struct bd_figures *f, const struct bd_record *rec)
{
    struct names n = {0};
    int rc = -1;

    *w = (struct bd__frame){0};
    w->first = calloc(rec->cell_count + 1, sizeof(*w->first));
    w->looked = calloc(rec->cell_count + 1, sizeof(*w->looked));
    if (w->first && w->looked) {
        for (size_t i = 0; i < rec->cell_count; i++) {
            const struct bd_cell *c = &rec->cells[i];

            w->looked[i] = bd_figures_counts(f, c) && bd_cell_answered(c) && c->geo &&
                           !c->geo->refused;
            f->rival_answers += w->looked[i];
        }
        rc = fill(w, f, &n, rec);
    }
    names_free(&n);
    return rc;
}

void bd__frame_free(struct bd__frame *w)
{
    free(w->at);
    free(w->first);
    free(w->looked);
}
