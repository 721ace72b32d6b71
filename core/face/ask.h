/* face/ask.h - running one diagnosis for a command: start, progress, Ctrl-C, report.
 * Shared by run and demo. [main] */
#ifndef BD_FACE_ASK_H
#define BD_FACE_ASK_H

#include "engine/diagnosis.h"

struct bd_ask_options {
    const char *format; /* a name that bd_ask_format() takes */
    const char *output; /* NULL = stdout */
    bool quiet;
    bool answers; /* terminal: show the answers */
    struct bd_diagnosis_limits limits;
};

/* What those codes mean, for --help. */
#define BD_ASK_CODES                                                             \
    "Exit codes:\n"                                                              \
    "  0  every cell was completed: answered, refused by the model, or cut by\n" \
    "     its own length limit (max_tokens)\n"                                   \
    "  3  some were; an answer cut by time, its text kept, counts as partial\n"  \
    "  4  none was\n"                                                            \
    "  2  wrong options or configuration; nothing was sent\n"                    \
    "  1  anything else, such as a report that cannot be written\n"

/* Returns the exit code: 0 all completed, 3 partial, 4 none, 2 refused, 1 else. */
int bd_ask(struct bd_engine *e, const struct bd_inquiry *q,
           const struct bd_ask_options *o);

/* The same for a stored one that was interrupted. */
int bd_ask_resume(struct bd_engine *e, const char *id, enum bd_resume_what what,
                  const struct bd_ask_options *o);

/* Writes the record in that format; 0, or 1 after a complaint. */
int bd_ask_report(const struct bd_record *rec, const char *const *notes,
                  size_t note_count, const struct bd_ask_options *o);

/* Is there a report format of that name? Complains if not. */
bool bd_ask_format(const char *command, const char *name);

#endif
