/* domain/report/reported.c - see reported.h. */
#include "domain/report/reported.h"

#include <string.h>
#include <strings.h>

#include "domain/report/report_parts.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "2025-12-01", "20251201", "251201", "1201", "latest". */
static bool is_date(const char *s)
{
    static const char mark[] = "0000-00-00";
    size_t n = strlen(s), digits = strspn(s, "0123456789");

    if (strcasecmp(s, "latest") == 0)
        return true;
    if (digits == n)
        return n == 4 || n == 6 || n == 8;
    for (size_t i = 0; i < n; i++)
        if (n != sizeof(mark) - 1 || (mark[i] == '-' ? s[i] != '-' : !is_digit(s[i])))
            return false;
    return true;
}

/* Is it the short name with a date behind it? */
static bool is_dated(const char *name, const char *of)
{
    size_t n = strlen(of);

    return n > 0 && strncasecmp(name, of, n) == 0 && name[n] &&
           strchr("-_@:.", name[n]) && is_date(name + n + 1);
}

enum bd_reported_kind bd_reported_compare(const char *asked, const char *reported)
{
    if (strcasecmp(asked, reported) == 0)
        return BD_REPORTED_SAME;
    return is_dated(asked, reported) || is_dated(reported, asked) ? BD_REPORTED_DATED
                                                                  : BD_REPORTED_OTHER;
}

static void count(struct bd_reported *out, size_t *n, const char *asked, const char *name)
{
    enum bd_reported_kind kind = bd_reported_compare(asked, name);
    size_t k = 0;

    if (kind == BD_REPORTED_SAME)
        return;
    while (k < *n && strcmp(out[k].name, name) != 0)
        k++;
    if (k == BD_REPORTED_MAX)
        return;
    if (k == *n)
        out[(*n)++] = (struct bd_reported){.name = name, .kind = kind};
    out[k].replies++;
}

size_t bd_reported_others(const struct bd_record *rec, int model,
                          struct bd_reported out[BD_REPORTED_MAX], int *told)
{
    const char *asked = bd_model_asked(rec, model);
    size_t n = 0;

    *told = 0;
    for (size_t i = 0; asked && i < rec->cell_count; i++) {
        const struct bd_cell *c = &rec->cells[i];

        if (c->model != model || !c->model_reported)
            continue;
        ++*told;
        count(out, &n, asked, c->model_reported);
    }
    return n;
}

int bd_reported_say(struct bd_buf *out, const struct bd_record *rec, int model,
                    const struct bd_reported *r, int told, bool zh)
{
    enum bd_word word =
        r->kind == BD_REPORTED_DATED ? BD_WORD_REPORTED_DATED : BD_WORD_REPORTED;

    return bd_word_fill(out, bd_word(word, zh),
                        BD_ARGS(rec->inquiry.models[model].provider,
                                bd_model_asked(rec, model), r->name,
                                bd_show_count(r->replies).s, bd_show_count(told).s));
}
