/* domain/report/say_models.c - what is to be known of the models behind the answers. See
 * say.h.
 */
#include <string.h>

#include "domain/report/report_parts.h"
#include "domain/report/reported.h"
#include "domain/report/say.h"

/* Never another model's answer under this one's name, unless the report says so. */
static void say_reported(struct bd_statements *s, const struct bd_record *rec, int m)
{
    struct bd_reported others[BD_REPORTED_MAX];
    int told;
    size_t n = bd_reported_others(rec, m, others, &told);

    for (size_t i = 0; i < n; i++) {
        bool dated = others[i].kind == BD_REPORTED_DATED;
        struct bd_buf text;

        bd_buf_init(&text, 4096);
        if (bd_reported_say(&text, rec, m, &others[i], told, s->zh) < 0)
            s->failed = true;
        bd_state_text(s, dated ? BD_TONE_QUIET : BD_TONE_CAUTION, text.data);
        bd_buf_free(&text);
    }
}

static enum bd_word breaker_word(const struct bd_model_state *x)
{
    if (strcmp(x->breaker, "half_open") == 0)
        return BD_WORD_B_HALF_OPEN;
    return strcmp(x->breaker, "open") == 0 || x->keys_open > 0 ? BD_WORD_B_OPEN
                                                               : BD_WORD_B_CLOSED;
}

/* Models of one provider share its state: it is told once. */
static void say_state(struct bd_statements *s, const struct bd_record *rec, int m)
{
    const struct bd_model *models = rec->inquiry.models;
    const struct bd_model_state *x = &rec->states[m];

    for (int k = 0; k < m; k++)
        if (strcmp(models[k].provider, models[m].provider) == 0)
            return;
    if (x->opened > 0)
        bd_state(s, BD_TONE_CAUTION, BD_WORD_BREAKER,
                 BD_ARGS(models[m].provider, bd_show_count(x->opened).s,
                         bd_word(breaker_word(x), s->zh)));
    if (x->hedges > 0)
        bd_state(s, BD_TONE_QUIET, BD_WORD_HEDGED,
                 BD_ARGS(models[m].provider, bd_show_count(x->hedges).s));
}

void bd_say_models(struct bd_statements *s, const struct bd_record *rec)
{
    for (size_t m = 0; m < rec->inquiry.model_count; m++)
        say_reported(s, rec, (int)m);
    for (size_t m = 0; rec->states && m < rec->inquiry.model_count; m++)
        say_state(s, rec, (int)m);
}
