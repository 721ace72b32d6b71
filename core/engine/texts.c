/* engine/texts.c - what has come of answers that are not over. */
#include <stdlib.h>
#include <string.h>

#include "engine/parts.h"

struct piece {
    char *text;
    size_t n;
};

static void copy(void *arg, const char *text, size_t n)
{
    struct piece *p = arg;

    p->text = malloc(n);
    if (p->text) {
        memcpy(p->text, text, n);
        p->n = n;
    }
}

/* Lock held: so the attempt stays. Of two calls the first is looked at. */
static void look(struct bd_run *run, uint32_t *seen, struct piece *p)
{
    struct bd_attempt *attempt = run->calls[BD_PASS_FIRST].attempt;
    size_t to;

    if (run->over || !attempt)
        return;
    if (run->attempts > 1) /* a further attempt begins anew: it is told when it is over */
        return;
    to = bd_attempt_text(attempt, *seen, copy, p);
    if (p->text)
        *seen = (uint32_t)to;
}

static void key_of(const struct bd__place *place, char key[BD__CELL_KEY])
{
    const struct bd_cell cell = {.probe = place->probe,
                                 .brand = place->brand,
                                 .question = place->question,
                                 .model = place->model,
                                 .sample = place->sample};

    bd_cell_key(&cell, key);
}

void bd__diagnosis_texts(struct bd_diagnosis *d, uint32_t *seen, size_t count,
                         void (*each)(void *arg, const char *key, const char *text,
                                      size_t n),
                         void *arg)
{
    for (size_t i = 0; i < d->record.cell_count && i < count; i++) {
        struct piece p = {0};
        char key[BD__CELL_KEY];

        pthread_mutex_lock(&d->lock);
        look(&d->runs[i], &seen[i], &p);
        pthread_mutex_unlock(&d->lock);
        if (!p.text)
            continue;
        key_of(&d->runs[i].place, key); /* the cell itself may be written meanwhile */
        each(arg, key, p.text, p.n);
        free(p.text);
    }
}
