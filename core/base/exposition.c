/* base/exposition.c - see exposition.h. */
#include "base/exposition.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyz"

static const char *const type_names[] = {
    [BD_METRIC_COUNTER] = "counter",
    [BD_METRIC_GAUGE] = "gauge",
    [BD_METRIC_HISTOGRAM] = "histogram",
};

void bd_exposition_init(struct bd_exposition *x, struct bd_buf *out)
{
    *x = (struct bd_exposition){.out = out};
}

/* Of ours: Prometheus would take capitals and colons, its linters would not. */
static bool is_name(const char *s)
{
    return *s && strspn(s, LETTERS "_") > 0 &&
           s[strspn(s, LETTERS "0123456789_")] == '\0';
}

static bool ends_in(const char *s, const char *end)
{
    size_t n = strlen(s), m = strlen(end);

    return n >= m && strcmp(s + n - m, end) == 0;
}

static bool name_fits_type(const char *name, enum bd_exposition_type type)
{
    static const char *const parts[] = {"_bucket", "_count", "_sum"};

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        if (ends_in(name, parts[i]))
            return false;
    return ends_in(name, "_total") == (type == BD_METRIC_COUNTER);
}

/* All families are in the buffer, whoever wrote them: a second one of that name would
 * break the text for every reader. */
static bool is_there(const struct bd_buf *out, const char *name)
{
    const char *at = out->data;
    size_t n = strlen(name);

    for (; (at = strstr(at, "# TYPE ")); at++)
        if (strncmp(at + 7, name, n) == 0 && at[7 + n] == ' ' &&
            (at == out->data || at[-1] == '\n'))
            return true;
    return false;
}

/* Valid UTF-8, and nothing that ends the line or the quotes. */
static void add_escaped(struct bd_buf *out, const char *s, bool quoted)
{
    size_t n = strlen(s);

    for (size_t i = 0; i < n;) {
        int32_t cp;
        size_t bytes = bd_text_next(s + i, n - i, &cp);

        if (cp < 0)
            (void)bd_buf_add(out, "\xef\xbf\xbd");
        else if (cp == '\n')
            (void)bd_buf_add(out, "\\n");
        else if (cp == '\\' || (quoted && cp == '"'))
            (void)bd_buf_addf(out, "\\%c", (int)cp);
        else
            (void)bd_buf_append(out, s + i, bytes);
        i += bytes;
    }
}

void bd_exposition_family(struct bd_exposition *x, const char *name,
                          enum bd_exposition_type type, const char *help)
{
    x->family = NULL;
    if (!is_name(name) || !*help || !name_fits_type(name, type) ||
        is_there(x->out, name)) {
        x->refused++;
        return;
    }
    x->family = name;
    x->type = type;
    (void)bd_buf_addf(x->out, "# HELP %s ", name);
    add_escaped(x->out, help, false);
    (void)bd_buf_addf(x->out, "\n# TYPE %s %s\n", name, type_names[type]);
}

static bool are_labels(const char *const *labels)
{
    for (; labels && *labels; labels += 2)
        if (!is_name(labels[0]) || strncmp(labels[0], "__", 2) == 0 ||
            strcmp(labels[0], "le") == 0 || !labels[1])
            return false;
    return true;
}

static bool may_write(struct bd_exposition *x, const char *const *labels, bool histogram)
{
    bool yes =
        x->family && are_labels(labels) && (x->type == BD_METRIC_HISTOGRAM) == histogram;

    x->refused += !yes;
    return yes;
}

/* le NULL: none. */
static void add_start(struct bd_exposition *x, const char *part,
                      const char *const *labels, const char *le)
{
    const char *before = "{";

    (void)bd_buf_addf(x->out, "%s%s", x->family, part);
    for (; labels && *labels; labels += 2) {
        (void)bd_buf_addf(x->out, "%s%s=\"", before, labels[0]);
        add_escaped(x->out, labels[1], true);
        (void)bd_buf_add(x->out, "\"");
        before = ",";
    }
    if (le)
        (void)bd_buf_addf(x->out, "%sle=\"%s\"", before, le);
    (void)bd_buf_add(x->out, le || *before == ',' ? "} " : " ");
}

/* The shortest text that is the same number again. */
static void number(char out[32], double v)
{
    if (isnan(v))
        snprintf(out, 32, "NaN");
    else if (isinf(v))
        snprintf(out, 32, v > 0 ? "+Inf" : "-Inf");
    else if (snprintf(out, 32, "%.15g", v) > 0 && strtod(out, NULL) != v)
        snprintf(out, 32, "%.17g", v);
}

static void add_value(struct bd_exposition *x, double v)
{
    char text[32];

    number(text, v);
    (void)bd_buf_addf(x->out, "%s\n", text);
}

void bd_exposition_value(struct bd_exposition *x, const char *const *labels, double v)
{
    if (!may_write(x, labels, false))
        return;
    add_start(x, "", labels, NULL);
    add_value(x, v);
}

void bd_exposition_count(struct bd_exposition *x, const char *const *labels, uint64_t n)
{
    if (!may_write(x, labels, false))
        return;
    add_start(x, "", labels, NULL);
    (void)bd_buf_addf(x->out, "%" PRIu64 "\n", n);
}

void bd_exposition_histogram(struct bd_exposition *x, const char *const *labels,
                             const struct bd_exposition_buckets *b)
{
    uint64_t below = 0;
    char le[32];

    if (!may_write(x, labels, true))
        return;
    for (size_t i = 0; i <= b->bounds; i++) {
        number(le, i < b->bounds ? b->upper[i] : INFINITY);
        below += b->counts[i];
        add_start(x, "_bucket", labels, le);
        (void)bd_buf_addf(x->out, "%" PRIu64 "\n", below);
    }
    add_start(x, "_sum", labels, NULL);
    add_value(x, b->sum);
    add_start(x, "_count", labels, NULL);
    (void)bd_buf_addf(x->out, "%" PRIu64 "\n", below);
}

int bd_exposition_end(struct bd_exposition *x)
{
    x->family = NULL;
    return x->refused || x->out->failed ? -1 : 0;
}
