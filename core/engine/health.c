/* engine/health.c - how providers and storage are, as JSON. */
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "engine/parts.h"

/* Kept for a minute only to see whether it can be kept. */
static const char probe_key[] = "0000000000000000";

static json_t *wait_of(const struct bd_lane_view *v)
{
    if (v->wait == BD_LIMITER_FREE)
        return json_null();
    return json_pack("{s:s, s:o}", "reason", bd_limiter_wait_name(v->wait), "ms",
                     v->wait_ms >= 0 ? json_integer(v->wait_ms) : json_null());
}

static json_t *provider_of(struct bd_engine *e, const struct bd_provider_slot *p)
{
    const char *model = bd_values_text(p->values, "model");
    struct bd_lane_view v = {0};
    json_t *o;

    if (!bd_scheduler_look(e->scheduler, p->name, bd_clock_ms(), &v))
        return json_null();
    o = json_pack("{s:s, s:s?, s:s, s:s, s:b, s:b}", "name", p->name, "model", model,
                  "plugin", p->plugin->base.name, "version", p->plugin->base.version,
                  "usable", (int)(!v.off && p->key_error.type == BD_ERR_NONE), "key",
                  (int)(p->key != NULL));
    json_object_set_new(o, "error",
                        v.off ? bd_json_from_error(&v.off_error)
                              : bd_json_from_error(&p->key_error));
    json_object_set_new(o, "breaker", json_string(bd_breaker_state_name(v.breaker)));
    json_object_set_new(o, "breakers_open", json_integer(v.keys_open));
    json_object_set_new(o, "running", json_integer(v.running));
    json_object_set_new(o, "waiting", json_integer(v.waiting));
    json_object_set_new(o, "concurrency", json_integer(v.allowed));
    json_object_set_new(o, "wait", wait_of(&v));
    return o;
}

json_t *bd_engine_providers(struct bd_engine *e)
{
    struct bd_edition *ed = bd__edition_take(e);
    json_t *list = json_array();

    for (size_t i = 0; i < bd_generation_provider_count(ed->generation); i++)
        json_array_append_new(list,
                              provider_of(e, bd_generation_provider(ed->generation, i)));
    bd__edition_release(e, ed);
    return list;
}

json_t *bd_engine_storage(struct bd_engine *e)
{
    struct bd_edition *ed = bd__edition_take(e);
    struct bd_store_stats stats = {0};
    json_t *o;

    if (e->store)
        bd_store_stats(e->store, &stats);
    o = json_pack("{s:s, s:b, s:I, s:I, s:I}", "plugin",
                  bd_generation_storage(ed->generation)->name, "failing",
                  (int)stats.failing, "rows", (json_int_t)stats.rows, "queued_rows",
                  (json_int_t)stats.queued_rows, "worst_commit_ms",
                  (json_int_t)stats.worst_commit_ms);
    json_object_set_new(
        o, "error", stats.failing ? bd_json_from_error(&stats.last_error) : json_null());
    bd__edition_release(e, ed);
    return o;
}

/* Once when it begins, once when it is over. */
static void log_change(struct bd_engine *e, const struct bd_store_stats *stats)
{
    if (stats->failing && !atomic_exchange(&e->storage_told, true))
        bd_log(BD_LOG_ERROR, "storage",
               "rows cannot be stored; until they can, new diagnoses are refused: %s",
               stats->last_error.message);
    else if (!stats->failing && atomic_exchange(&e->storage_told, false))
        bd_log(BD_LOG_WARNING, "storage", "rows are stored again");
}

bool bd_engine_storing(struct bd_engine *e)
{
    const struct bd_cache_row probe = {
        .struct_size = sizeof(probe),
        .key = probe_key,
        .data = "{}",
        .expires_ms = bd_clock_wall_ms() + 60000,
    };
    struct bd_store_stats stats;
    struct bd_error err;

    if (!e->store)
        return false;
    bd_store_stats(e->store, &stats);
    log_change(e, &stats);
    if (stats.failing && stats.queued_rows == 0)
        (void)(bd_store_put_cache(e->store, &probe, NULL, NULL, &err) < 0);
    return !stats.failing;
}
