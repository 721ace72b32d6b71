/* domain/report/report_json_parts.h - what the parts of the JSON report share. [any]
 *
 * A figure that does not exist is null, with n 0 beside it. All give NULL when memory is
 * short, which takes the whole object with it. */
#ifndef BD_DOMAIN_REPORT_JSON_PARTS_H
#define BD_DOMAIN_REPORT_JSON_PARTS_H

#include "domain/figures/figures.h"

json_t *bd__json_text(const char *s); /* null for NULL and "" */
json_t *bd__json_count(int64_t n);    /* null below 0 */
json_t *bd__json_name(const struct bd_record *rec, size_t brand);
json_t *bd__json_rate(const struct bd_rate *r);
json_t *bd__json_interval(const struct bd_interval *i);
json_t *bd__json_sure_rate(const struct bd_rate *r, const struct bd_interval *i);
json_t *bd__json_mean(const struct bd_mean *m);

/* The report's "metrics" (report_metrics.c), and of them those of one brand and those of
 * models (report_metrics_brands.c). */
json_t *bd__json_metrics(const struct bd_record *rec, const struct bd_figures *f);
json_t *bd__json_brand_metrics(const struct bd_record *rec, const struct bd_figures *f,
                               size_t brand);
json_t *bd__json_model_metrics(const struct bd_record *rec, const struct bd_figures *f,
                               size_t model);
/* What answers cite (report_metrics_sources.c). */
json_t *bd__json_sources(const struct bd_record *rec, const struct bd_figures *f);
/* Cells that a figure leaves out, by cause. */
json_t *bd__json_excluded(const int excluded[BD_STATUS_COUNT], int branded);

#endif
