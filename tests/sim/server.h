/* sim/server.h - sockets: listens, reads requests, plays plans. [owner]
 *
 * One thread, one loop, one timer a connection; nothing grows with the number of
 * connections but the memory of each. */
#ifndef SIM_SERVER_H
#define SIM_SERVER_H

#include <netinet/in.h>
#include <uv.h>

#include "base/fail.h"
#include "sim/service.h"

struct sim_server;

/* Listens on a loopback address; port 0: any. service is lent. */
int sim_server_open(struct sim_server **out, uv_loop_t *loop,
                    const struct sockaddr *address, struct sim_service *service,
                    struct bd_error *err) BD_MUST_CHECK;
int sim_server_port(const struct sim_server *s);
/* Closes listener and connections; the loop must be run until it is empty, and then
 * sim_server_free() called. */
void sim_server_close(struct sim_server *s);
void sim_server_free(struct sim_server *s);

#endif
