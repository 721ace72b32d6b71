/* face/api.h - the routes of the HTTP API (docs/openapi.yaml). [api] Each answers. */
#ifndef BD_FACE_API_H
#define BD_FACE_API_H

#include "face/web.h"

struct bd_route {
    const char *method, *path; /* * stands for the id of a diagnosis */
    void (*answer)(struct bd_web_request *r);
};
/* routes.c: [any] Who answers; id is filled from the path, or "". NULL: nobody, and allow
 * names the methods that the path takes, "" if there is no such path. HEAD is GET. */
const struct bd_route *bd_routes_find(const char *method, const char *path, char id[40],
                                      char allow[64]);

/* api_diagnoses.c */
void bd_api_submit(struct bd_web_request *r);
void bd_api_list(struct bd_web_request *r);
void bd_api_diagnosis(struct bd_web_request *r);
void bd_api_report(struct bd_web_request *r);
void bd_api_cancel(struct bd_web_request *r);

/* api_events.c */
void bd_api_events(struct bd_web_request *r);

/* api_admin.c */
void bd_api_providers(struct bd_web_request *r);
void bd_api_status(struct bd_web_request *r);
void bd_api_reload(struct bd_web_request *r);
void bd_api_rollback(struct bd_web_request *r);
void bd_api_drain(struct bd_web_request *r);
void bd_api_metrics(struct bd_web_request *r);
void bd_api_alive(struct bd_web_request *r);
void bd_api_ready(struct bd_web_request *r);
void bd_api_page(struct bd_web_request *r);

/* api_view.c: a session, and a stored diagnosis, as they stand in answers. NULL when
 * memory is short. */
json_t *bd_api_session(struct bd_session *session);
json_t *bd_api_stored(const struct bd_listed *row);
/* The state and counts of a session, for events. */
json_t *bd_api_progress(const struct bd_session_view *v);
void bd_api_not_there(struct bd_web_request *r);

#endif
