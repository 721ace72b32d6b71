/* domain/report/report_json_parts.c - see report_json_parts.h. */
#include "domain/report/report_json_parts.h"

#include <math.h>
#include <string.h>

json_t *bd__json_text(const char *s)
{
    return s && *s ? bd_json_string(s, strlen(s)) : json_null();
}

json_t *bd__json_count(int64_t n)
{
    return n >= 0 ? json_integer(n) : json_null();
}

json_t *bd__json_name(const struct bd_record *rec, size_t brand)
{
    return bd__json_text(rec->inquiry.brands[brand].name);
}

json_t *bd__json_rate(const struct bd_rate *r)
{
    return json_pack("{s:o, s:i, s:i}", "value", bd_json_number(r->value), "hits",
                     r->hits, "n", r->n);
}

json_t *bd__json_interval(const struct bd_interval *i)
{
    if (isnan(i->low))
        return json_null();
    return json_pack("[o, o]", bd_json_number(i->low), bd_json_number(i->high));
}

json_t *bd__json_sure_rate(const struct bd_rate *r, const struct bd_interval *i)
{
    json_t *o = bd__json_rate(r);

    if (o)
        json_object_set_new(o, "interval", bd__json_interval(i));
    return o;
}

json_t *bd__json_mean(const struct bd_mean *m)
{
    return json_pack("{s:o, s:i}", "value", bd_json_number(m->value), "n", m->n);
}

json_t *bd__json_excluded(const int excluded[BD_STATUS_COUNT], int branded)
{
    json_t *o = json_object();

    json_object_set_new(
        o, "uncertain",
        json_integer(excluded[BD_STATUS_OK] + excluded[BD_STATUS_TRUNCATED]));
    for (enum bd_status s = BD_STATUS_REFUSED; s < BD_STATUS_COUNT; s++)
        json_object_set_new(o, bd_status_name(s), json_integer(excluded[s]));
    json_object_set_new(o, "branded", json_integer(branded));
    return o;
}
