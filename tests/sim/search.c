/* sim/search.c - see search.h. */
#include "sim/search.h"

#include <string.h>

#include "base/json.h"
#include "sim/trouble.h"

static const struct {
    const char *url, *title, *site;
} found[] = {
    {"https://auto.example.com/review/20w-2026", "20万级横评：谁更值得买", "示例汽车网"},
    {"https://news.example.cn/longterm-8000km", "八千公里长测", "示例新闻"},
    {"https://bbs.example.net/thread-88231-1-1.html", "车主怎么说", ""},
    {"https://finance.example.org/residual-value", "保值率观察", "示例财经"},
};

json_t *sim_search_pages(void)
{
    json_t *list = json_array();

    for (size_t i = 0; i < sizeof(found) / sizeof(found[0]); i++)
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:s}", "url", found[i].url, "title",
                                        found[i].title, "site", found[i].site));
    return list;
}

void sim_search_cite(struct bd_buf *text, int provider, size_t count)
{
    struct bd_buf cited;
    size_t n = 0;

    if (count == 0)
        return;
    bd_buf_init(&cited, text->limit);
    for (const char *s = text->data, *end; *s; s = end) {
        size_t k = strcspn(s, "\n");

        end = s + k + (s[k] == '\n');
        (void)bd_buf_append(&cited, s, k);
        if (k > 0)
            (void)bd_buf_addf(&cited, provider == SIM_ZHIPU ? "[ref_%zu]" : "[%zu]",
                              1 + n++ % count);
        (void)bd_buf_append(&cited, s + k, (size_t)(end - s) - k);
    }
    if (!cited.failed) {
        bd_buf_reset(text);
        (void)bd_buf_append(text, cited.data, cited.n);
    }
    bd_buf_free(&cited);
}

static void add_text(struct bd_buf *out, const char *name, const char *s)
{
    (void)bd_buf_addf(out, "\"%s\":", name);
    sim_quote(out, s, strlen(s));
}

void sim_search_zhipu(struct bd_buf *out, const json_t *pages)
{
    const json_t *page;
    size_t i;

    (void)bd_buf_add(out, ",\"web_search\":[");
    json_array_foreach(pages, i, page)
    {
        (void)bd_buf_add(out, i ? ",{" : "{");
        add_text(out, "icon", "");
        (void)bd_buf_add(out, ",");
        add_text(out, "title", bd_json_text(page, "title", ""));
        (void)bd_buf_add(out, ",");
        add_text(out, "link", bd_json_text(page, "url", ""));
        (void)bd_buf_add(out, ",");
        add_text(out, "media", bd_json_text(page, "site", ""));
        (void)bd_buf_add(out, ",");
        add_text(out, "content", bd_json_text(page, "snippet", ""));
        (void)bd_buf_addf(out, ",\"publish_date\":\"2026-10-18\",\"refer\":\"ref_%zu\"}",
                          i + 1);
    }
    (void)bd_buf_add(out, "]");
}
