/* chat/sources.c - the pages that a search returned, wherever a service puts them.
 *
 *   top of a body or chunk   web_search[]                     Zhipu
 *                            search_results[]                 Qianfan
 *                            search_info.search_results[]     Hunyuan, DashScope
 *                            references[]                     Ark's bots
 *                            citations[]                      plain addresses, gateways
 *   in a message or delta    annotations[].url_citation       OpenAI; also without it
 *
 * Names of members differ, too; what is of another type says nothing. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "bd/plugin.h"
#include "bd/provider.h"
#include "chat/chat.h"

/* The first of the names that is a string with something in it; NULL: none. */
static const char *text_at(const json_t *o, const char *const *names)
{
    for (; *names; names++) {
        const json_t *v = json_object_get(o, *names);

        if (json_string_length(v) > 0)
            return json_string_value(v);
    }
    return NULL;
}

static const char *mark_of(const json_t *o, enum chat_mark mark, struct bd_answer *out,
                           char number[24])
{
    static const char *const names[] = {"refer", NULL};
    const json_t *index = json_object_get(o, "index");
    const char *told = text_at(o, names);

    if (mark == CHAT_NO_MARK || told)
        return told;
    if (mark == CHAT_BY_ORDER)
        snprintf(number, 24, "%u", chat_next_order(out));
    else if (json_is_integer(index))
        snprintf(number, 24, "%lld", (long long)json_integer_value(index));
    else
        return NULL;
    return number;
}

int chat_source(const struct bd_host *host, const json_t *o, enum chat_mark mark,
                struct bd_answer *out)
{
    static const char *const urls[] = {"url", "link", NULL};
    static const char *const titles[] = {"title", NULL};
    static const char *const sites[] = {"media", "site_name", "sitename", NULL};
    char number[24];
    struct bd_web_page page = {.struct_size = sizeof(page)};

    page.url = json_is_string(o) ? json_string_value(o) : text_at(o, urls);
    page.title = text_at(o, titles);
    page.site = text_at(o, sites);
    page.mark = mark_of(o, mark, out, number);
    if (page.site && strcmp(page.site, "无") == 0) /* "none" */
        page.site = NULL;
    return page.url ? host->source(host->ctx, out->sources, &page) : 0;
}

/* A list that is there and empty is no proof: DashScope sends one on every frame. */
static int read_list(const struct bd_host *host, const json_t *list,
                     struct bd_answer *out)
{
    const json_t *o;
    size_t i;

    if (json_is_array(list) && json_array_size(list) > 0)
        out->searched = 1;
    json_array_foreach(list, i, o)
    {
        if (chat_source(host, o, CHAT_TOLD_MARK, out) < 0)
            return -1;
    }
    return 0;
}

int chat_annotations(const struct bd_host *host, const json_t *list, enum chat_mark mark,
                     struct bd_answer *out)
{
    const json_t *o;
    size_t i;

    json_array_foreach(list, i, o)
    {
        const json_t *inner = json_object_get(o, "url_citation");

        if (strcmp(chat_word(o, "type"), "url_citation") != 0)
            continue;
        out->searched = 1;
        if (chat_source(host, inner ? inner : o, mark, out) < 0)
            return -1;
    }
    return 0;
}

int chat_read_sources(const struct bd_host *host, const json_t *o, struct bd_answer *out)
{
    static const char *const names[] = {"web_search", "search_results", "references",
                                        "citations"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (read_list(host, json_object_get(o, names[i]), out) < 0)
            return -1;
    return read_list(
        host, json_object_get(json_object_get(o, "search_info"), "search_results"), out);
}
