/* face/ask.c - see ask.h. */
#include "face/ask.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "domain/figures/bootstrap.h"
#include "domain/figures/branded.h"
#include "domain/report/report.h"
#include "face/progress.h"
#include "face/setup.h"

enum { LOOK_MS = 50 }; /* how often Ctrl-C and progress are looked at */
#define REPORT_LIMIT ((size_t)256 << 20)

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
}

/* The first Ctrl-C asks for the partial report; the second one kills. */
static void catch_interrupt(struct sigaction *old)
{
    struct sigaction act = {.sa_handler = on_interrupt};

    sigemptyset(&act.sa_mask);
    act.sa_flags = (int)SA_RESETHAND;
    interrupted = 0;
    sigaction(SIGINT, &act, old);
    sigaction(SIGTERM, &act, NULL);
}

static void warn_of_questions(const struct bd_inquiry *r)
{
    struct bd_buf text;

    bd_buf_init(&text, 1 << 16);
    bd_branded_warn(&text, r, strcmp(r->lang, "en") != 0);
    if (text.n)
        fprintf(stderr, "brandiag: %s\n", text.data);
    bd_buf_free(&text);
}

static void watch(struct bd_diagnosis *d, const struct bd_ask_options *o)
{
    struct bd_meter m;
    bool cancelled = false;

    if (!o->quiet)
        warn_of_questions(bd_diagnosis_inquiry(d));
    bd_meter_init(&m, o->quiet, bd_diagnosis_inquiry(d)->lang);
    while (!bd_diagnosis_wait(d, bd_clock_ms() + LOOK_MS)) {
        if (interrupted && !cancelled) {
            bd_diagnosis_cancel(d);
            cancelled = true;
        }
        bd_meter_draw(&m, d, false);
    }
    if (m.terminal)
        bd_meter_clear(&m);
    else
        bd_meter_draw(&m, d, true);
}

bool bd_ask_format(const char *command, const char *name)
{
    enum bd_report_format format;

    if (bd_report_format(name, &format))
        return true;
    (void)bd_args_usage(command, "there is no format '%s': use " BD_REPORT_NAMES, name);
    return false;
}

static int render(struct bd_buf *out, const struct bd_record *rec,
                  const struct bd_figures *f, const struct bd_report_notes *notes,
                  const struct bd_ask_options *o)
{
    bool to_stdout = !o->output || strcmp(o->output, "-") == 0;
    enum bd_report_format format;
    struct bd_report_style style = {
        .columns = to_stdout ? bd_meter_columns(STDOUT_FILENO) : 80,
        .colour = to_stdout && bd_meter_colour(STDOUT_FILENO),
        .answers = o->answers,
    };

    snprintf(style.lang, sizeof(style.lang), "%s", rec->inquiry.lang);
    if (!bd_report_format(o->format, &format))
        return -1;
    return bd_report_write(out, format, rec, f, notes, &style);
}

int bd_ask_report(const struct bd_record *rec, const char *const *notes,
                  size_t note_count, const struct bd_ask_options *o)
{
    const struct bd_report_notes all = {notes, note_count};
    struct bd_figures f;
    struct bd_error err;
    struct bd_buf out;
    int rc = -1;

    if (bd_figures_make(&f, rec, &err) < 0) {
        bd_setup_complain(&err);
        return 1;
    }
    if (bd_bootstrap(&f, rec, &err) < 0)
        bd_setup_complain(&err); /* the figures stand without their intervals */
    bd_buf_init(&out, REPORT_LIMIT);
    if (render(&out, rec, &f, &all, o) < 0)
        fprintf(stderr, "brandiag: the report is too large to be written\n");
    else
        rc = bd_setup_write(o->output, out.data, out.n);
    bd_buf_free(&out);
    bd_figures_free(&f);
    return rc < 0 ? 1 : 0;
}

/* What the inquiry or the configuration got wrong is 2; everything else is 1. */
static int refusal_code(const struct bd_error *err)
{
    return err->type == BD_ERR_CONFIG || err->type == BD_ERR_INVALID_REQUEST ? 2 : 1;
}

/* Takes d over. */
static int follow(struct bd_diagnosis *d, const struct bd_ask_options *o)
{
    const struct bd_record *rec;
    const char *const *notes;
    size_t note_count;
    int rc;

    watch(d, o);
    rec = bd_diagnosis_seal(d, &notes, &note_count);
    rc = bd_ask_report(rec, notes, note_count, o);
    if (rc == 0)
        rc = bd_report_exit_code(rec);
    bd_diagnosis_free(d);
    return rc;
}

int bd_ask(struct bd_engine *e, const struct bd_inquiry *q,
           const struct bd_ask_options *o)
{
    struct bd_diagnosis *d = NULL;
    struct sigaction old;
    struct bd_error err;
    int rc;

    catch_interrupt(&old);
    if (bd_diagnosis_start(&d, e, q, &o->limits, &err) < 0) {
        bd_setup_complain(&err);
        return refusal_code(&err);
    }
    rc = follow(d, o);
    sigaction(SIGINT, &old, NULL);
    return rc;
}

int bd_ask_resume(struct bd_engine *e, const char *id, enum bd_resume_what what,
                  const struct bd_ask_options *o)
{
    struct bd_diagnosis *d = NULL;
    struct sigaction old;
    struct bd_error err;

    catch_interrupt(&old);
    if (bd_diagnosis_resume(&d, e, id, what, &err) < 0) {
        bd_setup_complain(&err);
        return refusal_code(&err);
    }
    return follow(d, o);
}
