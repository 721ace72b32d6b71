/* domain/reading/marker.h - the number or sign at the head of a line. [any]
 *
 * Lists that Markdown does not know: 1、 (1) ① 1️⃣ 一、 第一名 TOP1 No.1 #1
 * 🥇 and bullets like •. Emoji and emphasis before the mark are passed over. */
#ifndef BD_DOMAIN_MARKER_H
#define BD_DOMAIN_MARKER_H

#include <stddef.h>

enum bd_marker_kind {
    BD_MARKER_NONE,
    BD_MARKER_NUMBER,  /* 1. 1、 1) (1) ① 1️⃣ */
    BD_MARKER_CHAPTER, /* 一、 （一） */
    BD_MARKER_RANK,    /* 第一名 TOP1 No.1 #1 🥇 */
    BD_MARKER_BULLET
};

struct bd_marker {
    enum bd_marker_kind kind;
    int number;   /* 0 for bullets */
    size_t bytes; /* up to the text behind it, decoration included; without a mark: the
                     decoration alone */
};

struct bd_marker bd_marker_read(const char *s, size_t n);

#endif
