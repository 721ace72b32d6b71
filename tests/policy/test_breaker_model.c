/* tests/policy/test_breaker_model.c - the breaker against a model of it written another
 * way (a list of all calls ever made, no slots), on random schedules; and many threads at
 * the instant of recovery. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <pthread.h>

#include "base/random.h"
#include "policy/breaker.h"

#define SCHEDULES 400
#define STEPS     600
#define THREADS   16
#define ROUNDS    2000

struct call {
    int64_t start_ms;
    uint64_t era;
    bool reported;
    struct bd_ticket ticket; /* the real breaker's */
};

struct model {
    struct bd_breaker_config config;
    char state; /* C O H */
    uint64_t era;
    int streak, good;
    int64_t opened_ms;
    struct call calls[STEPS];
    int count;
};

static void become(struct model *m, char state)
{
    m->state = state;
    m->era++;
    m->streak = m->good = 0;
}

static int waiting_probes(const struct model *m)
{
    int n = 0;

    for (int i = 0; i < m->count; i++)
        n += !m->calls[i].reported && m->calls[i].era == m->era;
    return n;
}

/* When the first probe under way is lost; far away if none is. */
static int64_t first_loss(const struct model *m)
{
    int64_t first = INT64_MAX;

    for (int i = 0; m->state == 'H' && i < m->count; i++)
        if (!m->calls[i].reported && m->calls[i].era == m->era &&
            m->calls[i].start_ms + m->config.lease_ms < first)
            first = m->calls[i].start_ms + m->config.lease_ms;
    return first;
}

static char model_state(const struct model *m, int64_t now)
{
    return first_loss(m) <= now ? 'O' : m->state;
}

static void lose_probes(struct model *m, int64_t now)
{
    int64_t first = first_loss(m);

    if (first > now)
        return;
    become(m, 'O');
    m->opened_ms = first;
}

static bool model_allows(struct model *m, int64_t now)
{
    lose_probes(m, now);
    if (m->state == 'O' && now - m->opened_ms >= m->config.recovery_ms)
        become(m, 'H');
    return m->state == 'C' ||
           (m->state == 'H' && waiting_probes(m) + m->good < m->config.half_open_max);
}

static void model_done(struct model *m, struct call *c, enum bd_outcome outcome,
                       int64_t now)
{
    if (c->reported)
        return;
    lose_probes(m, now);
    c->reported = true;
    if (c->era != m->era || outcome == BD_OUTCOME_NEUTRAL)
        return;
    if (outcome == BD_OUTCOME_OK) {
        m->streak = 0;
        if (m->state == 'H' && ++m->good == m->config.half_open_max)
            become(m, 'C');
    } else if (m->state == 'H' || ++m->streak == m->config.threshold) {
        become(m, 'O');
        m->opened_ms = now;
    }
}

/* Both must say the same; returns false at the first difference. */
static bool step(struct bd_breaker *b, struct model *m, struct bd_random *r, int64_t now)
{
    enum bd_outcome outcome = (enum bd_outcome)bd_random_below(r, 3);
    struct bd_ticket t;

    if (m->count == 0 || bd_random_below(r, 2)) {
        bool allowed = bd_breaker_allow(b, now, &t);

        if (allowed != model_allows(m, now))
            return false;
        if (allowed)
            m->calls[m->count++] =
                (struct call){.start_ms = now, .era = m->era, .ticket = t};
    } else { /* mostly a recent call, sometimes any old one, reported or not */
        uint32_t range = bd_random_below(r, 4) ? 4 : (uint32_t)m->count;
        int back = (int)bd_random_below(r, range) % m->count;
        struct call *c = &m->calls[m->count - 1 - back];

        model_done(m, c, outcome, now);
        bd_breaker_done(b, &c->ticket, outcome, now);
    }
    return "COH"[bd_breaker_state(b, now)] == model_state(m, now) &&
           b->transitions == m->era;
}

/* What it says about waiting is what it then does, tried on copies. */
static bool honest(const struct bd_breaker *b, int64_t now)
{
    int64_t wait = bd_breaker_retry_in_ms(b, now);
    struct bd_breaker copy = *b;
    struct bd_ticket t;

    if (wait <= 0)
        return bd_breaker_allow(&copy, now, &t) == (wait == 0);
    if (bd_breaker_allow(&copy, now + wait - 1, &t))
        return false;
    copy = *b;
    return bd_breaker_allow(&copy, now + wait, &t);
}

static int64_t some_time(struct bd_random *r, const struct bd_breaker_config *config)
{
    switch (bd_random_below(r, 8)) {
    case 0:
        return config->recovery_ms;
    case 1:
        return config->lease_ms;
    case 2:
        return config->recovery_ms - 1;
    case 3:
        return (int64_t)bd_random_below(r, 40000);
    default:
        return (int64_t)bd_random_below(r, 3);
    }
}

static void random_schedules_agree_with_the_model(void **state)
{
    static struct model m;
    uint64_t transitions = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= SCHEDULES; seed++) {
        struct bd_random r;
        struct bd_breaker b;
        int64_t now = 0;

        bd_random_init(&r, seed);
        m = (struct model){
            .state = 'C',
            .config = {.threshold = 1 + (int32_t)bd_random_below(&r, 5),
                       .half_open_max = 1 + (int32_t)bd_random_below(&r, 4),
                       .recovery_ms = 1 + (int64_t)bd_random_below(&r, 3) * 15000,
                       .lease_ms = 1 + (int64_t)bd_random_below(&r, 3) * 12000}};
        bd_breaker_init(&b, &m.config);
        for (int i = 0; i < STEPS; i++) {
            now += some_time(&r, &m.config);
            if (!step(&b, &m, &r, now) || !honest(&b, now))
                fail_msg("seed %d, step %d, at %lld ms: breaker %d, model %c", (int)seed,
                         i, (long long)now, (int)b.state, m.state);
        }
        transitions += b.transitions;
    }
    assert_true(transitions > 10000); /* the schedules did reach the other states */
}

static struct {
    pthread_barrier_t start, end;
    pthread_mutex_t lock; /* guards what follows, as the scheduler's does */
    struct bd_breaker b;
    int admitted, wrong;
} race;

static void trip(void)
{
    bd_breaker_init(&race.b, &bd_breaker_default);
    for (int i = 0; i < 5; i++) {
        struct bd_ticket t;

        (void)bd_breaker_allow(&race.b, 0, &t);
        bd_breaker_done(&race.b, &t, BD_OUTCOME_FAIL, 0);
    }
    race.admitted = 0;
}

static void *racer(void *arg)
{
    bool first = arg != NULL;

    for (int i = 0; i < ROUNDS; i++) {
        struct bd_ticket t;

        if (first)
            trip();
        pthread_barrier_wait(&race.start);
        pthread_mutex_lock(&race.lock);
        race.admitted += bd_breaker_allow(&race.b, 30000, &t);
        pthread_mutex_unlock(&race.lock);
        pthread_barrier_wait(&race.end);
        if (first)
            race.wrong += race.admitted != 1;
    }
    return NULL;
}

static void of_many_threads_at_the_instant_of_recovery_one_is_admitted(void **state)
{
    pthread_t threads[THREADS];

    (void)state;
    assert_int_equal(pthread_barrier_init(&race.start, NULL, THREADS), 0);
    assert_int_equal(pthread_barrier_init(&race.end, NULL, THREADS), 0);
    assert_int_equal(pthread_mutex_init(&race.lock, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, racer, i ? NULL : &race), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(race.wrong, 0);
    pthread_barrier_destroy(&race.start);
    pthread_barrier_destroy(&race.end);
    pthread_mutex_destroy(&race.lock);
}

/* CB35, CB39: a hundred threads that call, report and forget in any order, while others
 * look. Whatever they do, no more probes are out than may be, and looking changes
 * nothing: the breaker is the same to the byte. */
#define CROWD   100
#define ACTIONS 4000
#define WATCHED 2 /* probes at once */

static struct {
    pthread_mutex_t lock;
    struct bd_breaker b;
    struct bd_random r;
    int64_t now_ms;
    int probes_out; /* of the present half-open */
    uint32_t generation;
    int wrong;
} crowd;

/* Lock held: counts as an owner would who believes no field of the breaker but these. */
static void admitted(const struct bd_ticket *t)
{
    if (crowd.b.generation != crowd.generation) {
        crowd.generation = crowd.b.generation;
        crowd.probes_out = 0;
    }
    crowd.probes_out += t->slot >= 0;
    crowd.wrong += crowd.probes_out + crowd.b.probes_ok > WATCHED;
    crowd.wrong += bd_breaker_state(&crowd.b, crowd.now_ms) == BD_BREAKER_OPEN;
}

static void reported(struct bd_ticket *t)
{
    enum bd_outcome outcome = (enum bd_outcome)bd_random_below(&crowd.r, 3);
    bool probe = t->slot >= 0 && t->generation == crowd.b.generation;

    if (bd_random_below(&crowd.r, 50) == 0)
        return; /* it is never reported */
    bd_breaker_done(&crowd.b, t, outcome, crowd.now_ms);
    if (probe && crowd.b.generation == crowd.generation)
        crowd.probes_out--;
}

static void look(void)
{
    struct bd_breaker before = crowd.b;

    (void)bd_breaker_state(&crowd.b, crowd.now_ms + 100000);
    (void)bd_breaker_retry_in_ms(&crowd.b, crowd.now_ms + 100000);
    (void)bd_breaker_doubtful(&crowd.b);
    crowd.wrong += memcmp(&before, &crowd.b, sizeof(before)) != 0;
}

static void *one_of_many(void *arg)
{
    struct bd_ticket mine = {.open = false};

    for (int i = 0; i < ACTIONS; i++) {
        pthread_mutex_lock(&crowd.lock);
        crowd.now_ms += bd_random_below(&crowd.r, 200) == 0
                            ? bd_random_below(&crowd.r, 40000)
                            : bd_random_below(&crowd.r, 2);
        if (arg)
            look();
        else if (mine.open)
            reported(&mine);
        else if (bd_breaker_allow(&crowd.b, crowd.now_ms, &mine))
            admitted(&mine);
        if (mine.open && bd_random_below(&crowd.r, 20) == 0)
            mine.open = false; /* forgotten */
        pthread_mutex_unlock(&crowd.lock);
    }
    return NULL;
}

static void a_crowd_never_has_more_probes_out_than_may_be(void **state)
{
    struct bd_breaker_config config = bd_breaker_default;
    pthread_t threads[CROWD];

    (void)state;
    config.half_open_max = WATCHED;
    bd_breaker_init(&crowd.b, &config);
    bd_random_init(&crowd.r, 35);
    assert_int_equal(pthread_mutex_init(&crowd.lock, NULL), 0);
    for (int i = 0; i < CROWD; i++)
        assert_int_equal(
            pthread_create(&threads[i], NULL, one_of_many, i % 10 ? NULL : &crowd), 0);
    for (int i = 0; i < CROWD; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(crowd.wrong, 0);
    assert_true(crowd.b.transitions > 300);
    pthread_mutex_destroy(&crowd.lock);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_schedules_agree_with_the_model),
        cmocka_unit_test(of_many_threads_at_the_instant_of_recovery_one_is_admitted),
        cmocka_unit_test(a_crowd_never_has_more_probes_out_than_may_be),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
