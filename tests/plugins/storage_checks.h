/* The checks that every storage passes, and rows to write them with. */
#ifndef BD_TEST_STORAGE_CHECKS_H
#define BD_TEST_STORAGE_CHECKS_H

#include <stdbool.h>
#include <stddef.h>

#include "store_host.h"

/* One opened storage; the state of every check. */
struct bench {
    const struct bd_storage *plugin;
    struct store_host host;
    void *self;
    bool durable;
    const char *file; /* its name in the bench's directory, NULL: keeps no file */
    char path[128];
};

/* Opens it in a new directory; close removes that. */
void bench_open(struct bench *b, const char *plugin, const char *file);
void bench_close(struct bench *b);
/* Closes and opens the storage again, on the same file. */
void bench_reopen(struct bench *b);

struct bd_diagnosis_row row_diagnosis(const char *id, int state);
struct bd_cell_row row_cell(const char *diagnosis, const char *key, const char *data);
struct bd_cache_row row_cache(const char *key, const char *data, int64_t expires_ms);
struct bd_batch batch_of(const struct bd_diagnosis_row *diagnoses, size_t diagnosis_count,
                         const struct bd_cell_row *cells, size_t cell_count,
                         const struct bd_cache_row *cache, size_t cache_count);
/* Puts and asserts success. */
void put_diagnosis(struct bench *b, struct bd_diagnosis_row row);
void put_cell(struct bench *b, struct bd_cell_row row);
void put_cache(struct bench *b, struct bd_cache_row row);

/* All that a storage shows of the ids and keys given, as one text (free() it): to
 * compare storages with each other. */
char *show(struct bench *b, const char *const *ids, size_t id_count,
           const char *const *keys, size_t key_count);

/* Runs the checks on one storage; returns the number of failures. */
int storage_checks(const char *plugin, const char *file);

#endif
