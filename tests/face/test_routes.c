/* tests/face/test_routes.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "face/api.h"

#define LONGEST "abcdefghijklmnopqrstuvwxyz0123456789-ab" /* 39 */

static char id[40], allow[64];

static const struct bd_route *find(const char *method, const char *path)
{
    memset(id, 'x', sizeof(id));
    memset(allow, 'x', sizeof(allow));
    return bd_routes_find(method, path, id, allow);
}

static void each_path_has_its_answer(void **state)
{
    static const struct {
        const char *method, *path, *id;
        void (*answer)(struct bd_web_request *r);
    } cases[] = {
        {"GET", "/", "", bd_api_page},
        {"GET", "/healthz", "", bd_api_alive},
        {"GET", "/readyz", "", bd_api_ready},
        {"GET", "/metrics", "", bd_api_metrics},
        {"POST", "/v1/diagnoses", "", bd_api_submit},
        {"GET", "/v1/diagnoses", "", bd_api_list},
        {"GET", "/v1/diagnoses/a-1", "a-1", bd_api_diagnosis},
        {"DELETE", "/v1/diagnoses/a-1", "a-1", bd_api_cancel},
        {"GET", "/v1/diagnoses/a/events", "a", bd_api_events},
        {"GET", "/v1/diagnoses/a/report", "a", bd_api_report},
        {"GET", "/v1/diagnoses/" LONGEST, LONGEST, bd_api_diagnosis},
        {"GET", "/v1/diagnoses/events", "events", bd_api_diagnosis},
        {"GET", "/v1/diagnoses/report/report", "report", bd_api_report},
        {"GET", "/v1/providers", "", bd_api_providers},
        {"GET", "/v1/status", "", bd_api_status},
        {"POST", "/v1/reload", "", bd_api_reload},
        {"POST", "/v1/rollback", "", bd_api_rollback},
        {"POST", "/v1/drain", "", bd_api_drain},
        {"HEAD", "/healthz", "", bd_api_alive},
        {"HEAD", "/v1/diagnoses/a/report", "a", bd_api_report},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct bd_route *route = find(cases[i].method, cases[i].path);

        if (!route || route->answer != cases[i].answer || strcmp(id, cases[i].id) != 0)
            fail_msg("%s %s", cases[i].method, cases[i].path);
    }
}

static void nothing_else_is_a_path(void **state)
{
    static const char *const paths[] = {
        "",
        "//",
        "/healthz/",
        "/Healthz",
        "/v1",
        "/v1/",
        "/v1/diagnoses/",
        "/v1//diagnoses",
        "/v1/diagnoses//events",
        "/v1/diagnoses/a/",
        "/v1/diagnoses/a/events/",
        "/v1/diagnoses/a/eventsx",
        "/v1/diagnoses/a/b",
        "/v1/diagnoses/a/b/report",
        "/v1/diagnoses/A",
        "/v1/diagnoses/a.b",
        "/v1/diagnoses/..",
        "/v1/diagnoses/../status",
        "/v1/diagnoses/a b",
        "/v1/diagnoses/\xe5\x8d\x8e",
        "/v1/diagnoses/*",
        "/v1/diagnoses/" LONGEST "0",
        "/v1/diagnoses/" LONGEST "0/report",
        "/v2/diagnoses",
        "v1/diagnoses",
        "*",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
        if (find("GET", paths[i]) || allow[0])
            fail_msg("'%s'", paths[i]);
}

static void a_wrong_method_learns_the_right_ones(void **state)
{
    static const struct {
        const char *method, *path, *allow;
    } cases[] = {
        {"PUT", "/v1/diagnoses", "POST, GET"},
        {"POST", "/v1/diagnoses/a", "GET, DELETE"},
        {"DELETE", "/v1/diagnoses", "POST, GET"},
        {"DELETE", "/v1/diagnoses/a/report", "GET"},
        {"GET", "/v1/reload", "POST"},
        {"HEAD", "/v1/drain", "POST"}, /* HEAD changes nothing */
        {"OPTIONS", "/", "GET"},
        {"get", "/", "GET"}, /* methods have a case */
        {"", "/", "GET"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (find(cases[i].method, cases[i].path) || strcmp(allow, cases[i].allow) != 0)
            fail_msg("%s %s: %s", cases[i].method, cases[i].path, allow);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_path_has_its_answer),
        cmocka_unit_test(nothing_else_is_a_path),
        cmocka_unit_test(a_wrong_method_learns_the_right_ones),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
