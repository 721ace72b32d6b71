/* domain/reading/topic.h - what a head says of the items under it. [any] Pure.
 *
 * "Outdoor activities:" has activities under it, whatever they look like; "well-known
 * firms" has names. By the last noun before "recommended", "such as" and the like. */
#ifndef BD_DOMAIN_TOPIC_H
#define BD_DOMAIN_TOPIC_H

#include <stddef.h>

enum bd_topic {
    BD_TOPIC_UNSAID,
    BD_TOPIC_NAMES, /* of brands, firms, shops, courses */
    BD_TOPIC_THINGS /* activities, places, parts, ingredients */
};

/* Of the n folded bytes of a head, with what stands behind it or without. */
enum bd_topic bd_topic_of(const char *s, size_t n);

#endif
