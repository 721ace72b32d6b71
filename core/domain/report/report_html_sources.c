/* domain/report/report_html_sources.c - the sites that answers cite. */
#include "domain/report/html.h"
#include "domain/report/report_html_parts.h"
#include "domain/report/say.h"

enum { SHOWN = 100 };

/* Whose the site is, or of what kind. */
static void put_kind(struct bd_leaf *l, const struct bd_source_site *s)
{
    static const enum bd_word kinds[] = {[BD_CATEGORY_UNKNOWN] = BD_WORD_W_SITE_UNKNOWN,
                                         [BD_CATEGORY_OWNED] = BD_WORD_W_SITE_OWN,
                                         [BD_CATEGORY_COMPETITOR] = BD_WORD_W_SITE_OWN,
                                         [BD_CATEGORY_MEDIA] = BD_WORD_W_SITE_MEDIA,
                                         [BD_CATEGORY_UGC] = BD_WORD_W_SITE_UGC,
                                         [BD_CATEGORY_REFERENCE] =
                                             BD_WORD_W_SITE_REFERENCE};
    const char *owner = s->brand < 0 ? "" : l->rec->inquiry.brands[s->brand].name;

    bd_leaf_word(l, kinds[s->category], BD_ARGS(owner));
}

static void put_site(struct bd_leaf *l, const struct bd_source_site *s)
{
    bd_buf_add(l->out, "<tr><th scope=\"row\">");
    bd_html_add(l->out, s->domain);
    bd_buf_add(l->out, "</th><td>");
    put_kind(l, s);
    bd_buf_addf(l->out, "</td><td>%d</td><td>%d</td>", s->answers, s->models);
    for (int i = 0; i < BD_ORIGINS; i++)
        bd_buf_addf(l->out, "<td>%d</td>", s->origins[i]);
    bd_buf_add(l->out, "</tr>\n");
}

static void put_line(struct bd_leaf *l, enum bd_word word, const char *const *args)
{
    bd_buf_add(l->out, "<p>");
    bd_leaf_word(l, word, args);
    bd_buf_add(l->out, "</p>\n");
}

void bd_html_sources(struct bd_leaf *l)
{
    static const enum bd_word head[] = {
        BD_WORD_W_SITE,      BD_WORD_W_KIND,    BD_WORD_W_TIMES,   BD_WORD_W_MODELS,
        BD_WORD_W_BY_SEARCH, BD_WORD_W_BY_LINK, BD_WORD_W_BY_CLAIM};
    const struct bd_figures *f = l->f;
    struct bd_statements said;

    bd_leaf_section(l, "sources", BD_WORD_W_SOURCES);
    if (f->site_count == 0)
        put_line(l, BD_WORD_W_NO_SOURCES, NULL);
    else {
        bd_leaf_table(l, BD_WORD_W_SOURCES_NOTE, NULL, head,
                      sizeof(head) / sizeof(head[0]));
        for (size_t i = 0; i < f->site_count && i < SHOWN; i++)
            put_site(l, &f->sites[i]);
        bd_leaf_table_end(l);
    }
    bd_statements_init(&said, l->zh);
    bd_say_sources(&said, l->rec, f);
    bd_leaf_said(l, &said);
    if (f->site_count > SHOWN)
        put_line(l, BD_WORD_W_MORE,
                 BD_ARGS(bd_show_count((int64_t)f->site_count - SHOWN).s));
    bd_leaf_end(l);
}
