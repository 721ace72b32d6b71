/* face/versus.c - see versus.h. */
#include "face/versus.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "domain/compare/compare.h"
#include "domain/report/report.h"
#include "face/progress.h"
#include "face/setup.h"

#define LIMIT ((size_t)64 << 20)

static int render(struct bd_buf *out, const struct bd_comparison *c,
                  const struct bd_record *before, const struct bd_record *after,
                  const struct bd_ask_options *o)
{
    bool to_stdout = !o->output || strcmp(o->output, "-") == 0;
    struct bd_report_style style = {
        .columns = to_stdout ? bd_meter_columns(STDOUT_FILENO) : 80,
        .colour = to_stdout && bd_meter_colour(STDOUT_FILENO),
    };

    if (strcmp(o->format, "json") == 0)
        return bd_compare_json(out, c, before, after);
    return bd_compare_terminal(out, c, before, after, &style);
}

static int compare(const struct bd_record *before, const struct bd_record *after,
                   const struct bd_ask_options *o)
{
    struct bd_comparison c;
    struct bd_error err;
    struct bd_buf out;
    int rc;

    if (bd_compare(&c, before, after, &err) < 0) {
        bd_setup_complain(&err);
        return err.type == BD_ERR_INVALID_REQUEST ? 2 : 1;
    }
    bd_buf_init(&out, LIMIT);
    rc = render(&out, &c, before, after, o);
    if (rc < 0)
        fprintf(stderr, "brandiag: the comparison is too large to be written\n");
    else
        rc = bd_setup_write(o->output, out.data, out.n);
    bd_buf_free(&out);
    bd_comparison_free(&c);
    return rc < 0 ? 1 : 0;
}

int bd_versus(struct bd_engine *e, const struct bd_record *rec, const char *before,
              const struct bd_ask_options *o)
{
    struct bd_record other;
    struct bd_error err;
    int rc;

    if (bd_engine_load(e, before, &other, &err) < 0) {
        bd_setup_complain(&err);
        return 1;
    }
    rc = compare(&other, rec, o);
    bd_record_free(&other);
    return rc;
}
