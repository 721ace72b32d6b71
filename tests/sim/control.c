/* sim/control.c - the simulator's own pages, for tests that count. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "sim/service.h"

/* Takes o. */
static void reply(struct sim_plan *out, int status, json_t *o, bool close)
{
    struct bd_buf b;

    bd_buf_init(&b, 64u << 20);
    if (!o || bd_json_write(&b, o, false) < 0) {
        bd_buf_reset(&b);
        (void)bd_buf_add(&b, "{\"error\":\"out of memory\"}");
        status = 500;
    }
    sim_plan_text(out, status, "application/json", b.data, b.n, close);
    bd_buf_free(&b);
    json_decref(o);
}

static size_t last_of(const char *path)
{
    const char *n = strstr(path, "?n=");

    return n ? strtoul(n + 3, NULL, 10) : 1000;
}

static void set_scenario(struct sim_service *s, const struct sim_http *h,
                         const char *body, struct sim_plan *out)
{
    struct bd_error err;
    json_t *root = bd_json_parse(body, h->body, "sim", &err);
    bool done = root && sim_service_load(s, root, &err) == 0;

    reply(out, done ? 200 : 400,
          done ? json_pack("{s:b}", "ok", 1)
               : json_pack("{s:o}", "error",
                           bd_json_string(err.message, strlen(err.message))),
          h->close);
    json_decref(root);
}

static void reset(struct sim_service *s, const struct sim_http *h, struct sim_plan *out)
{
    sim_record_reset(s->record, bd_clock_ms());
    sim_scenario_rewind(s->scenario);
    reply(out, 200, json_pack("{s:b}", "ok", 1), h->close);
}

void sim_control_answer(struct sim_service *s, const struct sim_http *h, const char *body,
                        struct sim_plan *out)
{
    const char *page = h->path + 5;
    bool get = strcmp(h->method, "GET") == 0, post = strcmp(h->method, "POST") == 0;

    if (get && strcmp(page, "stats") == 0)
        reply(out, 200, sim_record_stats(s->record), h->close);
    else if (get && strcspn(page, "?") == 3 && strncmp(page, "log", 3) == 0)
        reply(out, 200, sim_record_log(s->record, last_of(page)), h->close);
    else if (post && strcmp(page, "reset") == 0)
        reset(s, h, out);
    else if (post && strcmp(page, "scenario") == 0)
        set_scenario(s, h, body, out);
    else
        reply(out, 404,
              json_pack("{s:s}", "error",
                        "known: GET stats, GET log?n=, POST reset, "
                        "POST scenario"),
              h->close);
}
