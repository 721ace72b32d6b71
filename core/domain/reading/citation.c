/* domain/reading/citation.c - see citation.h: what a citation holds. What the prose cites
 * is read in citing.c. */
#include "domain/reading/citation.h"

#include <stdlib.h>
#include <string.h>

#include "domain/reading/link.h"
#include "domain/reading/site.h"

static struct bd_citation *find(struct bd_observation *o, enum bd_origin origin,
                                const char *url)
{
    for (size_t i = 0; i < o->citation_count; i++)
        if (o->citations[i].origin == origin && strcmp(o->citations[i].url, url) == 0)
            return &o->citations[i];
    return NULL;
}

/* Whose site it is outweighs what kind it is; what a page calls itself does not. */
static void judge(struct bd_citation *c, const char *host, const struct bd_inquiry *r)
{
    bool named = c->site[0] != '\0';
    const char *title = named ? c->site : c->title;

    c->category = bd_site_category(host);
    c->brand = -1;
    if (c->category != BD_CATEGORY_UNKNOWN)
        title = "";
    for (size_t i = 0; i < r->brand_count; i++)
        if (bd_site_belongs(c->domain, title, named, &r->brands[i])) {
            c->brand = (int)i;
            c->category = i == 0 ? BD_CATEGORY_OWNED : BD_CATEGORY_COMPETITOR;
            return;
        }
}

static void drop(struct bd_citation *c)
{
    free(c->url);
    free(c->domain);
    free(c->title);
    free(c->site);
    free(c->attitude);
    free(c->marker);
}

/* The room doubles: it is full where the count is a power of two. */
static int make_room(struct bd_observation *o)
{
    size_t n = o->citation_count;
    struct bd_citation *more;

    if (n > 0 && (n & (n - 1)) != 0)
        return 0;
    more = realloc(o->citations, (n ? 2 * n : 1) * sizeof(*more));
    if (!more)
        return -1;
    o->citations = more;
    return 0;
}

int bd__citation_put(struct bd_observation *o, const struct bd_inquiry *r,
                     enum bd_origin origin, const struct bd_page_named *page,
                     struct bd_citation **out)
{
    struct bd_citation fresh = {.origin = origin, .praise = BD_UNKNOWN};
    struct bd_link link;

    *out = NULL;
    if (!bd_link_read(&link, page->s, page->n))
        return 0;
    if ((*out = find(o, origin, link.url)) || o->citation_count == BD_CITATIONS)
        return 0;
    fresh.url = strdup(link.url);
    fresh.domain = strdup(bd_site_domain(link.host));
    fresh.title = strdup(page->title);
    fresh.site = strdup(page->site);
    fresh.attitude = strdup(page->attitude);
    fresh.marker = strdup(page->marker);
    if (!fresh.url || !fresh.domain || !fresh.title || !fresh.site || !fresh.attitude ||
        !fresh.marker || make_room(o) < 0) {
        drop(&fresh);
        return -1;
    }
    judge(&fresh, link.host, r);
    *out = &o->citations[o->citation_count++];
    **out = fresh;
    return 0;
}

void bd__citation_span(struct bd_citation *c, size_t start, size_t end)
{
    int i = c->span_count;

    if (i == BD_CITATION_SPANS)
        return;
    c->span_count++;
    for (; i > 0 && c->spans[i - 1].start > start; i--)
        c->spans[i] = c->spans[i - 1];
    c->spans[i] = (struct bd_span){start, end};
}

/* Where the address stands in the JSON; all of the JSON if it is written otherwise. */
static struct bd_span place_of(const char *url, const char *text, struct bd_span json)
{
    size_t n = strlen(url);

    for (size_t i = json.start; n > 0 && i + n <= json.end; i++)
        if (text[i] == url[0] && memcmp(text + i, url, n) == 0)
            return (struct bd_span){i, i + n};
    return json;
}

int bd_citation_claim(struct bd_observation *o, const struct bd_inquiry *r,
                      const char *text, struct bd_span json)
{
    for (size_t i = 0; i < o->claims.source_count && i < BD_CITATIONS; i++) {
        const struct bd_source *s = &o->claims.sources[i];
        const struct bd_page_named page = {s->url,  strlen(s->url), "",
                                           s->site, s->attitude,    ""};
        struct bd_span at = place_of(s->url, text, json);
        struct bd_citation *c;

        if (bd__citation_put(o, r, BD_ORIGIN_CLAIMED, &page, &c) < 0)
            return -1;
        if (c && c->span_count == 0)
            bd__citation_span(c, at.start, at.end);
    }
    return 0;
}

void bd__citations_free(struct bd_observation *o)
{
    for (size_t i = 0; i < o->citation_count; i++)
        drop(&o->citations[i]);
    free(o->citations);
    o->citations = NULL;
    o->citation_count = 0;
}
