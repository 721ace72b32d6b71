/* runtime/convert.c - one option's value from its text; see convert.h. */
#include "runtime/convert.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

#define URL_MAX 2000

struct unit {
    const char *name;
    int64_t factor;
};

static const struct unit durations[] = {{"ms", 1},      {"s", 1000}, {"m", 60000},
                                        {"h", 3600000}, {"", 1000},  {NULL, 0}};
static const struct unit sizes[] = {
    {"B", 1},      {"kB", 1000},     {"MB", 1000000},     {"GB", 1000000000},
    {"KiB", 1024}, {"MiB", 1048576}, {"GiB", 1073741824}, {"", 1},
    {NULL, 0}};
static const struct unit integers[] = {{"", 1}, {NULL, 0}};

static int why_not(char why[BD__WHY_BYTES], const char *what)
{
    snprintf(why, BD__WHY_BYTES, "%s", what);
    return -1;
}

/* "30000" as "30s", "1048576" as "1MiB": bounds as people would write them. */
static void print_bound(const struct bd_option *o, int64_t v, char *out, size_t size)
{
    static const struct unit shown_durations[] = {
        {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}, {NULL, 0}};
    static const struct unit shown_sizes[] = {
        {"GiB", 1073741824}, {"MiB", 1048576}, {"KiB", 1024}, {"", 1}, {NULL, 0}};
    static const struct unit none[] = {{"", 1}, {NULL, 0}};
    const struct unit *u = none;

    if (o->type == BD_OPTION_DURATION)
        u = shown_durations;
    else if (o->type == BD_OPTION_SIZE)
        u = shown_sizes;
    while (u[1].name && (v == 0 || v % u->factor != 0))
        u++;
    snprintf(out, size, "%lld%s", (long long)(v / u->factor), u->name);
}

static int check_bounds(const struct bd_option *o, int64_t v, char why[BD__WHY_BYTES])
{
    char low[32], high[32];

    if ((o->min == 0 && o->max == 0) || (v >= o->min && v <= o->max))
        return 0;
    print_bound(o, o->min, low, sizeof(low));
    print_bound(o, o->max, high, sizeof(high));
    snprintf(why, BD__WHY_BYTES, "must be between %s and %s", low, high);
    return -1;
}

/* Digits and one of the units. */
static int read_number(const char *s, const struct unit *units, int64_t *out)
{
    bool minus = *s == '-';
    int64_t v = 0;

    s += minus;
    if (*s < '0' || *s > '9')
        return -1;
    for (; *s >= '0' && *s <= '9'; s++)
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, *s - '0', &v))
            return -1;
    while (units->name && strcmp(units->name, s) != 0)
        units++;
    if (!units->name || __builtin_mul_overflow(v, units->factor, out))
        return -1;
    if (minus)
        *out = -*out;
    return 0;
}

/* "auto" is 0, for options whose default it is. */
static bool takes_auto(const struct bd_option *o)
{
    return o->default_value && strcmp(o->default_value, "auto") == 0;
}

static int convert_int(const struct bd_option *o, const char *text, struct bd__value *out,
                       char why[BD__WHY_BYTES])
{
    bool may_auto = takes_auto(o);

    if (may_auto && strcmp(text, "auto") == 0)
        return 0;
    if (read_number(text, integers, &out->number) < 0)
        return why_not(why, may_auto ? "is neither a whole number nor auto"
                                     : "is not a whole number");
    return check_bounds(o, out->number, why);
}

static int convert_duration(const struct bd_option *o, const char *text,
                            struct bd__value *out, char why[BD__WHY_BYTES])
{
    if (takes_auto(o) && strcmp(text, "auto") == 0)
        return 0;
    if (text[0] == '-' || read_number(text, durations, &out->number) < 0)
        return why_not(why, "is not a duration; write it like 250ms, 15s, 2m or 1h");
    return check_bounds(o, out->number, why);
}

static int convert_size(const struct bd_option *o, const char *text,
                        struct bd__value *out, char why[BD__WHY_BYTES])
{
    if (text[0] == '-' || read_number(text, sizes, &out->number) < 0)
        return why_not(why, "is not a size; write it like 1000, 64KiB, 8MiB or 10MB");
    return check_bounds(o, out->number, why);
}

/* At most 15 digits, so that mantissa and power of ten are exact and their quotient
 * is the nearest double; strtod() would follow the locale and take hex and "inf". */
static int convert_real(const char *text, struct bd__value *out, char why[BD__WHY_BYTES])
{
    const char *s = text + (*text == '-');
    double mantissa = 0, power = 1;
    bool point = false;
    int digits = 0;

    for (; (*s >= '0' && *s <= '9') || (*s == '.' && !point && digits); s++) {
        if (*s == '.') {
            point = true;
            continue;
        }
        mantissa = mantissa * 10 + (*s - '0');
        power *= point ? 10 : 1;
        digits++;
    }
    if (*s || !digits || s[-1] == '.' || digits > 15)
        return why_not(why, "is not a number; write it like 0.8, with at most 15 digits");
    out->real = *text == '-' ? -mantissa / power : mantissa / power;
    return 0;
}

static int convert_bool(const char *text, struct bd__value *out, char why[BD__WHY_BYTES])
{
    static const char *const words[] = {"no",  "yes", "false", "true",
                                        "off", "on",  "0",     "1"};

    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (strcasecmp(text, words[i]) == 0) {
            out->number = (int64_t)(i & 1);
            return 0;
        }
    return why_not(why, "is neither yes nor no");
}

static int convert_text(const char *text, bool lines, struct bd__value *out,
                        char why[BD__WHY_BYTES])
{
    if (!bd_text_valid(text, strlen(text)))
        return why_not(why, "is not UTF-8");
    if (!lines && strchr(text, '\n'))
        return why_not(why, "goes on over several lines: an indented line continues the "
                            "one above; start keys at the beginning of a line");
    for (const char *s = text; *s; s++)
        if (((unsigned char)*s < 0x20 && *s != '\n') || *s == 0x7f ||
            ((unsigned char)*s == 0xc2 && (unsigned char)s[1] < 0xa0)) /* C0, C1 */
            return why_not(why, "holds control characters");
    out->text = strdup(text);
    return out->text ? 0 : why_not(why, "out of memory");
}

static int convert_path(const char *text, struct bd__value *out, char why[BD__WHY_BYTES])
{
    const char *home;
    size_t n;

    if (!text[0])
        return why_not(why, "is empty; name a file or directory");
    if (convert_text(text, false, out, why) < 0 || strncmp(text, "~/", 2) != 0)
        return out->text ? 0 : -1;
    home = getenv("HOME"); /* NOLINT(concurrency-mt-unsafe): [main] */
    free(out->text);
    out->text = NULL;
    if (!home || home[0] != '/')
        return why_not(why, "begins with ~/ but HOME is not set; write the whole path");
    n = strlen(home) + strlen(text);
    out->text = malloc(n);
    if (!out->text)
        return why_not(why, "out of memory");
    snprintf(out->text, n, "%s%s", home, text + 1);
    return 0;
}

static bool url_has(CURLU *u, CURLUPart part)
{
    char *s = NULL;
    bool has = curl_url_get(u, part, &s, 0) == CURLUE_OK;

    curl_free(s);
    return has;
}

/* curl's own parser decides, so that what is checked is what will be called. */
static const char *url_flaw(CURLU *u, const char *text)
{
    if (curl_url_set(u, CURLUPART_URL, text, 0) != CURLUE_OK ||
        !url_has(u, CURLUPART_HOST))
        return "is not a URL; write it like https://host/path";
    if (url_has(u, CURLUPART_USER) || url_has(u, CURLUPART_PASSWORD))
        return "holds a user or password; keys belong into api_key_env or api_key_file";
    if (url_has(u, CURLUPART_ZONEID))
        return "names an address with a zone; write the plain address";
    return NULL;
}

static int convert_url(const char *text, struct bd__value *out, char why[BD__WHY_BYTES])
{
    const char *flaw = NULL;
    size_t n = strlen(text);
    CURLU *u;

    if (strncmp(text, "https://", 8) != 0 && strncmp(text, "http://", 7) != 0)
        return why_not(why, "is not a URL that begins with https:// (or http://)");
    if (n > URL_MAX)
        return why_not(why, "is longer than 2000 bytes");
    if (strstr(text, ":///")) /* curl would take the path for the host */
        return why_not(why, "is not a URL: it names no host");
    if (strpbrk(text, "?#\\"))
        return why_not(why, "holds '?', '#' or '\\'; end it behind the path");
    for (size_t i = 0; i < n; i++)
        if (text[i] <= ' ' || text[i] > '~') /* char may be signed or not: both fail */
            return why_not(why, "holds blanks or characters that are not ASCII; write "
                                "them percent-encoded, a host name in its xn-- form");
    u = curl_url();
    if (!u)
        return why_not(why, "out of memory");
    flaw = url_flaw(u, text);
    curl_url_cleanup(u);
    if (flaw)
        return why_not(why, flaw);
    while (text[n - 1] == '/')
        n--;
    out->text = strndup(text, n);
    return out->text ? 0 : why_not(why, "out of memory");
}

int bd__convert(const struct bd_option *o, const char *text, struct bd__value *out,
                char why[BD__WHY_BYTES])
{
    *out = (struct bd__value){0};
    switch (o->type) {
    case BD_OPTION_TEXT:
        return convert_text(text, o->flags & BD_OPTION_LINES, out, why);
    case BD_OPTION_INT:
        return convert_int(o, text, out, why);
    case BD_OPTION_REAL:
        return convert_real(text, out, why);
    case BD_OPTION_BOOL:
        return convert_bool(text, out, why);
    case BD_OPTION_DURATION:
        return convert_duration(o, text, out, why);
    case BD_OPTION_SIZE:
        return convert_size(o, text, out, why);
    case BD_OPTION_PATH:
        return convert_path(text, out, why);
    case BD_OPTION_URL:
        return convert_url(text, out, why);
    default:
        return why_not(why, "is of a type this brandiag does not know");
    }
}

const char *bd__convert_type(uint32_t type)
{
    static const char *const names[] = {
        [BD_OPTION_TEXT] = "text",         [BD_OPTION_INT] = "integer",
        [BD_OPTION_REAL] = "number",       [BD_OPTION_BOOL] = "yes/no",
        [BD_OPTION_DURATION] = "duration", [BD_OPTION_SIZE] = "size",
        [BD_OPTION_PATH] = "path",         [BD_OPTION_URL] = "URL",
    };

    return type < sizeof(names) / sizeof(*names) ? names[type] : NULL;
}
