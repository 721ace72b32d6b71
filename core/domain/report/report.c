/* domain/report/report.c - the formats of a report by name. See report.h. */
#include "domain/report/report.h"

#include <string.h>

static const struct {
    const char *name, *media;
} formats[BD_REPORT_FORMATS] = {
    [BD_REPORT_TERMINAL] = {"terminal", "text/plain; charset=utf-8"},
    [BD_REPORT_JSON] = {"json", "application/json"},
    [BD_REPORT_HTML] = {"html", "text/html; charset=utf-8"},
    [BD_REPORT_MD] = {"md", "text/markdown; charset=utf-8"},
    [BD_REPORT_CSV] = {"csv", "text/csv; charset=utf-8; header=present"},
};

bool bd_report_format(const char *name, enum bd_report_format *out)
{
    for (enum bd_report_format i = 0; i < BD_REPORT_FORMATS; i++)
        if (strcmp(name, formats[i].name) == 0) {
            *out = i;
            return true;
        }
    return false;
}

const char *bd_report_media(enum bd_report_format format)
{
    return formats[format].media;
}

int bd_report_write(struct bd_buf *out, enum bd_report_format format,
                    const struct bd_record *rec, const struct bd_figures *f,
                    const struct bd_report_notes *notes,
                    const struct bd_report_style *style)
{
    const char *lang = *style->lang ? style->lang : rec->inquiry.lang;
    const bool zh = strcmp(lang, "en") != 0;

    switch (format) {
    case BD_REPORT_JSON:
        return bd_report_json(out, rec, f, notes) < 0 ? -1 : bd_buf_add(out, "\n");
    case BD_REPORT_HTML:
        return bd_report_html(out, rec, f, notes, zh);
    case BD_REPORT_MD:
        return bd_report_md(out, rec, f, notes, zh);
    case BD_REPORT_CSV:
        return bd_report_csv(out, rec);
    default:
        return bd_report_terminal(out, rec, f, notes, style);
    }
}
