/* engine/token.c - see token.h. */
#include "engine/token.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

#include "runtime/secret.h"

#define SOURCE "config"
#define REMEDY "(umask 077; openssl rand -hex 32 > FILE)"

_Static_assert(BD_TOKEN_MAX == BD__SECRET_MAX, "both are read by bd_secret_file");

static bool digest(unsigned char out[32], const char *text, size_t n)
{
    return EVP_Digest(text, n, out, NULL, EVP_sha256(), NULL) == 1;
}

static int take(struct bd_token *out, const char *text, const char *path,
                struct bd_error *err)
{
    if (strlen(text) < BD_TOKEN_MIN)
        return bd_fail(err, BD_ERR_CONFIG, EINVAL, SOURCE,
                       "the token in %s has %zu characters, too few to be safe from "
                       "guessing; make one of at least %d: " REMEDY,
                       path, strlen(text), BD_TOKEN_MIN);
    if (!digest(out->digest, text, strlen(text)))
        return bd_fail(err, BD_ERR_INTERNAL, ENOMEM, SOURCE, "libcrypto has no SHA-256");
    return 0;
}

int bd_token_read(struct bd_token *out, const char *path, struct bd_error *err)
{
    struct bd_error why = {0};
    char *text = NULL;
    int rc;

    if (bd_secret_file(&text, path, &why) < 0 && why.code == ENOENT)
        return bd_fail(err, BD_ERR_CONFIG, ENOENT, SOURCE,
                       "there is no token in %s; make one: " REMEDY, path);
    if (!text) {
        if (err)
            *err = why;
        return bd_fail_in(err, "the server's token");
    }
    rc = take(out, text, path, err);
    bd_secret_free(text);
    return rc;
}

bool bd_token_matches(const struct bd_token *t, const char *shown, size_t n)
{
    unsigned char d[32];

    if (n == 0 || n > BD_TOKEN_MAX || !digest(d, shown, n))
        return false;
    return CRYPTO_memcmp(d, t->digest, sizeof(d)) == 0;
}
