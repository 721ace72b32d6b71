/* base/sources.c - see sources.h. */
#include "base/sources.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/text.h"

enum { FIRST_ROOM = 8 }; /* doubles */

static bool is_web(const char *url)
{
    return url &&
           (strncasecmp(url, "http://", 7) == 0 ||
            strncasecmp(url, "https://", 8) == 0) &&
           strlen(url) < BD_SOURCE_BYTES;
}

static bool is_there(const struct bd_sources *s, const char *url)
{
    for (size_t i = 0; i < s->count; i++)
        if (strcmp(s->at[i].url, url) == 0)
            return true;
    return false;
}

/* Fit to be shown, on one line; a longer one is cut between two characters. */
static char *clean(const char *s)
{
    size_t n = s ? bd_text_cut(s, strlen(s), BD_SOURCE_BYTES) : 0;
    struct bd_buf out;
    char *text = NULL;

    bd_buf_init(&out, 3 * n + 1); /* every byte may become U+FFFD */
    if (bd_text_clean(&out, n ? s : "", n, true) == 0)
        text = out.n ? bd_buf_take(&out) : strdup("");
    bd_buf_free(&out);
    for (char *p = text; p && *p; p++)
        if (*p == '\n' || *p == '\t')
            *p = ' ';
    return text;
}

static void drop(struct bd_web_page *p)
{
    free((char *)p->url);
    free((char *)p->title);
    free((char *)p->site);
    free((char *)p->mark);
}

static int make_room(struct bd_sources *s)
{
    size_t n = s->count;
    struct bd_web_page *more;

    if (n > 0 && (n < FIRST_ROOM || (n & (n - 1)) != 0))
        return 0;
    more = realloc(s->at, (n ? 2 * n : FIRST_ROOM) * sizeof(*more));
    if (!more)
        return -1;
    s->at = more;
    return 0;
}

int bd_sources_add(struct bd_sources *s, const struct bd_web_page *page)
{
    struct bd_web_page own = {.struct_size = sizeof(own)};

    if (!is_web(page->url) || s->count == BD_SOURCES_MAX)
        return 0;
    own.url = clean(page->url);
    if (own.url && is_there(s, own.url)) {
        drop(&own);
        return 0;
    }
    own.title = clean(page->title);
    own.site = clean(page->site);
    own.mark = clean(page->mark);
    if (!own.url || !own.title || !own.site || !own.mark || make_room(s) < 0) {
        drop(&own);
        return -1;
    }
    s->at[s->count++] = own;
    return 0;
}

int bd_sources_copy(struct bd_sources *out, const struct bd_sources *s)
{
    *out = (struct bd_sources){0};
    for (size_t i = 0; i < s->count; i++)
        if (bd_sources_add(out, &s->at[i]) < 0) {
            bd_sources_free(out);
            return -1;
        }
    return 0;
}

static void set_told(json_t *o, const char *key, const char *s)
{
    if (*s)
        json_object_set_new(o, key, bd_json_string(s, strlen(s)));
}

json_t *bd_sources_to_json(const struct bd_sources *s)
{
    json_t *list = json_array();

    for (size_t i = 0; i < s->count; i++) {
        const struct bd_web_page *p = &s->at[i];
        json_t *o = json_object();

        set_told(o, "url", p->url);
        set_told(o, "title", p->title);
        set_told(o, "site", p->site);
        set_told(o, "mark", p->mark);
        json_array_append_new(list, o);
    }
    return list;
}

int bd_sources_from_json(struct bd_sources *out, const json_t *list)
{
    const json_t *o;
    size_t i;

    *out = (struct bd_sources){0};
    json_array_foreach(list, i, o)
    {
        const struct bd_web_page page = {.url = bd_json_text(o, "url", NULL),
                                         .title = bd_json_text(o, "title", NULL),
                                         .site = bd_json_text(o, "site", NULL),
                                         .mark = bd_json_text(o, "mark", NULL)};

        if (bd_sources_add(out, &page) < 0) {
            bd_sources_free(out);
            return -1;
        }
    }
    return 0;
}

void bd_sources_free(struct bd_sources *s)
{
    for (size_t i = 0; i < s->count; i++)
        drop(&s->at[i]);
    free(s->at);
    *s = (struct bd_sources){0};
}
