/* tests/plugins/test_storage_damage.c - files that are cut short, damaged, of another
 * program, older or newer than we are, and places where no file can be. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <grp.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "storage_checks.h"

static const char *const id[] = {"d-1"};

static void write_file(const char *path, const char *bytes, size_t n)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

static char *read_file(const char *path, size_t *n)
{
    FILE *f = fopen(path, "r");
    char *bytes = malloc(1 << 20);

    assert_non_null(f);
    *n = fread(bytes, 1, 1 << 20, f);
    fclose(f);
    return bytes;
}

static void closed(struct bench *b)
{
    b->plugin->close(b->self);
    b->self = NULL;
}

/* Opening fails, says `word`, names the path, and leaves the file as it is. */
static void expect_refusal(struct bench *b, const char *word)
{
    struct bd_error err = {0};
    size_t before_n, after_n;
    char *before = read_file(b->path, &before_n), *after;

    assert_int_equal(b->plugin->open(&b->host.host, &b->self, &err), -1);
    assert_null(b->self);
    assert_int_equal(err.type, BD_ERR_STORAGE);
    assert_int_equal(err.recoverable, 0);
    if (!strstr(err.message, word) || !strstr(err.message, b->path))
        fail_msg("'%s' and the path are not in: %s", word, err.message);
    after = read_file(b->path, &after_n);
    assert_int_equal(after_n, before_n);
    assert_memory_equal(after, before, before_n);
    free(before);
    free(after);
}

/* Three batches in a file of JSON lines; ends[i] is where batch i ends. */
static char *three_batches(struct bench *b, size_t ends[4])
{
    struct bd_cell_row rows[2];
    char key[3] = "a0", *bytes = NULL;

    bench_open(b, "store_jsonl", "s.jsonl");
    store_host_set(&b->host, "fsync", "no");
    bench_reopen(b);
    for (int i = 0; i < 4; i++) {
        struct bd_batch batch = batch_of(NULL, 0, rows, 2, NULL, 0);
        struct bd_error err = {0};

        free(bytes);
        bytes = read_file(b->path, &ends[i]);
        if (i == 3)
            break;
        key[1] = (char)('0' + i);
        rows[0] = row_cell("d-1", key, "{\"text\":\"推荐问界\"}");
        rows[1] = row_cell("d-1", key + 1, "{}");
        assert_int_equal(b->plugin->put(b->self, &batch, &err), 0);
    }
    closed(b);
    return bytes;
}

static int count(void *arg, const struct bd_cell_row *r)
{
    (void)r;
    ++*(int *)arg;
    return 0;
}

static int cells_in(struct bench *b)
{
    struct bd_error err = {0};
    int n = 0;

    assert_int_equal(b->plugin->cells(b->self, "d-1", count, &n, &err), 0);
    return n;
}

static void a_jsonl_batch_cut_at_any_byte_is_dropped_whole(void **state)
{
    struct bench b;
    struct stat st;
    size_t ends[4];
    char *bytes = three_batches(&b, ends);

    (void)state;
    for (size_t n = 0; n <= ends[3]; n++) {
        int batches = n >= ends[3] ? 3 : n >= ends[2] ? 2 : n >= ends[1] ? 1 : 0;
        struct bd_error err = {0};

        write_file(b.path, bytes, n);
        b.host.log[0] = '\0';
        if (b.plugin->open(&b.host.host, &b.self, &err) < 0)
            fail_msg("cut at %zu: %s", n, err.message);
        assert_int_equal(cells_in(&b), 2 * batches);
        assert_int_equal(stat(b.path, &st), 0);
        assert_int_equal(st.st_size, ends[batches]);
        assert_int_equal(b.host.log[0] != '\0', n != ends[batches] && n != 0);
        put_cell(&b, row_cell("d-1", "new", "{}"));
        bench_reopen(&b);
        assert_int_equal(cells_in(&b), 2 * batches + 1);
        closed(&b);
    }
    free(bytes);
    store_directory_end();
}

static void a_jsonl_byte_changed_anywhere_is_noticed(void **state)
{
    struct bench b;
    size_t ends[4];
    char *bytes = three_batches(&b, ends);

    (void)state;
    for (size_t n = ends[0]; n < ends[3] - 1; n++) {
        bytes[n] ^= 1;
        write_file(b.path, bytes, ends[3]);
        expect_refusal(&b, "damaged");
        bytes[n] ^= 1;
    }
    free(bytes);
    store_directory_end();
}

static void other_jsonl_files_are_left_alone(void **state)
{
    static const char newer[] = "{\"brandiag\":\"store_jsonl\",\"version\":2}\n{}\n";
    static const char other[] = "{\"my\":\"notes\"}";
    struct bench b;

    (void)state;
    bench_open(&b, "store_jsonl", "s.jsonl");
    closed(&b);
    write_file(b.path, newer, sizeof(newer) - 1);
    expect_refusal(&b, "newer");
    write_file(b.path, other, sizeof(other) - 1);
    expect_refusal(&b, "not a file of store_jsonl");
    store_directory_end();
}

static void a_jsonl_file_at_its_limit_says_so(void **state)
{
    struct bd_cell_row row = row_cell("d-1", "k", "{}");
    struct bd_batch batch = batch_of(NULL, 0, &row, 1, NULL, 0);
    struct bd_error err = {0};
    struct bench b;
    int n = 0;

    (void)state;
    bench_open(&b, "store_jsonl", "s.jsonl");
    store_host_set(&b.host, "max_size", "4KiB");
    bench_reopen(&b);
    while (b.plugin->put(b.self, &batch, &err) == 0)
        n++;
    assert_in_range(n, 5, 20);
    assert_int_equal(err.recoverable, 0);
    assert_non_null(strstr(err.message, "max_size"));
    bench_reopen(&b);
    assert_int_equal(cells_in(&b), 1);
    bench_close(&b);
}

static void run_sql(const char *path, const char *sql)
{
    char *why = NULL;
    sqlite3 *db;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
        fail_msg("%s", why);
    sqlite3_close(db);
}

static void overwrite(const char *path, long at, int byte, size_t n)
{
    FILE *f = fopen(path, "r+");

    assert_non_null(f);
    fseek(f, at, SEEK_SET);
    while (n-- > 0)
        fputc(byte, f);
    fclose(f);
}

static void sqlite_with_cells(struct bench *b)
{
    char key[16];

    bench_open(b, "store_sqlite", "s.db");
    for (int i = 0; i < 50; i++) {
        snprintf(key, sizeof(key), "k%d", i);
        put_cell(b, row_cell("d-1", key, "{\"text\":\"推荐问界\"}"));
    }
    closed(b);
}

static void a_damaged_database_is_refused_and_left_alone(void **state)
{
    struct bench b;

    (void)state;
    sqlite_with_cells(&b);
    overwrite(b.path, 8192, 0xff, 4096); /* a page in the middle */
    expect_refusal(&b, "damaged");
    overwrite(b.path, 0, 'x', 100); /* the header */
    expect_refusal(&b, "damaged");
    write_file(b.path, "brand,score\n", 12);
    expect_refusal(&b, "not a database");
    store_directory_end();
}

static void a_newer_schema_is_refused_even_with_a_log_beside_it(void **state)
{
    struct bench b;
    char wal[140];
    struct stat st;
    sqlite3 *db;

    (void)state;
    sqlite_with_cells(&b);
    run_sql(b.path, "PRAGMA user_version=99");
    expect_refusal(&b, "version 99");
    /* A writer that was killed leaves its log: it must not be folded in either. */
    if (fork() == 0) {
        sqlite3_open(b.path, &db);
        sqlite3_exec(db, "CREATE TABLE future(x)", NULL, NULL, NULL);
        _exit(0);
    }
    wait(NULL);
    snprintf(wal, sizeof(wal), "%s-wal", b.path);
    assert_int_equal(stat(wal, &st), 0);
    assert_true(st.st_size > 0);
    expect_refusal(&b, "version 99");
    assert_int_equal(stat(wal, &st), 0);
    assert_true(st.st_size > 0);
    store_directory_end();
}

static void the_database_of_another_program_is_left_alone(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, "store_sqlite", "s.db");
    closed(&b);
    unlink(b.path);
    run_sql(b.path, "CREATE TABLE bookmarks(url)");
    expect_refusal(&b, "another program");
    run_sql(b.path, "PRAGMA application_id=1; PRAGMA user_version=2");
    expect_refusal(&b, "another program");
    store_directory_end();
}

/* A file as version 1 of the schema made it. */
static const char version_1[] =
    "CREATE TABLE diagnoses(id TEXT NOT NULL PRIMARY KEY, state INTEGER NOT NULL,"
    " created_ms INTEGER NOT NULL, finished_ms INTEGER NOT NULL,"
    " brand TEXT NOT NULL, request TEXT NOT NULL, summary TEXT NOT NULL) STRICT;"
    "CREATE INDEX unfinished ON diagnoses(id) WHERE state = 0;"
    "CREATE TABLE cells(diagnosis TEXT NOT NULL, key TEXT NOT NULL,"
    " brand TEXT NOT NULL, provider TEXT NOT NULL, model TEXT NOT NULL,"
    " status TEXT NOT NULL, score REAL, time_ms INTEGER NOT NULL,"
    " error TEXT, data TEXT NOT NULL, PRIMARY KEY(diagnosis, key)) STRICT;"
    "INSERT INTO diagnoses VALUES('d-1', 0, 5, 0, '华为', '{}', '');"
    "INSERT INTO cells VALUES('d-1', 'k', '华为', 'qwen', 'm', 'ok', 0.25, 7, NULL, "
    "'{}');"
    "PRAGMA application_id=1650738242; PRAGMA user_version=1;";

static void an_older_schema_is_brought_up_to_date_with_its_rows(void **state)
{
    struct bench b;
    char *text;

    (void)state;
    bench_open(&b, "store_sqlite", "s.db");
    closed(&b);
    unlink(b.path);
    run_sql(b.path, version_1);
    bench_reopen(&b);
    assert_non_null(strstr(b.host.log, "from version 1 to 2"));
    put_cache(&b, row_cache("0a", "answer", 5000));
    bench_reopen(&b);
    text = show(&b, id, 1, (const char *const[]){"0a"}, 1);
    assert_non_null(strstr(text, "d-1 k 华为 qwen m ok {}|NULL|0x1p-2 7"));
    assert_non_null(strstr(text, "0a answer 5000"));
    free(text);
    bench_close(&b);
}

/* A step that fails half-way leaves the old version, whole. */
static void a_migration_that_fails_changes_nothing(void **state)
{
    struct bd_error err = {0};
    struct bench b;

    (void)state;
    bench_open(&b, "store_sqlite", "s.db");
    closed(&b);
    unlink(b.path);
    run_sql(b.path, version_1);
    run_sql(b.path, "CREATE TABLE cache_expiry(x)"); /* in the way of an index */
    assert_int_equal(b.plugin->open(&b.host.host, &b.self, &err), -1);
    assert_null(b.self);
    run_sql(b.path, "DROP TABLE cache_expiry; CREATE TABLE cache(was_not_there);"
                    "DROP TABLE cache");
    bench_reopen(&b);
    assert_int_equal(cells_in(&b), 1);
    bench_close(&b);
}

static void files_are_made_for_their_owner_alone(void **state)
{
    static const char *const made[][2] = {{"store_sqlite", "s.db"},
                                          {"store_jsonl", "s.jsonl"}};
    mode_t old = umask(0);

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct bench b;
        struct stat st;

        bench_open(&b, made[i][0], made[i][1]);
        assert_int_equal(stat(b.path, &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
        bench_close(&b);
    }
    umask(old);
}

static void expect_place_refused(const char *plugin, const char *path, const char *word)
{
    const struct bd_storage *storage = store_load(plugin);
    struct bd_error err = {0};
    struct store_host host;
    void *self = NULL;

    store_host_init(&host, storage);
    store_host_set(&host, "path", path);
    assert_int_equal(storage->open(&host.host, &self, &err), -1);
    assert_null(self);
    if (!strstr(err.message, word) || !strstr(err.message, path))
        fail_msg("'%s' and the path are not in: %s", word, err.message);
}

static void a_place_that_cannot_be_is_named_with_its_remedy(void **state)
{
    char missing[256], directory[128];

    (void)state;
    snprintf(directory, sizeof(directory), "%s", store_directory());
    snprintf(missing, sizeof(missing), "%s/none/s.db", directory);
    for (int i = 0; i < 2; i++) {
        const char *plugin = i ? "store_sqlite" : "store_jsonl";

        expect_place_refused(plugin, missing, "mkdir -p");
        expect_place_refused(plugin, directory, i ? "regular file" : "check owner");
        expect_place_refused(plugin, "", "cannot");
    }
    store_directory_end();
}

/* For a user who may not write there; root becomes one in a child. */
static void a_directory_without_write_permission_is_named(void **state)
{
    struct bench b;
    char directory[128];
    int status;

    (void)state;
    bench_open(&b, "store_sqlite", "s.db");
    closed(&b);
    snprintf(directory, sizeof(directory), "%s", b.path);
    *strrchr(directory, '/') = '\0';
    assert_int_equal(chmod(directory, 0555), 0);
    assert_int_equal(chmod(b.path, 0666), 0);
    if (fork() == 0) {
        struct bd_error err = {0};
        const gid_t nobody = 65534;

        if (geteuid() == 0 && (setgroups(1, &nobody) || setgid(nobody) || setuid(nobody)))
            _exit(10);
        if (b.plugin->open(&b.host.host, &b.self, &err) == 0)
            _exit(11);
        if (!strstr(err.message, "check owner and mode") ||
            !strstr(err.message, b.path)) {
            fprintf(stderr, "%s\n", err.message);
            _exit(12);
        }
        _exit(0);
    }
    wait(&status);
    assert_int_equal(status, 0);
    assert_int_equal(chmod(directory, 0700), 0);
    store_directory_end();
}

static void a_bad_option_is_refused_before_the_file_is_made(void **state)
{
    struct bd_error err = {0};
    struct bench b;

    (void)state;
    bench_open(&b, "store_sqlite", "s.db");
    closed(&b);
    unlink(b.path);
    store_host_set(&b.host, "synchronous", "OFF");
    assert_int_equal(b.plugin->open(&b.host.host, &b.self, &err), -1);
    assert_int_equal(err.type, BD_ERR_CONFIG);
    assert_non_null(strstr(err.message, "FULL or NORMAL"));
    assert_int_equal(access(b.path, F_OK), -1);
    store_host_set(&b.host, "synchronous", "normal");
    bench_reopen(&b);
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_jsonl_batch_cut_at_any_byte_is_dropped_whole),
        cmocka_unit_test(a_jsonl_byte_changed_anywhere_is_noticed),
        cmocka_unit_test(other_jsonl_files_are_left_alone),
        cmocka_unit_test(a_jsonl_file_at_its_limit_says_so),
        cmocka_unit_test(a_damaged_database_is_refused_and_left_alone),
        cmocka_unit_test(a_newer_schema_is_refused_even_with_a_log_beside_it),
        cmocka_unit_test(the_database_of_another_program_is_left_alone),
        cmocka_unit_test(an_older_schema_is_brought_up_to_date_with_its_rows),
        cmocka_unit_test(a_migration_that_fails_changes_nothing),
        cmocka_unit_test(files_are_made_for_their_owner_alone),
        cmocka_unit_test(a_place_that_cannot_be_is_named_with_its_remedy),
        cmocka_unit_test(a_directory_without_write_permission_is_named),
        cmocka_unit_test(a_bad_option_is_refused_before_the_file_is_made),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
