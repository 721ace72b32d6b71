/* domain/report/say_sources.c - sites that a person should look at. See say.h. */
#include "domain/report/report_parts.h"
#include "domain/report/say.h"

enum { SHOWN = 5 }; /* of each kind */

static void say_flag(struct bd_statements *s, const struct bd_record *rec,
                     const struct bd_figures *f, const struct bd_source_flag *x)
{
    const struct bd_source_site *site = &f->sites[x->site];
    enum bd_word word =
        site->category == BD_CATEGORY_UNKNOWN ? BD_WORD_F_ONE_SITE : BD_WORD_F_OWN_SITE;
    struct bd_buf model;

    bd_buf_init(&model, 1024);
    bd_show_model(&model, rec, rec->cells[x->cells[0]].model, false);
    bd_state(s, BD_TONE_CAUTION, x->what == BD_FLAG_PRAISE ? BD_WORD_F_PRAISE_ONLY : word,
             BD_ARGS(x->name, bd_show_count(x->answers).s, site->domain, model.data));
    for (int i = 0; i < x->answers; i++)
        bd_state_cell(s, x->cells[i]);
    bd_buf_free(&model);
}

void bd_say_sources(struct bd_statements *s, const struct bd_record *rec,
                    const struct bd_figures *f)
{
    int shown[] = {[BD_FLAG_ONE_SITE] = 0, [BD_FLAG_PRAISE] = 0};

    for (size_t i = 0; i < f->flag_count; i++)
        if (shown[f->flags[i].what]++ < SHOWN)
            say_flag(s, rec, f, &f->flags[i]);
    for (enum bd_flag k = BD_FLAG_ONE_SITE; k <= BD_FLAG_PRAISE; k++)
        if (shown[k] > SHOWN)
            bd_state(s, BD_TONE_PLAIN,
                     k == BD_FLAG_PRAISE ? BD_WORD_F_PRAISE_MORE
                                         : BD_WORD_F_ONE_SITE_MORE,
                     BD_ARGS(bd_show_count(shown[k] - SHOWN).s));
}
