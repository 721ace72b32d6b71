/* runtime/url.c - see url.h. */
#define _GNU_SOURCE /* memrchr */
#include "runtime/url.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "runtime/address.h"

#define HOST_BYTES 256

static bool host_of(const char *url, char out[HOST_BYTES])
{
    CURLU *u = curl_url();
    char *host = NULL;
    bool found = u && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK &&
                 curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
                 strlen(host) < HOST_BYTES;

    if (found)
        snprintf(out, HOST_BYTES, "%s", host[0] == '[' ? host + 1 : host);
    curl_free(host);
    curl_url_cleanup(u);
    return found;
}

static bool is_localhost(const char *host, size_t n)
{
    static const char name[] = "localhost";
    const size_t k = sizeof(name) - 1;

    return n >= k && strncasecmp(host + n - k, name, k) == 0 &&
           (n == k || host[n - k - 1] == '.');
}

bool bd_url_is_private(const char *url)
{
    char host[HOST_BYTES];
    unsigned char address[16];
    size_t n;

    if (!host_of(url, host))
        return false;
    n = strcspn(host, "]");
    if (n > 0 && host[n - 1] == '.') /* "localhost." is the same name */
        n--;
    host[n] = '\0';
    if (inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1)
        return bd_address_private_text(host);
    return is_localhost(host, n);
}

void bd_url_mask(const char *url, char *out, size_t size)
{
    const char *scheme = strstr(url, "://"), *host = scheme ? scheme + 3 : url;
    size_t n = strcspn(host, "?#");
    const char *at = memrchr(host, '@', n);
    bool cut = host[n] != '\0';

    if (at) {
        n -= (size_t)(at - host);
        snprintf(out, size, "%.*s***%.*s%s", (int)(host - url), url, (int)n, at,
                 cut ? "?***" : "");
    } else {
        snprintf(out, size, "%.*s%s", (int)(host + n - url), url, cut ? "?***" : "");
    }
}
