/* runtime/secret.c - a provider's key; see secret.h. */
#define _GNU_SOURCE /* explicit_bzero */
#include "runtime/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "runtime/arena.h"
#include "runtime/vault.h"

#define SOURCE "config"

static bool is_variable(const char *s)
{
    size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                         "0123456789_");

    return n >= 1 && n <= 128 && s[n] == '\0' && !(s[0] >= '0' && s[0] <= '9');
}

static int keep(char **out, const char *key, size_t n, struct bd_error *err)
{
    char *copy = bd__arena_take(n + 1);

    if (!copy)
        return bd_fail(err, BD_ERR_INTERNAL, ENOMEM, SOURCE,
                       "no room for another key: all of them together may have 256 KiB");
    memcpy(copy, key, n);
    *out = copy;
    return 0;
}

/* What would make an HTTP header of it something else. */
static int take(char **out, const char *key, size_t n, const char *where,
                struct bd_error *err)
{
    if (n == 0)
        return bd_fail(err, BD_ERR_CONFIG, ENOENT, SOURCE,
                       "%s is empty; put the key there", where);
    if (n > BD__SECRET_MAX)
        return bd_fail(err, BD_ERR_CONFIG, EFBIG, SOURCE,
                       "%s holds more than 4 KiB; that is no key", where);
    for (size_t i = 0; i < n; i++)
        if (key[i] <= ' ' || key[i] > '~')
            return bd_fail(err, BD_ERR_CONFIG, EILSEQ, SOURCE,
                           "%s holds blanks, line ends or characters that are not ASCII; "
                           "it must hold the key alone",
                           where);
    return keep(out, key, n, err);
}

int bd_secret_env(char **out, const char *variable, struct bd_error *err)
{
    char where[192];
    const char *key;

    if (!is_variable(variable)) /* not shown: it may be the key itself */
        return bd_fail(err, BD_ERR_CONFIG, EINVAL, SOURCE,
                       "api_key_env must be the name of an environment variable, like "
                       "ARK_API_KEY, not the key itself");
    if (bd__vault_read(&key, variable, BD__SECRET_MAX, err) < 0)
        return -1;
    if (!key || !key[0])
        return bd_fail(err, BD_ERR_CONFIG, ENOENT, SOURCE,
                       "the environment variable %s is %s; export it with the key, or "
                       "set api_key_file",
                       variable, key ? "empty" : "not set");
    snprintf(where, sizeof(where), "the environment variable %s", variable);
    return take(out, key, strlen(key), where, err);
}

/* systemd hands credentials over as files of root that an access list opens to the
 * service alone; such a list shows as rights of the group. */
static bool is_credential(const char *path, const struct stat *st)
{
    const char *directory =
        getenv("CREDENTIALS_DIRECTORY"); /* NOLINT(concurrency-mt-unsafe): [main] */
    size_t n = directory ? strlen(directory) : 0;

    return n > 0 && st->st_uid == 0 && strncmp(path, directory, n) == 0 &&
           path[n] == '/' && !strstr(path + n, "/../");
}

static int check_file(int fd, const char *path, struct bd_error *err)
{
    struct stat st;
    mode_t others;

    if (fstat(fd, &st) != 0)
        return bd_fail_errno(err, BD_ERR_CONFIG, SOURCE, "cannot read the key file");
    if (!S_ISREG(st.st_mode))
        return bd_fail(err, BD_ERR_CONFIG, EINVAL, SOURCE,
                       "the key file %s is not a regular file; name the file", path);
    if (st.st_uid != 0 && st.st_uid != geteuid())
        return bd_fail(err, BD_ERR_CONFIG, EPERM, SOURCE,
                       "the key file %s belongs to user %u; chown it to user %u", path,
                       (unsigned)st.st_uid, (unsigned)geteuid());
    others = is_credential(path, &st) ? 037 : 077;
    if (st.st_mode & others)
        return bd_fail(err, BD_ERR_CONFIG, EACCES, SOURCE,
                       "the key file %s is open to other users; run chmod 600 %s", path,
                       path);
    return 0;
}

static int fail_open(const char *path, struct bd_error *err)
{
    if (errno == ENOENT)
        return bd_fail(err, BD_ERR_CONFIG, ENOENT, SOURCE,
                       "there is no key file %s; write the key there, with mode 600",
                       path);
    bd_fail_errno(err, BD_ERR_CONFIG, SOURCE, "cannot open the key file");
    return bd_fail_in(err, "%s", path);
}

static int read_key(char **out, int fd, const char *path, struct bd_error *err)
{
    char key[BD__SECRET_MAX + 3], where[256]; /* room for CR LF and one too many */
    size_t n = 0;
    ssize_t got = 1;
    int rc;

    while (got > 0 && n < sizeof(key)) {
        got = read(fd, key + n, sizeof(key) - n);
        n += got > 0 ? (size_t)got : 0;
    }
    if (got < 0) {
        rc = bd_fail_errno(err, BD_ERR_CONFIG, SOURCE, "cannot read the key file");
    } else {
        if (n && key[n - 1] == '\n')
            n--;
        if (n && key[n - 1] == '\r')
            n--;
        snprintf(where, sizeof(where), "the key file %s", path);
        rc = take(out, key, n, where, err);
    }
    explicit_bzero(key, sizeof(key));
    return rc;
}

int bd_secret_file(char **out, const char *path, struct bd_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), rc;

    if (fd < 0)
        return fail_open(path, err);
    rc = check_file(fd, path, err);
    if (rc == 0)
        rc = read_key(out, fd, path, err);
    close(fd);
    return rc;
}

int bd_secret_copy(char **out, const char *secret, struct bd_error *err)
{
    return keep(out, secret, strlen(secret), err);
}

void bd_secret_free(char *secret)
{
    bd__arena_give(secret);
}

void bd_secret_mask(const char *secret, char *out, size_t size)
{
    size_t n = strlen(secret), prefix = strcspn(secret, "-") + 1;

    if (n < 16) {
        snprintf(out, size, "***");
        return;
    }
    if (prefix > 6)
        prefix = 0;
    snprintf(out, size, "%.*s...%s", (int)prefix, secret, secret + n - 4);
}
