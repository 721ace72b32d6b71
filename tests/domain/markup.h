/* tests/domain/markup.h - is a text the HTML that we promise? */
#ifndef BD_TESTS_DOMAIN_MARKUP_H
#define BD_TESTS_DOMAIN_MARKUP_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct markup_name {
    char s[16];
};

static inline bool markup_one_of(const char *name, const char *list)
{
    char word[40];

    snprintf(word, sizeof(word), " %s ", name);
    return strstr(list, word) != NULL;
}

/* Attributes in double quotes, none of them active, addresses only within the page. */
static inline const char *markup_attributes(const char *p, const char *end)
{
    static const char known[] = " aria-hidden aria-label aria-labelledby charset class "
                                "content d datetime focusable "
                                "height href http-equiv id lang name preserveAspectRatio "
                                "rel role scope start tabindex "
                                "title vector-effect viewBox width x y ";

    while (p < end) {
        char name[24] = "";
        size_t n = strspn(p, " \n/"), k;

        p += n;
        if (p >= end)
            break;
        k = strcspn(p, "= >");
        if (k == 0 || k >= sizeof(name))
            return "a long or empty attribute name";
        memcpy(name, p, k);
        p += k;
        if (!markup_one_of(name, known))
            return "an attribute that is not known";
        if (p[0] != '=' || p[1] != '"')
            return "an attribute without a quoted value";
        p += 2;
        if (strcmp(name, "href") == 0 && *p != '#' && strncmp(p, "data:,\"", 7) != 0)
            return "an address outside the page";
        p += strcspn(p, "\"") + 1;
    }
    return NULL;
}

/* NULL, or what is wrong with the markup: tags out of balance or not in `tags` (names
 * with a blank on both sides), odd attributes, control characters. */
static inline const char *markup_wrong(const char *s, size_t n, const char *tags)
{
    static const char empty[] = " meta link br hr rect path ";
    static struct markup_name open[1024];
    size_t depth = 0;

    for (size_t i = 0; i < n; i++)
        if (((unsigned char)s[i] < 0x20 && s[i] != '\n' && s[i] != '\t') || s[i] == 0x7F)
            return "a control character";
    for (const char *p = s; (p = strchr(p, '<')); p++) {
        const char *end = strchr(p, '>');
        bool closes = p[1] == '/';
        struct markup_name name = {""};
        size_t k = strcspn(p + 1 + closes, " />\n");

        if (strncmp(p, "<!doctype html>", 15) == 0)
            continue;
        if (!end || k == 0 || k >= sizeof(name.s))
            return "an odd tag";
        memcpy(name.s, p + 1 + closes, k);
        if (!markup_one_of(name.s, tags))
            return "a tag that is not allowed";
        if (closes && (depth == 0 || strcmp(open[--depth].s, name.s) != 0))
            return "tags out of balance";
        if (!closes) {
            const char *wrong = markup_attributes(p + 1 + k, end);

            if (wrong)
                return wrong;
        }
        if (!closes && !markup_one_of(name.s, empty)) {
            if (depth == sizeof(open) / sizeof(open[0]))
                return "too deep";
            open[depth++] = name;
        }
        p = end;
    }
    return depth ? "a tag that is not closed" : NULL;
}

#define MARKUP_PROSE                                                           \
    " p blockquote ul ol li hr br pre code div table thead tbody tr th td em " \
    "strong del span mark "
#define MARKUP_PAGE                                                              \
    MARKUP_PROSE " html head meta link title style body a header h1 h2 h3 nav "  \
                 "main section dl dt dd b time small caption figure figcaption " \
                 "details summary footer i svg rect path text tspan "

#endif
