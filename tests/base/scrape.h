/* scrape.h - reading what Prometheus would scrape, more strictly than it does. Includes
 * come after those of cmocka. */
#ifndef BD_TESTS_SCRAPE_H
#define BD_TESTS_SCRAPE_H

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define SCRAPE_FAMILIES 256

struct scrape { /* of one text, checked as a whole */
    const char *text;
    char families[SCRAPE_FAMILIES][96]; /* "name type" */
    size_t family_count, samples;
    double below; /* of the histogram series being read: the last bucket's */
    double before_le;
    bool whole; /* it has had its +Inf */
};

/* The value of the sample that is written so, name and labels; NaN if there is none. */
static inline double scrape_value(const char *text, const char *sample)
{
    size_t n = strlen(sample);

    for (const char *at = text; (at = strstr(at, sample)); at++)
        if ((at == text || at[-1] == '\n') && at[n] == ' ')
            return strtod(at + n + 1, NULL);
    return NAN;
}

static inline bool scrape_has(const char *text, const char *sample)
{
    return !isnan(scrape_value(text, sample));
}

/* Past "{name="value",...}", or where it stands if there is none; NULL when it is
 * damaged. */
static inline const char *scrape_labels(const char *at)
{
    const char *names = "abcdefghijklmnopqrstuvwxyz0123456789_";

    if (*at != '{')
        return at;
    do {
        size_t n = strspn(++at, names);

        if (n == 0 || strncmp(at + n, "=\"", 2) != 0)
            return NULL;
        for (at += n + 2; *at != '"'; at++) {
            if (*at == '\n' || *at == '\0')
                return NULL;
            if (*at == '\\' && !strchr("\\\"n", *++at))
                return NULL;
        }
        at++;
    } while (*at == ',');
    return *at == '}' ? at + 1 : NULL;
}

/* Buckets rise, end in +Inf, and are followed by _sum and _count of as many. */
static inline void scrape_histogram(struct scrape *s, const char *line, const char *part,
                                    double value)
{
    const char *le = strstr(line, "le=\"");

    if (strncmp(part, "_bucket", 7) == 0) {
        double bound = strtod(le + 4, NULL);

        if (s->whole)
            s->below = 0, s->before_le = -INFINITY, s->whole = false;
        if (!(bound > s->before_le) || value < s->below)
            fail_msg("buckets do not rise: %.120s", line);
        s->before_le = bound;
        s->below = value;
        s->whole = isinf(bound);
    } else if (!s->whole || (strncmp(part, "_count", 6) == 0 && value != s->below)) {
        fail_msg("not what the buckets hold: %.120s", line);
    }
}

static inline void scrape_sample(struct scrape *s, const char *line)
{
    const char *family = s->families[s->family_count - 1];
    size_t n = strcspn(family, " ");
    bool histogram = strcmp(family + n, " histogram") == 0;
    const char *labels = line + strcspn(line, "{ "), *after = scrape_labels(labels);
    char *end;
    double value;

    if (s->family_count == 0 || strncmp(line, family, n) != 0 || !after || *after != ' ')
        fail_msg("not of the family '%s', or damaged: %.120s", family, line);
    value = strtod(after + 1, &end);
    if (end == after + 1 || *end != '\n')
        fail_msg("no number at the end: %.120s", line);
    for (const char *at = end; (at = strstr(at, "\n")); at++)
        if (strncmp(at + 1, line, (size_t)(after - line) + 1) == 0)
            fail_msg("twice: %.120s", line);
    if (histogram)
        scrape_histogram(s, line, line + n, value);
    else if (labels != line + n)
        fail_msg("a part of no histogram: %.120s", line);
    if (strstr(family, " counter") && !(value >= 0))
        fail_msg("a counter below 0: %.120s", line);
    s->samples++;
}

static inline void scrape_header(struct scrape *s, const char *line)
{
    char name[64], type[16], help[64];
    const char *next = strchr(line, '\n') + 1;

    if (sscanf(line, "# HELP %63s ", name) != 1 ||
        sscanf(next, "# TYPE %63s %15s", help, type) != 2 || strcmp(name, help) != 0)
        fail_msg("no HELP with TYPE behind it: %.120s", line);
    for (size_t i = 0; i < s->family_count; i++)
        if (strncmp(s->families[i], name, strlen(name)) == 0 &&
            s->families[i][strlen(name)] == ' ')
            fail_msg("a family twice: %s", name);
    assert_true(s->family_count < SCRAPE_FAMILIES);
    snprintf(s->families[s->family_count++], sizeof(s->families[0]), "%s %s", name, type);
}

/* Fails the test at the first thing that is wrong. */
static inline void scrape_read(struct scrape *s, const char *text)
{
    *s = (struct scrape){.text = text, .whole = true};
    for (const char *line = text; *line; line = strchr(line, '\n') + 1) {
        if (!strchr(line, '\n'))
            fail_msg("the last line does not end: %.120s", line);
        if (strncmp(line, "# HELP ", 7) == 0)
            scrape_header(s, line);
        else if (*line != '#')
            scrape_sample(s, line);
    }
}

/* What Prometheus's own tool says; passes where it is not installed. */
static inline void scrape_promtool(const char *text)
{
    FILE *tool;

    if (system("command -v promtool >/dev/null") != 0) {
        print_message("promtool is not installed (Debian package prometheus): skipped\n");
        return;
    }
    tool = popen("promtool check metrics", "w");
    assert_non_null(tool);
    assert_true(fputs(text, tool) >= 0);
    assert_int_equal(pclose(tool), 0);
}

#endif
