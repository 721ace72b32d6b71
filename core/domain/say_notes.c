/* domain/say_notes.c - notes about the run and the limits of the method. See say.h. */
#include "domain/report_parts.h"
#include "domain/say.h"

void bd_say_notes(struct bd_statements *s, const struct bd_record *rec,
                  const struct bd_report_notes *notes)
{
    for (size_t i = 0; notes && i < notes->count; i++)
        bd_state_text(s, BD_TONE_PLAIN, notes->text[i]);
    if (bd_report_twice(rec))
        bd_state(s, BD_TONE_PLAIN, BD_WORD_N_TWICE,
                 BD_ARGS(bd_show_count(bd_report_twice(rec)).s));
    bd_state(s, BD_TONE_PLAIN, BD_WORD_N_NEUTRAL, NULL);
    bd_state(s, BD_TONE_PLAIN, BD_WORD_N_API, NULL);
}
