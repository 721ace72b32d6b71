/* tests/fuzz/drive.c - a fuzz target as an ordinary test: calls it with every file of a
 * directory, cut at places, and with the files changed at random, so many times.
 *
 *   fuzz_json DIRECTORY [RUNS]
 *
 * The same seed each time: a failure can be seen again. */
#include <dirent.h>

#include "base/random.h"
#include "fuzz.h"

enum { FILES = 1024, BYTES = 1 << 16, CUTS = 16, RUNS = 1500 };

static struct {
    uint8_t *data;
    size_t n;
} files[FILES];
static size_t count;

static void load(const char *directory, const char *name)
{
    char path[1024];
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s", directory, name);
    f = fopen(path, "rb");
    if (!f)
        return;
    files[count].data = malloc(BYTES);
    must(files[count].data);
    files[count].n = fread(files[count].data, 1, BYTES, f);
    fclose(f);
    count++;
}

static void load_all(const char *directory)
{
    DIR *d = opendir(directory);

    must(d);
    for (struct dirent *e; (e = readdir(d)) && count < FILES;)
        if (e->d_name[0] != '.')
            load(directory, e->d_name);
    closedir(d);
    must(count > 0);
}

/* A few bytes are changed, doubled, taken out, or a piece of another file put in. */
static size_t change(uint8_t *out, struct bd_random *random)
{
    size_t from = bd_random_below(random, (uint32_t)count), n = files[from].n;

    memcpy(out, files[from].data, n);
    for (uint32_t k = 1 + bd_random_below(random, 6); k > 0 && n > 0; k--) {
        size_t at = bd_random_below(random, (uint32_t)n);
        size_t length = bd_random_below(random, 64), with;

        if (length > n - at)
            length = n - at;
        switch (bd_random_below(random, 4)) {
        case 0:
            out[at] = (uint8_t)bd_random_u32(random);
            break;
        case 1:
            memmove(out + at, out + at + length, n - at - length);
            n -= length;
            break;
        case 2:
            if (n + length > BYTES)
                break;
            memmove(out + at + length, out + at, n - at);
            n += length;
            break;
        default:
            with = bd_random_below(random, (uint32_t)count);
            if (files[with].n < length)
                length = files[with].n;
            memcpy(out + at, files[with].data, length);
        }
    }
    return n;
}

int main(int argc, char **argv)
{
    static uint8_t bytes[BYTES];
    struct bd_random random;
    long runs = argc > 2 ? strtol(argv[2], NULL, 10) : RUNS;

    must(argc > 1);
    load_all(argv[1]);
    bd_random_init(&random, 1);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k <= CUTS; k++)
            (void)LLVMFuzzerTestOneInput(files[i].data, files[i].n * k / CUTS);
    for (long r = 0; r < runs; r++)
        (void)LLVMFuzzerTestOneInput(bytes, change(bytes, &random));
    for (size_t i = 0; i < count; i++)
        free(files[i].data);
    printf("%zu seeds, %ld changed ones\n", count, runs);
    return 0;
}
