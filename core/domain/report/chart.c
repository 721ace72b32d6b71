/* domain/report/chart.c - see chart.h. */
#include "domain/report/chart.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "domain/report/html.h"

/* The flow: columns of nodes, in units of the drawing. */
enum { LEFT = 2, MIDDLE = 260, RIGHT = 560, NODE = 10, GAP = 26, TOP = 24, TALL = 200 };
enum { LABEL_COLUMNS = 30, WIDE = 760 };

/* Lines keep their width while the drawing is stretched. */
#define HAIR "vector-effect=\"non-scaling-stroke\""

static double clamp(double v)
{
    return v < 0 ? 0 : v > 1 ? 1 : v;
}

static void begin(struct bd_buf *out)
{
    bd_buf_add(out,
               "<svg class=\"chart\" viewBox=\"0 0 100 10\" "
               "preserveAspectRatio=\"none\" aria-hidden=\"true\" focusable=\"false\">"
               "<rect class=\"rail\" width=\"100\" height=\"10\"/>");
}

void bd_chart_bar(struct bd_buf *out, double value, const struct bd_interval *interval)
{
    begin(out);
    if (!isnan(value))
        bd_buf_addf(out, "<rect class=\"bar\" y=\"1.5\" width=\"%.1f\" height=\"7\"/>",
                    100 * clamp(value));
    if (!isnan(value) && interval && !isnan(interval->low)) {
        double low = 100 * clamp(interval->low), high = 100 * clamp(interval->high);

        bd_buf_addf(out,
                    "<path class=\"whisker\" " HAIR
                    " d=\"M%.1f 5H%.1fM%.1f 2.5v5M%.1f 2.5v5\"/>",
                    low, high, low, high);
    }
    bd_buf_add(out, "</svg>");
}

void bd_chart_stack(struct bd_buf *out, const int *parts, size_t count)
{
    double all = 0, x = 0;

    for (size_t i = 0; i < count; i++)
        all += parts[i];
    begin(out);
    for (size_t i = 0; i < count; i++) {
        double width = all > 0 ? 100 * parts[i] / all : 0;

        if (parts[i] > 0)
            bd_buf_addf(out,
                        "<rect class=\"part%zu\" x=\"%.2f\" width=\"%.2f\" "
                        "height=\"10\"/>",
                        i, x, width);
        x += width;
    }
    bd_buf_add(out, "</svg>");
}

void bd_chart_strip(struct bd_buf *out, const struct bd_tick *ticks, size_t count)
{
    begin(out);
    for (int weak = 1; weak >= 0; weak--) {
        bool any = false;

        for (size_t i = 0; i < count; i++) {
            if (ticks[i].weak != (weak != 0))
                continue;
            bd_buf_add(out, any    ? ""
                            : weak ? "<path class=\"tick weak\" " HAIR " d=\""
                                   : "<path class=\"tick\" " HAIR " d=\"");
            bd_buf_addf(out, "M%.1f 1v8", 100 * clamp(ticks[i].at));
            any = true;
        }
        if (any)
            bd_buf_add(out, "\"/>");
    }
    bd_buf_add(out, "</svg>");
}

struct node {
    double x, y, tall;
};

static void put_node(struct bd_buf *out, const char *class, const struct node *n)
{
    bd_buf_addf(out,
                "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%d\" height=\"%.1f\"/>",
                class, n->x, n->y, NODE, fmax(n->tall, 1));
}

static void put_label(struct bd_buf *out, const struct node *n, const char *label,
                      int count)
{
    size_t bytes = bd_text_wrap(label, strlen(label), LABEL_COLUMNS);

    bd_buf_addf(out, "<text x=\"%.1f\" y=\"%.1f\">", n->x + NODE + 6,
                n->y + n->tall / 2 + 4);
    bd_html_text(out, label, bytes);
    bd_buf_addf(out, "%s <tspan class=\"count\">%d</tspan></text>",
                label[bytes] ? "…" : "", count);
}

/* A band from a place at node a to the whole left side of node b. */
static void put_band(struct bd_buf *out, const char *class, const struct node *a,
                     double from, const struct node *b)
{
    double x0 = a->x + NODE, x1 = b->x, mid = (x0 + x1) / 2, y = a->y + from;

    bd_buf_addf(
        out,
        "<path class=\"%s\" d=\"M%.1f %.1fC%.1f %.1f %.1f %.1f %.1f %.1fv%.1fC%.1f "
        "%.1f %.1f %.1f %.1f %.1fz\"/>",
        class, x0, y, mid, y, mid, b->y, x1, b->y, b->tall, mid, b->y + b->tall, mid,
        y + b->tall, x0, y + b->tall);
}

/* Where one answer goes into several streams, their bands begin at the same place. */
static double put_streams(struct bd_buf *out, const struct bd_flow *f, double unit,
                          const struct node *rest)
{
    double y = rest->y, from = 0;

    for (size_t i = 0; i <= f->count; i++) {
        bool nowhere = i == f->count;
        int count = nowhere ? f->nowhere : f->streams[i].count;
        struct node n = {RIGHT, y, unit * count};

        if (count == 0)
            continue;
        if (from + n.tall > rest->tall)
            from = fmax(0, rest->tall - n.tall);
        put_band(out, nowhere ? "band nowhere" : "band lost", rest, from, &n);
        put_node(out, nowhere ? "node nowhere" : "node lost", &n);
        put_label(out, &n, nowhere ? f->nowhere_label : f->streams[i].label, count);
        from += n.tall;
        y += fmax(n.tall, 4) + GAP;
    }
    return y;
}

static double height_of(const struct bd_flow *f, double unit)
{
    double right = TOP + unit * f->kept + GAP, left = TOP + unit * f->total + 2.0 * GAP;

    for (size_t i = 0; i < f->count; i++)
        if (f->streams[i].count > 0)
            right += fmax(unit * f->streams[i].count, 4) + GAP;
    if (f->nowhere > 0)
        right += fmax(unit * f->nowhere, 4) + GAP;
    return fmax(right, left) + 8;
}

void bd_chart_flow(struct bd_buf *out, const struct bd_flow *f)
{
    const double unit = f->total > 0 ? (double)TALL / f->total : 0;
    const int lost = f->total - f->kept;
    struct node total = {LEFT, TOP, unit * f->total};
    struct node kept = {MIDDLE, TOP, unit * f->kept};
    struct node rest = {MIDDLE, TOP + unit * f->kept + (f->kept ? GAP : 0), unit * lost};

    bd_buf_addf(
        out,
        "<div class=\"wide\" tabindex=\"0\"><svg class=\"flow\" viewBox=\"0 0 %d %.0f\" "
        "role=\"img\" aria-label=\"",
        WIDE, height_of(f, unit));
    bd_html_add(out, f->title);
    bd_buf_add(out, "\">");
    if (f->kept > 0)
        put_band(out, "band kept", &total, 0, &kept);
    if (lost > 0)
        put_band(out, "band lost", &total, unit * f->kept, &rest);
    put_node(out, "node", &total);
    put_label(out, &total, f->total_label, f->total);
    if (f->kept > 0) {
        put_node(out, "node kept", &kept);
        put_label(out, &kept, f->kept_label, f->kept);
    }
    if (lost > 0) {
        put_streams(out, f, unit, &rest);
        put_node(out, "node lost", &rest);
        put_label(out, &rest, f->rest_label, lost);
    }
    bd_buf_add(out, "</svg></div>");
}
