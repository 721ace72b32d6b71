/* engine/alert_outbox.c - see alert_outbox.h. */
#define _GNU_SOURCE /* explicit_bzero */
#include "engine/alert_outbox.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/thread.h"
#include "engine/alert_post.h"

#define SOURCE "alerts"

static const int64_t waits_ms[BD_OUTBOX_ATTEMPTS - 1] = {1000, 5000, 25000};

struct letter {
    enum bd_alarm_news news;
    enum bd_alert_format format;
    char *url, *body, *ca_file;
    bool allow_private, under_way;
    int attempts;
    int64_t due_ms;
};

struct bd__outbox {
    struct bd__post *post;
    struct letter *letters[BD_OUTBOX_MOST]; /* the first may be under way, no other */
    struct bd__outbox_stats stats;          /* waiting: how many there are */
    bool failing;                           /* the last that ended was given up */
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

static void end(struct bd__outbox *o, unsigned at)
{
    free_letter(o->letters[at]);
    o->stats.waiting--;
    for (unsigned i = at; i < o->stats.waiting; i++)
        o->letters[i] = o->letters[i + 1];
}

int bd__outbox_new(struct bd__outbox **out, struct bd_http *http, struct bd_error *err)
{
    struct bd__outbox *o = calloc(1, sizeof(*o));

    BD_ON(BD_MAIN);
    if (!o)
        return bd_fail(err, BD_ERR_INTERNAL, ENOMEM, SOURCE, "out of memory");
    if (bd__post_new(&o->post, http, err) < 0) {
        free(o);
        return -1;
    }
    *out = o;
    return 0;
}

void bd__outbox_free(struct bd__outbox *o)
{
    if (!o)
        return;
    while (o->stats.waiting > 0)
        end(o, o->stats.waiting - 1);
    bd__post_free(o->post);
    free(o);
}

void bd__outbox_clear(struct bd__outbox *o)
{
    for (unsigned i = o->stats.waiting; i-- > 0;)
        if (!o->letters[i]->under_way)
            end(o, i);
}

/* Room */

static int oldest(const struct bd__outbox *o, enum bd_alarm_news news)
{
    for (unsigned i = 0; i < o->stats.waiting; i++)
        if (!o->letters[i]->under_way && o->letters[i]->news == news)
            return (int)i;
    return -1;
}

/* What has to go for one more; -1 if nothing may. */
static int least(const struct bd__outbox *o, enum bd_alarm_news more)
{
    int at = oldest(o, BD_ALARM_STILL);

    return at >= 0 || more == BD_ALARM_STILL ? at : oldest(o, BD_ALARM_FIRES);
}

bool bd__outbox_has_room(const struct bd__outbox *o)
{
    return o->stats.waiting < BD_OUTBOX_MOST || least(o, BD_ALARM_RESOLVED) >= 0;
}

static bool make_room(struct bd__outbox *o, enum bd_alarm_news more)
{
    int at;

    if (o->stats.waiting < BD_OUTBOX_MOST)
        return true;
    at = least(o, more);
    if (at >= 0)
        end(o, (unsigned)at);
    o->stats.dropped++; /* the one or the other */
    return at >= 0;
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
    o->letters[o->stats.waiting++] = l;
    return 0;
}

/* What becomes of the first */

static void taken(struct bd__outbox *o)
{
    o->stats.sent++;
    if (o->failing)
        bd_log(BD_LOG_INFO, SOURCE,
               "messages are taken again; %llu could not be delivered so far",
               (unsigned long long)o->stats.failed);
    o->failing = false;
    end(o, 0);
}

static void not_taken(struct bd__outbox *o, const char *why, int64_t now_ms)
{
    struct letter *l = o->letters[0];

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
    end(o, 0);
}

static void look(struct bd__outbox *o, int64_t now_ms)
{
    struct bd__post_reply r;
    struct letter *l;
    char why[96];

    if (!bd__post_take(o->post, &r))
        return;
    l = o->letters[0];
    l->under_way = false;
    /* Never the reply's own words: they may hold the token. */
    snprintf(why, sizeof(why), "it was refused (HTTP %d, code %lld)", (int)r.status,
             (long long)bd_alert_code(l->format, r.text, r.n));
    if (r.error)
        not_taken(o, r.error->message, now_ms);
    else if (bd_alert_accepted(l->format, r.status, r.text, r.n))
        taken(o);
    else
        not_taken(o, why, now_ms);
}

static void send_first(struct bd__outbox *o, int64_t now_ms)
{
    struct letter *l = o->stats.waiting > 0 ? o->letters[0] : NULL;
    struct bd__post_letter letter;
    struct bd_error err;

    if (!l || l->under_way || now_ms < l->due_ms)
        return;
    letter = (struct bd__post_letter){l->url, l->body, l->allow_private, l->ca_file};
    l->attempts++;
    l->under_way = bd__post_send(o->post, &letter, now_ms, &err) == 0;
    if (!l->under_way)
        not_taken(o, err.message, now_ms);
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
