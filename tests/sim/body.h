/* sim/body.h - the parts of which plan.c, answer.c and spoil.c build a plan; for them
 * only. */
#ifndef SIM_BODY_H
#define SIM_BODY_H

#include "sim/plan.h"
#include "sim/reply.h"

enum sim_framing { SIM_LENGTH, SIM_CHUNKED, SIM_UNTIL_CLOSE };

struct sim_head {
    int status;
    const char *type;           /* NULL: none */
    const char *id_header, *id; /* NULL: none */
    const char *retry_after;    /* NULL or "": none */
    const char *more;           /* further header lines with their ends; NULL: none */
    enum sim_framing framing;
    size_t length;
    bool close;
};

/* Marks all bytes up to now as due at that time. */
void sim_plan_due(struct sim_plan *p, double at_ms);
void sim_plan_head(struct sim_plan *p, const struct sim_head *h);
/* Head and framed body into p, due when the body's pieces are. body is a plan without
 * head and framing. whole: the framing is closed properly. */
void sim_plan_wrap(struct sim_plan *p, const struct sim_head *head,
                   const struct sim_plan *body, bool whole);
/* Drops all after that many bytes. */
void sim_plan_cut(struct sim_plan *p, size_t bytes);
/* Splits the pieces into smaller writes, spread over the time they have. */
void sim_plan_shred(struct sim_plan *p, enum sim_chunk chunk, struct sim_random *r);
/* 32 hexadecimal digits and a NUL. */
void sim_plan_id(char id[33], struct sim_random *r);

/* An answer while it is made. */
struct sim_making {
    struct sim_plan *p;
    struct sim_request *q;
    const struct sim_act *act;
    const struct sim_setting *setting;
    struct sim_random words, times, cuts; /* apart, so that one does not move the other */
    struct bd_buf text, thought;
    json_t *pages; /* that a search found; NULL: none was made */
    struct sim_reply reply;
    struct sim_plan body;
    char id[33], model[128];
    double first_ms, total_ms;
    bool stream;
};

/* What m->act does to m->body before it is framed, and to m->p after. */
void sim_spoil_body(struct sim_making *m);
void sim_spoil_wire(struct sim_making *m);
/* Puts the error of m->act into a stream after half of the text; in place of a whole
 * reply, or of a stream too if `whole`. */
void sim_spoil_with_error(struct sim_making *m, bool whole);
/* Makes m->p, which is done and begins with so many bytes of head, huge if m->act says
 * so. */
void sim_swell(struct sim_making *m, size_t head);
/* The body as gzip without compression, each piece decodable when it has come. */
void sim_gzip_body(struct sim_plan *body);

#endif
