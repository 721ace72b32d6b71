/* runtime/backing.c - the storage behind the store; see backing.h. */
#include "runtime/backing.h"

#include "base/clock.h"

int bd__backing_open(struct bd__backing *b, const struct bd_store_source *s,
                     struct bd_error *err)
{
    if (bd_storage_open(&b->storage, s->plugin, s->host, err) < 0)
        return -1;
    b->source = *s;
    return 0;
}

bool bd__backing_is_open(const struct bd__backing *b)
{
    return b->storage.plugin != NULL;
}

int bd__backing_ready(struct bd__backing *b, struct bd_error *err)
{
    struct bd_error why = {0};

    if (bd__backing_is_open(b) ||
        bd_storage_open(&b->storage, b->source.plugin, b->source.host, &why) == 0)
        return 0;
    (void)bd_fail_in(&why, "opening the storage again");
    why.recoverable = 1;
    if (err)
        *err = why;
    return -1;
}

int bd__backing_swap(struct bd__backing *b, const struct bd_store_source *to,
                     int64_t *pause_ms, struct bd_error *err)
{
    int64_t start_ms = bd_clock_ms();
    struct bd_error again;
    int rc;

    bd_storage_close(&b->storage);
    rc = bd__backing_open(b, to, err);
    if (rc == 0)
        b->swaps++;
    else if (bd__backing_ready(b, &again) < 0)
        (void)bd_fail_in(err, "the one before does not open any more (%.80s); now",
                         again.message);
    *pause_ms = bd_clock_ms() - start_ms;
    return rc;
}

void bd__backing_close(struct bd__backing *b)
{
    bd_storage_close(&b->storage);
}
