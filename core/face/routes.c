/* face/routes.c - which path is answered by whom. */
#include <stdio.h>
#include <string.h>

#include "face/api.h"

static const struct bd_route routes[] = {
    {"GET", "/", bd_api_page},
    {"GET", "/healthz", bd_api_alive},
    {"GET", "/readyz", bd_api_ready},
    {"GET", "/metrics", bd_api_metrics},
    {"POST", "/v1/diagnoses", bd_api_submit},
    {"GET", "/v1/diagnoses", bd_api_list},
    {"GET", "/v1/diagnoses/*", bd_api_diagnosis},
    {"DELETE", "/v1/diagnoses/*", bd_api_cancel},
    {"GET", "/v1/diagnoses/*/events", bd_api_events},
    {"GET", "/v1/diagnoses/*/report", bd_api_report},
    {"GET", "/v1/providers", bd_api_providers},
    {"GET", "/v1/status", bd_api_status},
    {"POST", "/v1/reload", bd_api_reload},
    {"POST", "/v1/rollback", bd_api_rollback},
    {"POST", "/v1/drain", bd_api_drain},
};
enum { ROUTES = sizeof(routes) / sizeof(routes[0]) };

/* The id fits the star: id holds it then. */
static bool fits(const char *route, const char *path, char id[40])
{
    const char *star = strchr(route, '*');
    size_t before = star ? (size_t)(star - route) : 0, n;

    if (!star)
        return strcmp(route, path) == 0;
    if (strncmp(route, path, before) != 0)
        return false;
    n = strspn(path + before, "abcdefghijklmnopqrstuvwxyz0123456789-");
    if (n == 0 || n > 39 || strcmp(star + 1, path + before + n) != 0)
        return false;
    snprintf(id, 40, "%.*s", (int)n, path + before);
    return true;
}

static bool is_method(const char *asked, const char *route)
{
    return strcmp(asked, route) == 0 ||
           (strcmp(asked, "HEAD") == 0 && strcmp(route, "GET") == 0);
}

static void refuse_method(struct bd_web_request *r, const char *allow)
{
    const char *const headers[] = {"Allow", allow, NULL};
    struct bd_buf text;

    bd_buf_init(&text, 4096);
    (void)bd_buf_addf(&text,
                      "{\"type\":\"about:blank\",\"title\":\"Method Not Allowed\","
                      "\"status\":405,\"detail\":\"use %s\"}\n",
                      allow);
    bd_reply_with(r, 405, "application/problem+json", &text, headers);
}

const struct bd_route *bd_routes_find(const char *method, const char *path, char id[40],
                                      char allow[64])
{
    size_t n = 0;

    id[0] = allow[0] = '\0';
    for (int i = 0; i < ROUTES; i++) {
        if (!fits(routes[i].path, path, id))
            continue;
        if (is_method(method, routes[i].method))
            return &routes[i];
        n += (size_t)snprintf(allow + n, 64 - n, "%s%s", n ? ", " : "", routes[i].method);
    }
    return NULL;
}

void bd_routes_serve(struct bd_web_request *r)
{
    char allow[64];
    const struct bd_route *route = bd_routes_find(r->method, r->path, r->id, allow);
    struct bd_error err;

    if (route) {
        route->answer(r);
        return;
    }
    if (allow[0]) {
        refuse_method(r, allow);
        return;
    }
    (void)bd_fail(&err, BD_ERR_INVALID_REQUEST, 404, "server",
                  "there is nothing at this path; docs/openapi.yaml lists what there is");
    bd_reply_problem(r, 404, &err);
}
