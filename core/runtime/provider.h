/* runtime/provider.h - the only place that calls a provider's methods. [worker]
 *
 * What a plugin returns is checked here and made safe: nothing above sees an unknown
 * number, a text that is not UTF-8, an error without a type or a message with a key
 * in it. self is what the plugin's open() gave. */
#ifndef BD_RUNTIME_PROVIDER_H
#define BD_RUNTIME_PROVIDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fail.h"
#include "bd/error.h"
#include "bd/provider.h"

/* Asks for the request. Empties out's buffers first. Refuses a URL that leaves base_url's
 * scheme, host and port, because the key goes with it, and headers that are no headers.
 * A provider without BD_CAN_STREAM is asked without a stream. */
int bd_provider_build(const struct bd_provider *p, void *self, const char *base_url,
                      const struct bd_ask *ask, struct bd_request *out,
                      struct bd_error *err) BD_MUST_CHECK;

/* Reads a whole 2xx body, or one event of a 2xx stream, into the answer. */
int bd_provider_reply(const struct bd_provider *p, void *self,
                      const struct bd_reply *reply, struct bd_answer *out,
                      struct bd_error *err) BD_MUST_CHECK;
int bd_provider_event(const struct bd_provider *p, void *self,
                      const struct bd_event *event, struct bd_answer *out,
                      struct bd_error *err) BD_MUST_CHECK;

/* Fills *err with what a reply of another status means; there always is a type. */
void bd_provider_error(const struct bd_provider *p, void *self,
                       const struct bd_reply *reply, struct bd_error *err);

/* Is what was read an answer? events: how many events, or whole bodies, were read. 0 and
 * out->finish is set; or -1 and why not, the text staying for partial answers:
 *
 *   refused by moderation              content_filtered
 *   the provider gave up               overloaded
 *   wants a tool                       invalid_request
 *   nothing came at all                timeout
 *   no finish, no terminal event       overloaded: the stream was cut
 *   blank text                         empty_answer
 *   no finish, but a terminal event    an answer, as if it said BD_FINISH_STOP */
int bd_provider_judge(const struct bd_provider *p, struct bd_answer *out, uint64_t events,
                      struct bd_error *err) BD_MUST_CHECK;

enum bd_body { BD_BODY_UNKNOWN, BD_BODY_WHOLE, BD_BODY_EVENTS };

/* Is this the beginning of a stream of events or of one body? What was asked for says
 * little: errors come whole, and some gateways always stream. all: nothing will follow.
 * BD_BODY_UNKNOWN only if more bytes could tell, and never when all is set. */
enum bd_body bd_provider_sniff(const char *content_type, const char *p, size_t n,
                               bool all);

/* Same scheme, host and port, without user or password? */
bool bd_provider_same_origin(const char *base_url, const char *url);

#endif
