/* tests/fuzz/fuzz_ini.c - a configuration of any bytes: runtime/ini. */
#define _GNU_SOURCE /* memfd_create() */

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "fuzz.h"
#include "runtime/ini.h"

/* Every problem is a line of its own that a terminal may show. */
static void check_problems(const struct bd_problems *p)
{
    int lines = 0;

    must(bd_text_valid(p->lines.data, p->lines.n));
    for (size_t i = 0; i < p->lines.n; i++) {
        unsigned char c = (unsigned char)p->lines.data[i];

        must(c == '\n' || (c >= ' ' && c != 0x7f));
        lines += c == '\n';
    }
    must(lines == p->count);
}

static void check_entries(const struct bd_ini *ini)
{
    for (size_t i = 0; i < bd_ini_count(ini); i++) {
        const struct bd_ini_entry *e = bd_ini_entry(ini, i);

        must(e->section && e->key && e->key[0] && e->value && e->origin[0]);
        must(bd_text_valid(e->value, strlen(e->value)));
        must(bd_ini_find(ini, e->section, e->key));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    int fd = memfd_create("brandiag.ini", MFD_CLOEXEC);
    struct bd_problems problems;
    struct bd_ini *ini = NULL;
    struct bd_error err;
    char path[64];

    must(fd >= 0 && fchmod(fd, 0600) == 0);
    must(write(fd, data, n) == (ssize_t)n && lseek(fd, 0, SEEK_SET) == 0);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    bd_problems_init(&problems);
    if (bd_ini_read(&ini, path, NULL, 0, &problems, &err) == 0)
        check_entries(ini);
    check_problems(&problems);
    bd_ini_free(ini);
    bd_problems_free(&problems);
    (void)close(fd);
    return 0;
}
