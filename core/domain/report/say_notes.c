/* domain/report/say_notes.c - notes about the run and the limits of the method. See
 * say.h. */
#include "domain/figures/branded.h"
#include "domain/report/report_parts.h"
#include "domain/report/say.h"

/* "1, 4, 7": where the request has them, counted from 1. */
static void say_branded(struct bd_statements *s, const struct bd_figures *f)
{
    struct bd_buf list;

    if (f->branded_questions == 0)
        return;
    bd_buf_init(&list, 1 << 14);
    bd_branded_list(&list, f->branded, f->question_count, s->zh);
    bd_state(s, BD_TONE_CAUTION, BD_WORD_N_BRANDED,
             BD_ARGS(list.data, bd_show_count(f->branded_cells).s));
    bd_buf_free(&list);
}

void bd_say_notes(struct bd_statements *s, const struct bd_record *rec,
                  const struct bd_figures *f, const struct bd_report_notes *notes)
{
    for (size_t i = 0; notes && i < notes->count; i++)
        bd_state_text(s, BD_TONE_PLAIN, notes->text[i]);
    if (bd_report_twice(rec))
        bd_state(s, BD_TONE_PLAIN, BD_WORD_N_TWICE,
                 BD_ARGS(bd_show_count(bd_report_twice(rec)).s));
    say_branded(s, f);
    bd_state(s, BD_TONE_PLAIN, BD_WORD_N_NEUTRAL, NULL);
    bd_say_search(s, rec);
}
