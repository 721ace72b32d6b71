/* bench/curl_only.c - the same calls with libcurl and libuv alone: what cannot be saved.
 *
 *   curl_only URL HEADERS BODY CALLS CONCURRENCY MULTIS
 *
 * HEADERS and BODY are files: header lines, and the request's body. Every answer is
 * counted and thrown away. Prints one JSON object: seconds from the first call to the
 * last answer, CPU seconds of the process, how many were answered with 200. */
#define _GNU_SOURCE /* what uv.h needs of pthread.h */
#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <uv.h>

struct multi {
    CURLM *curl;
    uv_timer_t timer;
};

struct socket {
    uv_poll_t poll; /* first */
    curl_socket_t fd;
    struct multi *multi;
};

static struct {
    uv_loop_t *uv;
    const char *url;
    char *body;
    struct curl_slist *headers;
    long calls, begun, answered, ok;
    size_t bytes;
} bench;

static void die(const char *what)
{
    fprintf(stderr, "curl_only: %s\n", what);
    exit(1);
}

static char *read_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    char *text = calloc(1, 1 << 16);

    if (!f || !text || fread(text, 1, (1 << 16) - 1, f) == 0)
        die(path);
    fclose(f);
    return text;
}

static size_t on_body(char *p, size_t one, size_t n, void *arg)
{
    (void)p;
    (void)arg;
    bench.bytes += one * n;
    return one * n;
}

static void begin(struct multi *m, CURL *easy)
{
    bench.begun++;
    if (curl_multi_add_handle(m->curl, easy) != CURLM_OK)
        die("curl_multi_add_handle");
}

static CURL *make_easy(void)
{
    CURL *easy = curl_easy_init();

    if (!easy)
        die("curl_easy_init");
    curl_easy_setopt(easy, CURLOPT_URL, bench.url);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 8192L);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, bench.headers);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, bench.body);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)strlen(bench.body));
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 60000L);
    return easy;
}

/* Each handle goes on with the next call. */
static void collect(struct multi *m)
{
    CURLMsg *msg;
    int left;

    while ((msg = curl_multi_info_read(m->curl, &left))) {
        CURL *easy = msg->easy_handle;
        bool good = msg->data.result == CURLE_OK;
        long status = 0;

        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        curl_multi_remove_handle(m->curl, easy);
        bench.answered++;
        bench.ok += good && status == 200;
        if (bench.begun < bench.calls)
            begin(m, easy);
        else
            curl_easy_cleanup(easy);
    }
    if (bench.answered == bench.calls)
        uv_stop(bench.uv);
}

static void act(struct multi *m, curl_socket_t fd, int what)
{
    int running;

    if (curl_multi_socket_action(m->curl, fd, what, &running) != CURLM_OK)
        die("curl_multi_socket_action");
    collect(m);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct socket *s = (struct socket *)poll;
    int what = status < 0 ? CURL_CSELECT_ERR : 0;

    what |= events & UV_READABLE ? CURL_CSELECT_IN : 0;
    what |= events & UV_WRITABLE ? CURL_CSELECT_OUT : 0;
    act(s->multi, s->fd, what);
}

static void free_socket(uv_handle_t *h)
{
    free(h);
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *known)
{
    struct multi *m = arg;
    struct socket *s = known;
    int events = 0;

    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        uv_close((uv_handle_t *)&s->poll, free_socket);
        curl_multi_assign(m->curl, fd, NULL);
        return 0;
    }
    if (!s) {
        s = calloc(1, sizeof(*s));
        if (!s || uv_poll_init(bench.uv, &s->poll, fd) != 0)
            die("uv_poll_init");
        s->fd = fd;
        s->multi = m;
        curl_multi_assign(m->curl, fd, s);
    }
    events |= what & CURL_POLL_IN ? UV_READABLE : 0;
    events |= what & CURL_POLL_OUT ? UV_WRITABLE : 0;
    return uv_poll_start(&s->poll, events, on_poll);
}

static void on_time(uv_timer_t *timer)
{
    act(timer->data, CURL_SOCKET_TIMEOUT, 0);
}

static int on_timer(CURLM *curl, long ms, void *arg)
{
    struct multi *m = arg;

    (void)curl;
    if (ms < 0)
        return uv_timer_stop(&m->timer);
    return uv_timer_start(&m->timer, on_time, (uint64_t)ms, 0);
}

static void open_multi(struct multi *m, long concurrency)
{
    m->curl = curl_multi_init();
    if (!m->curl)
        die("curl_multi_init");
    uv_timer_init(bench.uv, &m->timer);
    m->timer.data = m;
    curl_multi_setopt(m->curl, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(m->curl, CURLMOPT_SOCKETDATA, m);
    curl_multi_setopt(m->curl, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(m->curl, CURLMOPT_TIMERDATA, m);
    curl_multi_setopt(m->curl, CURLMOPT_MAXCONNECTS, concurrency);
}

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static void read_headers(const char *path)
{
    char *save = NULL;

    for (char *line = strtok_r(read_file(path), "\r\n", &save); line;
         line = strtok_r(NULL, "\r\n", &save))
        bench.headers = curl_slist_append(bench.headers, line);
}

int main(int argc, char **argv)
{
    long concurrency, multis;
    struct multi *m;
    struct rusage use;
    uint64_t start;

    if (argc != 7)
        die("usage: curl_only URL HEADERS BODY CALLS CONCURRENCY MULTIS");
    bench.uv = uv_default_loop();
    bench.url = argv[1];
    read_headers(argv[2]);
    bench.body = read_file(argv[3]);
    bench.calls = strtol(argv[4], NULL, 10);
    concurrency = strtol(argv[5], NULL, 10);
    multis = strtol(argv[6], NULL, 10);
    if (bench.calls < 1 || concurrency < 1 || multis < 1)
        die("CALLS, CONCURRENCY and MULTIS are numbers from 1");
    curl_global_init(CURL_GLOBAL_DEFAULT);
    m = calloc((size_t)multis, sizeof(*m));
    if (!m)
        die("out of memory");
    for (long i = 0; i < multis; i++)
        open_multi(&m[i], concurrency);
    start = uv_hrtime();
    for (long i = 0; i < concurrency && bench.begun < bench.calls; i++)
        begin(&m[i % multis], make_easy());
    uv_run(bench.uv, UV_RUN_DEFAULT);
    getrusage(RUSAGE_SELF, &use);
    printf("{\"wall\": %.4f, \"cpu\": %.4f, \"ok\": %ld, \"bytes\": %zu}\n",
           (double)(uv_hrtime() - start) / 1e9,
           seconds(use.ru_utime) + seconds(use.ru_stime), bench.ok, bench.bytes);
    return bench.ok == bench.calls ? 0 : 1; /* handles are left to the system */
}
