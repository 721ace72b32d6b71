/* domain/reading/site.h - what kind of place a host is. [any] Pure.
 *
 * Two short tables: the second-level names under which registries sell (com.cn, co.uk),
 * and places that answers cite often. What is in neither is unknown, which is a kind. */
#ifndef BD_DOMAIN_SITE_H
#define BD_DOMAIN_SITE_H

#include "domain/reading/observation.h"

/* The part of the host that somebody registered, lent by it: "zhuanlan.zhihu.com" ->
 * "zhihu.com", "shop.a.com.cn" -> "a.com.cn"; an address of numbers is itself. */
const char *bd_site_domain(const char *host);

/* MEDIA, UGC, REFERENCE or UNKNOWN: whose a site is, is not known here. */
enum bd_category bd_site_category(const char *host);

/* Is it the brand's own site? Where a name of it in Latin letters is the domain's first
 * label ("Li-Ning": li-ning.com, lining.com.cn) or the whole domain ("roborock.com"), or
 * where `title` is a name of it with a word for its official site behind ("顾家官网"). A
 * title alone, without the word, only if `named`: it is what the site is called. */
bool bd_site_belongs(const char *domain, const char *title, bool named,
                     const struct bd_brand *b);

#endif
