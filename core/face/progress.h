/* face/progress.h - a running diagnosis on stderr.
 *
 * On a terminal a few lines that are drawn again, at most 10 times a second; elsewhere
 * one plain line every few seconds. Says what each provider is waiting for. [main] */
#ifndef BD_FACE_PROGRESS_H
#define BD_FACE_PROGRESS_H

#include "engine/diagnosis.h"

struct bd_meter {
    bool quiet, terminal, colour, chinese;
    int drawn;       /* lines on the screen that the next drawing replaces */
    int64_t next_ms; /* no drawing before that */
};

/* quiet: draws nothing. */
void bd_meter_init(struct bd_meter *m, bool quiet, const char *lang);
/* Draws if it is time to, or if last is set. */
void bd_meter_draw(struct bd_meter *m, struct bd_diagnosis *d, bool last);
/* Takes the drawing off the screen. */
void bd_meter_clear(struct bd_meter *m);

/* The lines themselves, at most `columns` wide; returns how many. */
int bd_meter_lines(struct bd_buf *out, const struct bd_progress *p,
                   const struct bd_progress_row *rows, size_t count, bool chinese,
                   int columns);

/* Width of the terminal behind fd, 80 if it is none. */
int bd_meter_columns(int fd);
bool bd_meter_colour(int fd); /* a terminal, NO_COLOR unset, TERM not "dumb" */

#endif
