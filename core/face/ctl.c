/* face/ctl.c - `brandiag ctl`: asking the daemon how it is, and what to do. */
#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "engine/inspect.h"
#include "face/commands.h"
#include "face/setup.h"

enum { TIMEOUT_S = 60, REPLY_BYTES = 8 << 20 };

struct options {
    struct bd_setup setup;
    const char *server, *token_file;
    bool json;
};

static const struct {
    const char *word, *method, *path;
} asks[] = {
    {"status", "GET", "/v1/status"},  {"providers", "GET", "/v1/providers"},
    {"reload", "POST", "/v1/reload"}, {"rollback", "POST", "/v1/rollback"},
    {"drain", "POST", "/v1/drain"},
};
enum { ASKS = sizeof(asks) / sizeof(asks[0]) };

static int take(void *arg, const char *name, const char *value)
{
    struct options *o = arg;
    int rc = bd_setup_take(&o->setup, "ctl", name, value);

    if (rc != 0)
        return rc > 0 ? 0 : -1;
    if (strcmp(name, "server") == 0)
        o->server = value;
    else if (strcmp(name, "token-file") == 0)
        o->token_file = value;
    else
        o->json = true;
    return 0;
}

static size_t on_data(char *p, size_t size, size_t n, void *arg)
{
    return bd_buf_append(arg, p, size * n) == 0 ? size * n : 0;
}

/* Of the first line; wiped by the caller. */
static int read_token(const char *path, char *out, size_t size)
{
    FILE *f = fopen(path, "re");
    bool got = f && fgets(out, (int)size, f);

    if (f)
        (void)fclose(f); /* it was only read */
    if (!got) {
        fprintf(stderr, "brandiag ctl: the token file '%s' cannot be read\n", path);
        return -1;
    }
    out[strcspn(out, "\r\n")] = '\0';
    return 0;
}

static struct curl_slist *headers_of(const char *token)
{
    struct curl_slist *list = curl_slist_append(NULL, "Content-Type: application/json");
    char line[4200];

    list = curl_slist_append(list, "Expect:");
    if (token[0]) {
        snprintf(line, sizeof(line), "Authorization: Bearer %s", token);
        list = curl_slist_append(list, line);
        memset(line, 0, sizeof(line));
    }
    return list;
}

static CURLcode perform(CURL *easy, const char *url, bool post, struct curl_slist *lines,
                        struct bd_buf *reply)
{
    if (curl_easy_setopt(easy, CURLOPT_URL, url) != CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") != CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_PROXY, "") != CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_TIMEOUT, (long)TIMEOUT_S) != CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_HTTPHEADER, lines) != CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_data) != CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_WRITEDATA, reply) != CURLE_OK ||
        (post && curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "{}") != CURLE_OK))
        return CURLE_OUT_OF_MEMORY;
    return curl_easy_perform(easy);
}

/* The status, or 0 after a complaint. */
static long ask(const char *url, bool post, const char *token, struct bd_buf *reply)
{
    CURL *easy = curl_easy_init();
    struct curl_slist *lines = headers_of(token);
    CURLcode rc = easy ? perform(easy, url, post, lines, reply) : CURLE_OUT_OF_MEMORY;
    long status = 0;

    if (rc == CURLE_OK)
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    else
        fprintf(stderr, "brandiag ctl: %s: %s; is the daemon running there?\n", url,
                curl_easy_strerror(rc));
    curl_slist_free_all(lines);
    curl_easy_cleanup(easy);
    return status;
}

static void print_lines(const json_t *list, const char *before)
{
    size_t i;
    const json_t *line;

    json_array_foreach(list, i, line)
        printf("%s%s\n", before, json_string_value(line) ? json_string_value(line) : "");
}

static void print_generation(const json_t *g)
{
    printf("generation  %lld since %s", (long long)bd_json_int(g, "number", 0),
           bd_json_text(g, "since", ""));
    if (bd_json_bool(g, "rolled_back", false))
        printf(", rolled back: the files say something else");
    if (bd_json_int(g, "alive", 1) > 1)
        printf("; %lld alive", (long long)bd_json_int(g, "alive", 1));
    if (bd_json_int(g, "before", 0))
        printf("; rollback goes to %lld", (long long)bd_json_int(g, "before", 0));
    printf("\n");
}

static void print_status(const json_t *o)
{
    const json_t *d = json_object_get(o, "diagnoses"), *s = json_object_get(o, "storage");
    const json_t *err = json_object_get(s, "error");

    printf("version     %s, started %s%s\n", bd_json_text(o, "version", ""),
           bd_json_text(o, "started", ""),
           bd_json_bool(o, "draining", false) ? ", stopping" : "");
    print_generation(json_object_get(o, "generation"));
    printf("diagnoses   %lld running, %lld waiting; %lld accepted, %lld finished, %lld "
           "resumed\n",
           (long long)bd_json_int(d, "running", 0),
           (long long)bd_json_int(d, "queued", 0),
           (long long)bd_json_int(d, "accepted", 0),
           (long long)bd_json_int(d, "finished", 0),
           (long long)bd_json_int(d, "resumed", 0));
    printf("storage     %s, %s%s\n", bd_json_text(s, "plugin", ""),
           bd_json_bool(s, "failing", false) ? "FAILING: " : "takes rows",
           bd_json_text(err, "message", ""));
}

static void print_providers(const json_t *o)
{
    const json_t *list = json_object_get(o, "providers"), *p;
    size_t i;

    printf("%-16s %-30s %-10s %-9s %7s %7s\n", "provider", "model", "state", "breaker",
           "running", "waiting");
    json_array_foreach(list, i, p)
    {
        const char *why = bd_json_text(json_object_get(p, "error"), "message", "");

        printf("%-16s %-30s %-10s %-9s %7lld %7lld%s%s\n", bd_json_text(p, "name", ""),
               bd_json_text(p, "model", ""),
               bd_json_bool(p, "usable", false) ? "usable" : "NOT USABLE",
               bd_json_text(p, "breaker", ""), (long long)bd_json_int(p, "running", 0),
               (long long)bd_json_int(p, "waiting", 0), why[0] ? "  " : "", why);
    }
}

static void print_change(const json_t *o)
{
    printf("generation %lld is in use, after %lld, in %lld ms\n",
           (long long)bd_json_int(o, "generation", 0),
           (long long)bd_json_int(o, "before", 0),
           (long long)bd_json_int(o, "took_ms", 0));
    if (json_array_size(json_object_get(o, "changes")) == 0)
        printf("nothing has changed\n");
    print_lines(json_object_get(o, "changes"), "  ");
}

static int complain(const json_t *o, long status)
{
    size_t i;
    const json_t *line;

    json_array_foreach(json_object_get(o, "problems"), i, line)
        fprintf(stderr, "%s\n", json_string_value(line) ? json_string_value(line) : "");
    fprintf(stderr, "brandiag ctl: the daemon refuses (%ld): %s\n", status,
            bd_json_text(o, "detail", bd_json_text(o, "title", "")));
    return 1;
}

static int show(const struct options *o, const char *word, const json_t *reply,
                const struct bd_buf *text)
{
    if (o->json) {
        fputs(text->data, stdout);
        return 0;
    }
    if (strcmp(word, "status") == 0)
        print_status(reply);
    else if (strcmp(word, "providers") == 0)
        print_providers(reply);
    else if (strcmp(word, "drain") == 0)
        printf("nothing more is accepted; the daemon ends when what runs is over\n");
    else
        print_change(reply);
    if (strcmp(word, "rollback") == 0)
        printf("the files are as they were: put them right before the next reload or "
               "start\n");
    return 0;
}

/* Where the daemon of this configuration listens, and its token. */
static int find_server(const struct options *o, char url[512], char token[4100])
{
    char listen[256], file[1024];
    struct bd_engine_plan plan;
    struct bd_error err;

    if (bd_setup_plan(&o->setup, &plan) < 0)
        return -1;
    if (bd_inspect_setting(&plan, "server.listen", "127.0.0.1:8731", listen,
                           sizeof(listen), &err) < 0 ||
        bd_inspect_setting(&plan, "server.token_file", "", file, sizeof(file), &err) <
            0) {
        bd_setup_complain(&err);
        return -1;
    }
    if (o->server)
        snprintf(url, 512, "%s", o->server);
    else
        snprintf(url, 512, "http://%s", listen);
    if (o->token_file)
        snprintf(file, sizeof(file), "%s", o->token_file);
    return file[0] ? read_token(file, token, 4100) : 0;
}

static int run_ask(const struct options *o, int k)
{
    char url[512], path[640], token[4100] = "";
    struct bd_buf reply;
    json_t *parsed;
    long status;
    int rc = 1;

    if (find_server(o, url, token) < 0)
        return 2;
    snprintf(path, sizeof(path), "%s%s", url, asks[k].path);
    bd_buf_init(&reply, REPLY_BYTES);
    status = ask(path, asks[k].method[0] == 'P', token, &reply);
    memset(token, 0, sizeof(token));
    parsed = json_loadb(reply.data, reply.n, 0, NULL);
    if (status >= 200 && status < 300 && parsed)
        rc = show(o, asks[k].word, parsed, &reply);
    else if (status)
        rc = complain(parsed, status);
    json_decref(parsed);
    bd_buf_free(&reply);
    return rc;
}

static int ctl(int argc, char **argv)
{
    static struct options o;
    struct bd_operands operands;
    int rc;

    o = (struct options){0};
    rc = bd_args_parse(&bd_command_ctl, argc, argv, take, &o, &operands);
    if (rc >= 0)
        return rc;
    for (int i = 0; i < ASKS; i++)
        if (strcmp(asks[i].word, operands.words[0]) == 0)
            return run_ask(&o, i);
    return bd_args_usage("ctl",
                         "'%s' is none of status, providers, reload, rollback, drain",
                         operands.words[0]);
}

static const struct bd_arg args[] = {
    {"server", "URL", "default: http:// and [server] listen of the configuration"},
    {"token-file", "FILE", "default: [server] token_file of the configuration"},
    {"json", NULL, "print the daemon's answer as it is"},
    BD_SETUP_ARGS,
    {"", NULL, NULL},
};

const struct bd_command bd_command_ctl = {
    "ctl",
    "status|providers|reload|rollback|drain",
    "Asks the daemon how it is, or to do something.",
    args,
    1,
    1,
    ctl,
    "  status     version, generation, diagnoses, storage\n"
    "  providers  each provider: usable, breaker, calls that run and wait\n"
    "  reload     read configuration and plugins anew; nothing changes if they are "
    "wrong\n"
    "  rollback   back to the generation before this one, whatever the files say\n"
    "  drain      accept nothing more, finish what runs, end\n"
    "\nExit codes: 0 done, 1 refused or not reachable, 2 usage or configuration.\n",
};
