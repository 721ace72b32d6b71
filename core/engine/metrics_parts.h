/* engine/metrics_parts.h - what the files of metrics know of each other. */
#ifndef BD_ENGINE_METRICS_PARTS_H
#define BD_ENGINE_METRICS_PARTS_H

#include "base/exposition.h"
#include "engine/scheduler.h"

struct bd_engine;

/* One scrape: families need all lanes, one after the other, so lanes are copied first. */
struct bd_scrape {
    struct bd_exposition x;
    struct bd_engine *engine;
    int64_t now_ms;
    struct bd_lane_report *lanes; /* owned */
    size_t lane_count;
    bool short_of_memory;
};

/* [any] Copies the lanes; what it says about them. */
void bd__scrape_look(struct bd_scrape *s);
void bd__scrape_lanes(struct bd_scrape *s);
void bd__scrape_histogram(struct bd_scrape *s, const char *const *labels,
                          const struct bd_histogram *h);

#endif
