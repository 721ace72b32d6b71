/* domain/report/chart.h - small charts as inline SVG. [any] Pure.
 *
 * All but the flow hold no text: they are as wide as their table cell, the number stands
 * beside them, and screen readers skip them. Colours are classes of the page's style. */
#ifndef BD_DOMAIN_CHART_H
#define BD_DOMAIN_CHART_H

#include <stddef.h>

#include "base/buf.h"
#include "domain/figures/interval.h"

/* A bar of value (0..1) with its interval; only the rail where the value is NaN, no
 * whisker where the interval is. */
void bd_chart_bar(struct bd_buf *out, double value, const struct bd_interval *interval);

/* Parts side by side, in the classes part0, part1, ...; the rail where all are 0. */
void bd_chart_stack(struct bd_buf *out, const int *parts, size_t count);

struct bd_tick {
    double at; /* 0..1 */
    bool weak; /* drawn as one that is not whole */
};
/* One line for each tick. */
void bd_chart_strip(struct bd_buf *out, const struct bd_tick *ticks, size_t count);

struct bd_stream { /* where a part of what is left went */
    const char *label;
    int count;
};
/* total answers flow to `kept` and to the rest, and from the rest to streams; one answer
 * may go into several. labels: of the total, of kept, of the rest, of the rest that goes
 * nowhere; title for those who do not see it. */
struct bd_flow {
    const char *title, *total_label, *kept_label, *rest_label, *nowhere_label;
    int total, kept, nowhere;
    const struct bd_stream *streams;
    size_t count;
};
void bd_chart_flow(struct bd_buf *out, const struct bd_flow *flow);

#endif
