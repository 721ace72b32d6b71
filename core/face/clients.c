/* face/clients.c - see clients.h. */
#include "face/clients.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define SOURCE    "server"
#define SECOND_MS 1000
#define MINUTE_MS 60000

/* What is there and when that was so. One request is as many units as its period has ms,
 * so that no fraction is lost, however often it is looked at. */
struct bucket {
    int64_t level, at_ms;
};

struct client {
    unsigned char key[16]; /* IPv6, IPv4 as ::ffff:a.b.c.d; all zero: no address */
    int64_t seen_ms;
    struct bucket requests, failures;
};

struct bd_clients {
    int32_t rate, burst;
    pthread_mutex_t lock; /* guards what follows; held for one search */
    size_t count;
    struct client all[BD_CLIENTS_MAX];
};

int bd_clients_new(struct bd_clients **out, int32_t rate, int32_t burst,
                   struct bd_error *err)
{
    struct bd_clients *c;

    if (rate <= 0 || burst <= 0)
        return bd_fail(err, BD_ERR_CONFIG, EINVAL, SOURCE,
                       "a client's requests a second and at once must be above 0");
    c = calloc(1, sizeof(*c));
    if (!c)
        return bd_fail(err, BD_ERR_INTERNAL, ENOMEM, SOURCE, "out of memory");
    c->rate = rate;
    c->burst = burst;
    pthread_mutex_init(&c->lock, NULL);
    *out = c;
    return 0;
}

void bd_clients_free(struct bd_clients *c)
{
    if (!c)
        return;
    pthread_mutex_destroy(&c->lock);
    free(c);
}

static bool is_mapped(const unsigned char key[16])
{
    static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};

    return memcmp(key, mapped, sizeof(mapped)) == 0;
}

/* The address as 16 bytes; false and zeros if it is none. */
static bool parse(const char *address, unsigned char key[16])
{
    char text[64];
    size_t n = address ? strcspn(address, "%") : 0; /* "fe80::1%eth0" */

    memset(key, 0, 16);
    if (n == 0 || n >= sizeof(text))
        return false;
    memcpy(text, address, n);
    text[n] = '\0';
    if (inet_pton(AF_INET, text, key + 12) == 1) {
        key[10] = key[11] = 0xff;
        return true;
    }
    return inet_pton(AF_INET6, text, key) == 1;
}

static bool is_loopback(const unsigned char key[16])
{
    static const unsigned char one[16] = {[15] = 1};

    return is_mapped(key) ? key[12] == 127 : memcmp(key, one, sizeof(one)) == 0;
}

bool bd_clients_is_loopback(const char *address)
{
    unsigned char key[16];

    return !address || (parse(address, key) && is_loopback(key));
}

static void widen(unsigned char key[16])
{
    if (!is_mapped(key) && !is_loopback(key))
        memset(key + 8, 0, 8);
}

/* A place for a client that is not known: a new one, or that of the one seen longest ago.
 */
static struct client *place(struct bd_clients *c)
{
    struct client *oldest = &c->all[0];

    if (c->count < BD_CLIENTS_MAX)
        return &c->all[c->count++];
    for (size_t i = 1; i < BD_CLIENTS_MAX; i++)
        if (c->all[i].seen_ms < oldest->seen_ms)
            oldest = &c->all[i];
    return oldest;
}

/* Call with the lock held. */
static struct client *client(struct bd_clients *c, const char *address, int64_t now_ms)
{
    unsigned char key[16];
    struct client *found = NULL;

    (void)parse(address, key); /* all that are no address are one client */
    widen(key);
    for (size_t i = 0; i < c->count && !found; i++)
        if (memcmp(c->all[i].key, key, sizeof(key)) == 0)
            found = &c->all[i];
    if (!found) {
        found = place(c);
        *found = (struct client){
            .requests = {(int64_t)c->burst * SECOND_MS, now_ms},
            .failures = {(int64_t)BD_CLIENTS_FAILURES * MINUTE_MS, now_ms},
        };
        memcpy(found->key, key, sizeof(key));
    }
    found->seen_ms = now_ms;
    return found;
}

/* Takes one out of a bucket that holds up to `most` and gets `gain` each period. 0, or
 * the seconds until there is one; what is refused takes nothing. */
static int32_t take(struct bucket *b, int64_t most, int64_t gain, int64_t period_ms,
                    int64_t now_ms)
{
    int64_t passed = now_ms > b->at_ms ? now_ms - b->at_ms : 0, missing;

    if (passed > most * period_ms / gain) /* full by then; and nothing overflows */
        b->level = most * period_ms;
    else
        b->level += passed * gain;
    b->at_ms = now_ms > b->at_ms ? now_ms : b->at_ms;
    if (b->level > most * period_ms)
        b->level = most * period_ms;
    if (b->level >= period_ms) {
        b->level -= period_ms;
        return 0;
    }
    missing = (period_ms - b->level + gain - 1) / gain; /* ms */
    return (int32_t)((missing + 999) / 1000);
}

int32_t bd_clients_request(struct bd_clients *c, const char *address, int64_t now_ms)
{
    int32_t wait_s;

    if (bd_clients_is_loopback(address))
        return 0;
    pthread_mutex_lock(&c->lock);
    wait_s =
        take(&client(c, address, now_ms)->requests, c->burst, c->rate, SECOND_MS, now_ms);
    pthread_mutex_unlock(&c->lock);
    return wait_s;
}

int32_t bd_clients_failure(struct bd_clients *c, const char *address, int64_t now_ms)
{
    int32_t wait_s;

    pthread_mutex_lock(&c->lock);
    wait_s = take(&client(c, address, now_ms)->failures, BD_CLIENTS_FAILURES,
                  BD_CLIENTS_FAILURES, MINUTE_MS, now_ms);
    pthread_mutex_unlock(&c->lock);
    return wait_s;
}
