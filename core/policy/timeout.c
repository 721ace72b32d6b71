/* policy/timeout.c - see timeout.h. */
#include "policy/timeout.h"

#include "base/text.h"

#define NORMAL_FROM  20 /* characters */
#define COMPLEX_FROM 50

const struct bd_timeouts bd_timeout_unknown = {
    .simple_ms = 10000, .normal_ms = 20000, .complex_ms = 45000};

enum bd_complexity bd_timeout_complexity(const char *question, size_t n)
{
    size_t points = bd_text_points(question, n);

    if (points < NORMAL_FROM)
        return BD_COMPLEXITY_SIMPLE;
    return points < COMPLEX_FROM ? BD_COMPLEXITY_NORMAL : BD_COMPLEXITY_COMPLEX;
}

static int32_t pick(const struct bd_timeouts *row, enum bd_complexity complexity)
{
    switch (complexity) {
    case BD_COMPLEXITY_SIMPLE:
        return row->simple_ms;
    case BD_COMPLEXITY_NORMAL:
        return row->normal_ms;
    case BD_COMPLEXITY_COMPLEX:
        break;
    }
    return row->complex_ms;
}

int64_t bd_timeout_ms(const struct bd_timeouts *row, enum bd_complexity complexity)
{
    int32_t ms = row ? pick(row, complexity) : 0;

    return ms > 0 ? ms : pick(&bd_timeout_unknown, complexity);
}

const char *bd_timeout_name(enum bd_complexity complexity)
{
    switch (complexity) {
    case BD_COMPLEXITY_SIMPLE:
        return "simple";
    case BD_COMPLEXITY_NORMAL:
        return "normal";
    case BD_COMPLEXITY_COMPLEX:
        break;
    }
    return "complex";
}
