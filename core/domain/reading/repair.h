/* domain/reading/repair.h - what had to be mended in JSON that a model wrote before it
 * could be read (loose.h reads it; this says what was wrong). [any] Pure. */
#ifndef BD_DOMAIN_REPAIR_H
#define BD_DOMAIN_REPAIR_H

#include <stdbool.h>
#include <stddef.h>

/* clang-format off */
#define BD_REPAIR_MAP(X)                            \
    X(FENCE,              "fence")                  \
    X(FULLWIDTH,          "fullwidth")              \
    X(SMART_QUOTES,       "smart_quotes")           \
    X(SINGLE_QUOTES,      "single_quotes")          \
    X(BARE_WORDS,         "bare_words")             \
    X(PYTHON_LITERALS,    "python_literals")        \
    X(LEADING_DOT,        "leading_dot_number")     \
    X(COMMENT,            "comment")                \
    X(TRAILING_COMMA,     "trailing_comma")         \
    X(LINE_IN_STRING,     "line_in_string")         \
    X(CLOSE_STRING,       "close_string")           \
    X(CLOSE_CONTAINERS,   "close_containers")       \
    X(RANK_COERCED,       "rank_coerced")           \
    X(SENTIMENT_COERCED,  "sentiment_coerced")      \
    X(NONE_WORD,          "none_word")

enum bd_repair { /* or-ed as 1 << */
#define X(id, name) BD_REPAIR_##id,
    BD_REPAIR_MAP(X)
#undef X
    BD_REPAIR_COUNT
};
/* clang-format on */

struct bd_written { /* JSON in a text of n bytes, at [start, end) */
    const char *s;
    size_t n, start, end;
    bool truncated; /* the text ended inside of it */
};

/* What is no JSON there, and in what stands around it. The last three of the table are
 * for whoever knows what the values were taken for. */
unsigned bd_repair_find(const struct bd_written *json);

const char *bd_repair_name(enum bd_repair r);

#endif
