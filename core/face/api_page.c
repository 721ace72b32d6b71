/* face/api_page.c - a page for whoever opens the server in a browser: what is going on.
 * No script; it is loaded anew every 5 s. */
#include <stdio.h>
#include <string.h>

#include "face/api.h"

static void add_escaped(struct bd_buf *out, const char *s)
{
    for (; *s; s++)
        switch (*s) {
        case '<':
            bd_buf_add(out, "&lt;");
            break;
        case '&':
            bd_buf_add(out, "&amp;");
            break;
        case '"':
            bd_buf_add(out, "&quot;");
            break;
        default:
            bd_buf_append(out, s, 1);
        }
}

static void add_row(void *arg, const struct bd_listed *row) /* [store] */
{
    struct bd_buf *out = arg;

    bd_buf_addf(out,
                "<tr><td><a href=\"/v1/diagnoses/%s/report?format=html\">%s</a>"
                "<td>",
                row->id, row->id);
    add_escaped(out, row->brand);
    if (row->summary)
        bd_buf_addf(out, "<td>%lld / %lld<td>%.1f s",
                    (long long)bd_json_int(row->summary, "completed", 0),
                    (long long)bd_json_int(row->summary, "total", 0),
                    (double)bd_json_int(row->summary, "elapsed_ms", 0) / 1000);
    else
        bd_buf_addf(out, "<td colspan=2><a href=\"/v1/diagnoses/%s\">running</a>",
                    row->id);
    bd_buf_add(out, "</tr>\n");
}

static void add_providers(struct bd_buf *out, struct bd_engine *e)
{
    json_t *list = bd_engine_providers(e), *o;
    size_t i;

    json_array_foreach(list, i, o)
    {
        bd_buf_add(out, "<tr><td>");
        add_escaped(out, bd_json_text(o, "name", ""));
        bd_buf_add(out, "<td>");
        add_escaped(out, bd_json_text(o, "model", ""));
        bd_buf_addf(out, "<td>%s<td>%s<td>%lld<td>%lld</tr>\n",
                    bd_json_bool(o, "usable", false) ? "usable" : "not usable",
                    bd_json_text(o, "breaker", ""),
                    (long long)bd_json_int(o, "running", 0),
                    (long long)bd_json_int(o, "waiting", 0));
    }
    json_decref(list);
}

static const char head[] =
    "<!doctype html>\n<html lang=en><meta charset=utf-8><title>brandiag</title>"
    "<meta http-equiv=refresh content=5>"
    "<meta name=viewport content=\"width=device-width\">"
    "<style>body{font:1rem/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;"
    "padding:0 1rem;color-scheme:light dark}table{border-collapse:collapse;width:100%}"
    "td,th{text-align:left;padding:.2rem .6rem;border-bottom:1px solid #8885}"
    "</style>\n<h1>brandiag</h1>\n";

void bd_api_page(struct bd_web_request *r)
{
    struct bd_service_stats s;
    struct bd_error err;
    struct bd_buf out;

    bd_service_stats(r->daemon->service, &s);
    bd_buf_init(&out, (size_t)4 << 20);
    bd_buf_add(&out, head);
    bd_buf_addf(&out, "<p>version %s; %u running, %u waiting</p>\n", BD_VERSION,
                s.running, s.queued);
    bd_buf_add(&out,
               "<h2>Providers</h2>\n<table><tr><th>name<th>model<th>state<th>breaker"
               "<th>running<th>waiting</tr>\n");
    add_providers(&out, r->daemon->engine);
    bd_buf_add(&out,
               "</table>\n<h2>Diagnoses</h2>\n<table><tr><th>id<th>brand<th>answered"
               "<th>took</tr>\n");
    if (bd_engine_list(r->daemon->engine, 20, NULL, add_row, &out, &err) < 0)
        bd_buf_add(&out, "<tr><td colspan=4>the storage cannot be read now</tr>\n");
    bd_buf_add(&out, "</table>\n");
    bd_reply_text(r, 200, "text/html; charset=utf-8", &out);
}
