/* engine/alert_outbox.c - see alert_outbox.h. */
#define _GNU_SOURCE /* explicit_bzero */
#include "engine/alert_outbox.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/log.h"
#include "base/thread.h"
#include "engine/alert_post.h"

#define SOURCE "alerts"

static const int64_t waits_ms[BD_OUTBOX_ATTEMPTS - 1] = {1000, 5000, 25000};

struct letter {
    TAILQ_ENTRY(letter) link;
    enum bd_alarm_news news;
    enum bd_alert_format format;
    char *url, *body, *ca_file;
    bool allow_private, under_way;
    int attempts;
    int64_t due_ms;
};
TAILQ_HEAD(letters, letter);

struct bd__outbox {
    struct bd__post *post;
    struct letters letters; /* the first may be under way, no other */
    struct bd__outbox_stats stats;
    bool failing; /* the last that ended was given up */
};

static void free_letter(struct letter *l)
{
    if (l->url)
        explicit_bzero(l->url, strlen(l->url)); /* it holds the token */
    free(l->url);
    free(l->body);
    free(l->ca_file);
    free(l);
}

static void end(struct bd__outbox *o, struct letter *l)
{
    TAILQ_REMOVE(&o->letters, l, link);
    o->stats.waiting--;
    free_letter(l);
}

int bd__outbox_new(struct bd__outbox **out, struct bd_http *http, struct bd_error *err)
{
    struct bd__outbox *o = calloc(1, sizeof(*o));

    BD_ON(BD_MAIN);
    if (!o)
        return bd_fail(err, BD_ERR_INTERNAL, ENOMEM, SOURCE, "out of memory");
    TAILQ_INIT(&o->letters);
    if (bd__post_new(&o->post, http, err) < 0) {
        free(o);
        return -1;
    }
    *out = o;
    return 0;
}

void bd__outbox_free(struct bd__outbox *o)
{
    struct letter *l;

    if (!o)
        return;
    while ((l = TAILQ_FIRST(&o->letters)))
        end(o, l);
    bd__post_free(o->post);
    free(o);
}

void bd__outbox_clear(struct bd__outbox *o)
{
    struct letter *l = TAILQ_FIRST(&o->letters), *next;

    for (; l; l = next) {
        next = TAILQ_NEXT(l, link);
        if (!l->under_way)
            end(o, l);
    }
}

/* Room */

static struct letter *oldest(const struct bd__outbox *o, enum bd_alarm_news news)
{
    struct letter *l;

    TAILQ_FOREACH(l, &o->letters, link)
    if (!l->under_way && l->news == news)
        return l;
    return NULL;
}

/* What has to go for one more; NULL if nothing may. */
static struct letter *least(const struct bd__outbox *o, enum bd_alarm_news more)
{
    struct letter *l = oldest(o, BD_ALARM_STILL);

    return l || more == BD_ALARM_STILL ? l : oldest(o, BD_ALARM_FIRES);
}

bool bd__outbox_has_room(const struct bd__outbox *o)
{
    return o->stats.waiting < BD_OUTBOX_MOST || least(o, BD_ALARM_RESOLVED);
}

static bool make_room(struct bd__outbox *o, enum bd_alarm_news more)
{
    struct letter *l;

    if (o->stats.waiting < BD_OUTBOX_MOST)
        return true;
    l = least(o, more);
    if (l)
        end(o, l);
    o->stats.dropped++; /* the one or the other */
    return l != NULL;
}

static struct letter *copy(const struct bd__outbox_letter *in)
{
    struct letter *l = calloc(1, sizeof(*l));

    if (!l)
        return NULL;
    l->news = in->news;
    l->format = in->format;
    l->allow_private = in->allow_private;
    l->url = strdup(in->url);
    l->body = strdup(in->body);
    l->ca_file = in->ca_file ? strdup(in->ca_file) : NULL;
    if (l->url && l->body && (l->ca_file || !in->ca_file))
        return l;
    free_letter(l);
    return NULL;
}

int bd__outbox_put(struct bd__outbox *o, const struct bd__outbox_letter *in)
{
    struct letter *l;

    BD_ON(BD_MAIN);
    if (!make_room(o, in->news))
        return -1;
    l = copy(in);
    if (!l) {
        o->stats.dropped++;
        return -1;
    }
    TAILQ_INSERT_TAIL(&o->letters, l, link);
    o->stats.waiting++;
    return 0;
}

/* What becomes of the first */

static void taken(struct bd__outbox *o, struct letter *l)
{
    o->stats.sent++;
    if (o->failing)
        bd_log(BD_LOG_INFO, SOURCE,
               "messages are taken again; %llu could not be delivered so far",
               (unsigned long long)o->stats.failed);
    o->failing = false;
    end(o, l);
}

static void not_taken(struct bd__outbox *o, struct letter *l, const char *why,
                      int64_t now_ms)
{
    if (l->attempts < BD_OUTBOX_ATTEMPTS) {
        l->due_ms = now_ms + waits_ms[l->attempts - 1];
        return;
    }
    o->stats.failed++;
    if (!o->failing)
        bd_log(BD_LOG_WARNING, SOURCE,
               "a message could not be delivered in %d attempts: %s; look at [alerts]. "
               "Until one is taken, further ones are counted and not logged",
               BD_OUTBOX_ATTEMPTS, why);
    o->failing = true;
    end(o, l);
}

static void look(struct bd__outbox *o, int64_t now_ms)
{
    struct letter *l = TAILQ_FIRST(&o->letters);
    struct bd__post_reply r;
    char why[96];

    if (!bd__post_take(o->post, &r))
        return;
    l->under_way = false;
    /* Never the reply's own words: they may hold the token. */
    snprintf(why, sizeof(why), "it was refused (HTTP %d, code %lld)", (int)r.status,
             (long long)bd_alert_code(l->format, r.text, r.n));
    if (r.error)
        not_taken(o, l, r.error->message, now_ms);
    else if (bd_alert_accepted(l->format, r.status, r.text, r.n))
        taken(o, l);
    else
        not_taken(o, l, why, now_ms);
}

static void send_first(struct bd__outbox *o, int64_t now_ms)
{
    struct letter *l = TAILQ_FIRST(&o->letters);
    struct bd__post_letter letter;
    struct bd_error err;

    if (!l || l->under_way || now_ms < l->due_ms)
        return;
    letter = (struct bd__post_letter){l->url, l->body, l->allow_private, l->ca_file};
    l->attempts++;
    l->under_way = bd__post_send(o->post, &letter, now_ms, &err) == 0;
    if (!l->under_way)
        not_taken(o, l, err.message, now_ms);
}

void bd__outbox_tick(struct bd__outbox *o, int64_t now_ms)
{
    BD_ON(BD_MAIN);
    look(o, now_ms);
    send_first(o, now_ms);
}

void bd__outbox_stats(const struct bd__outbox *o, struct bd__outbox_stats *out)
{
    *out = o->stats;
}
