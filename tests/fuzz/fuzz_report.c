/* tests/fuzz/fuzz_report.c - a hostile answer in every format.
 *
 * The answer, its error's message and the names of models come from outside. */
#include "domain/compare/replay.h"
#include "pages.h"
#include "reader.h"

static void add_cell(struct bd_record *rec, int sample, const char *s, size_t n)
{
    struct bd_cell *c = &rec->cells[rec->cell_count++];
    char *name = malloc(n + 1);

    bd_cell_init(c);
    must(name);
    memcpy(name, s, n);
    name[n] = '\0';
    c->sample = sample;
    c->status = BD_STATUS_OK;
    c->text = name;
    c->text_bytes = n;
    c->model_reported = strndup(s, n < 64 ? n : 64);
    c->geo = read_checked(name, n, sample > 0, -1);
    if (sample > 0) {
        c->status = BD_STATUS_ERROR;
        (void)bd_fail(&c->error, BD_ERR_PROTOCOL, 1, "http", "%.200s", name);
    }
}

static void check_json(const struct bd_buf *out)
{
    json_t *o = json_loadb(out->data, out->n, JSON_ALLOW_NUL, NULL);

    must(json_is_object(o));
    json_decref(o);
}

static void check_page(const struct bd_buf *out, enum bd_report_format format)
{
    switch (format) {
    case BD_REPORT_JSON:
        check_json(out);
        break;
    case BD_REPORT_HTML:
        check_html(out->data, out->n, MARKUP_PAGE);
        break;
    case BD_REPORT_MD:
        check_markdown(out->data, out->n);
        break;
    case BD_REPORT_CSV:
        check_csv(out->data, out->n);
        break;
    default:
        check_characters(out->data, out->n, "\n");
    }
}

static void check_pages(const struct bd_record *rec)
{
    const struct bd_report_style style = {.columns = 80, .answers = true};
    struct bd_figures f;
    struct bd_error err;
    struct bd_buf out;

    must(bd_figures_make(&f, rec, &err) == 0);
    bd_buf_init(&out, (size_t)64 << 20);
    for (int i = 0; i < BD_REPORT_FORMATS; i++) {
        enum bd_report_format format = (enum bd_report_format)i;

        bd_buf_reset(&out);
        must(bd_report_write(&out, format, rec, &f, NULL, &style) == 0);
        check_page(&out, format);
    }
    bd_buf_reset(&out);
    must(bd_replay_terminal(&out, rec, &style) == 0);
    check_characters(out.data, out.n, "\n");
    bd_buf_free(&out);
    bd_figures_free(&f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct bd_cell cells[2];
    struct bd_record rec = {.id = "20260101-000000-aa", .cells = cells, .elapsed_ms = 1};
    char *s = exactly(data, n);

    if (n > 0) {
        rec.inquiry = *three_brands();
        rec.inquiry.samples = 2;
        add_cell(&rec, 0, s, n);
        add_cell(&rec, 1, s, n);
        check_pages(&rec);
        bd_cell_free(&cells[0]);
        bd_cell_free(&cells[1]);
    }
    free(s);
    return 0;
}
