/* engine/alert_post.h - one call to a webhook at a time; what came back waits to be
 * looked at.
 *
 * The reply comes on a network thread and lies here until take(): nothing waits. [main]
 * but for those callbacks. */
#ifndef BD_ENGINE_ALERT_POST_H
#define BD_ENGINE_ALERT_POST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fail.h"

#define BD_POST_LIMIT_MS    10000 /* of a call */
#define BD_POST_REPLY_BYTES 4096  /* kept of a reply; services say less */

struct bd_http;
struct bd__post;

struct bd__post_letter { /* copied by send */
    const char *url, *body;
    bool allow_private;
    const char *ca_file; /* NULL: the system's */
};

struct bd__post_reply {           /* lent until the next send */
    const struct bd_error *error; /* NULL: a reply came whole */
    int32_t status;
    const char *text;
    size_t n;
};

/* http is lent; it may be stopped before free. */
int bd__post_new(struct bd__post **out, struct bd_http *http,
                 struct bd_error *err) BD_MUST_CHECK;
/* Cancels a call that is under way; never waits. NULL is fine. */
void bd__post_free(struct bd__post *p);

/* Only when none is under way. now_ms: bd_clock_ms(). */
int bd__post_send(struct bd__post *p, const struct bd__post_letter *l, int64_t now_ms,
                  struct bd_error *err) BD_MUST_CHECK;

/* Has the call under way ended? true once for each. */
bool bd__post_take(struct bd__post *p, struct bd__post_reply *out);

#endif
