/* face/progress.c - see progress.h. */
#include "face/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"

enum { ROWS = 64, REDRAW_MS = 100, PLAIN_MS = 2000 };

int bd_meter_columns(int fd)
{
    struct winsize w;

    if (ioctl(fd, TIOCGWINSZ, &w) == 0 && w.ws_col > 0) /* 0: it does not know */
        return w.ws_col;
    return 80;
}

bool bd_meter_colour(int fd)
{
    const char *no = getenv("NO_COLOR"); /* NOLINT(concurrency-mt-unsafe): set at start */
    const char *term = getenv("TERM");   /* NOLINT(concurrency-mt-unsafe) */

    return isatty(fd) && !(no && *no) && !(term && strcmp(term, "dumb") == 0);
}

void bd_meter_init(struct bd_meter *m, bool quiet, const char *lang)
{
    *m = (struct bd_meter){
        .quiet = quiet,
        .terminal = isatty(STDERR_FILENO) && bd_meter_colour(STDERR_FILENO),
        .chinese = strcmp(lang, "en") != 0,
    };
}

static const char *hold_zh(const char *hold)
{
    if (strcmp(hold, "rate limited") == 0)
        return "被限流";
    if (strcmp(hold, "requests per minute") == 0)
        return "每分钟请求数已满";
    if (strcmp(hold, "tokens per minute") == 0)
        return "每分钟 token 数已满";
    if (strcmp(hold, "start ramp") == 0)
        return "起步中";
    return "并发已满";
}

static void say_hold(struct bd_buf *out, const struct bd_progress_row *r, bool chinese)
{
    const char *why = chinese ? hold_zh(r->hold) : r->hold;

    if (r->hold_ms > 0)
        bd_buf_addf(out, chinese ? "  等待 %.1f 秒: %s" : "  waiting %.1f s: %s",
                    (double)r->hold_ms / 1000, why);
    else
        bd_buf_addf(out, chinese ? "  等待: %s" : "  waiting: %s", why);
}

static void say_breaker(struct bd_buf *out, const struct bd_progress_row *r, bool chinese)
{
    bool half = strcmp(r->breaker, "half_open") == 0;

    if (strcmp(r->breaker, "closed") != 0)
        bd_buf_addf(out, chinese ? "  熔断器%s" : "  breaker %s",
                    chinese ? (half ? "半开" : "打开") : (half ? "half-open" : "open"));
    else if (r->breakers_open > 0)
        bd_buf_addf(out, chinese ? "  %d 个熔断器打开" : "  %d breakers open",
                    r->breakers_open);
}

static void say_row(struct bd_buf *out, const struct bd_progress_row *r, bool chinese)
{
    bd_buf_add(out, "  ");
    bd_text_pad(out, r->name, 12, false);
    bd_buf_addf(
        out, chinese ? " 成功 %d  失败 %d  进行中 %d" : " %d ok  %d failed  %d in flight",
        r->ok, r->failed, r->running);
    if (r->off)
        bd_buf_add(out, chinese ? "  已停用: 密钥或余额被拒"
                                : "  off: key or balance refused");
    else if (r->waiting > 0 && r->hold[0])
        say_hold(out, r, chinese);
    say_breaker(out, r, chinese);
}

static void add_line(struct bd_buf *out, const struct bd_buf *line, int columns)
{
    size_t width = bd_text_width(line->data, line->n);

    bd_text_pad(out, line->data, width < (size_t)columns ? width : (size_t)columns - 1,
                false);
    bd_buf_add(out, "\n");
}

int bd_meter_lines(struct bd_buf *out, const struct bd_progress *p,
                   const struct bd_progress_row *rows, size_t count, bool chinese,
                   int columns)
{
    struct bd_buf line;

    bd_buf_init(&line, 4096);
    bd_buf_addf(
        &line,
        chinese ? "完成 %d/%d  成功 %d  失败 %d  进行中 %d  等待 %d  剩余 %.1f 秒"
                : "%d/%d done  %d ok  %d failed  %d in flight  %d waiting  %.1f s left",
        p->done, p->total, p->ok, p->failed, p->running, p->waiting,
        (double)p->left_ms / 1000);
    add_line(out, &line, columns);
    for (size_t i = 0; i < count; i++) {
        bd_buf_reset(&line);
        say_row(&line, &rows[i], chinese);
        add_line(out, &line, columns);
    }
    bd_buf_free(&line);
    return 1 + (int)count;
}

static void put(const struct bd_buf *out)
{
    if (write(STDERR_FILENO, out->data, out->n) < 0) {
        /* nobody looks at the progress: the report still comes */
    }
}

void bd_meter_clear(struct bd_meter *m)
{
    char up[32];

    if (!m->drawn)
        return;
    snprintf(up, sizeof(up), "\033[%dA\033[J", m->drawn);
    if (write(STDERR_FILENO, up, strlen(up)) < 0) {
        /* as above */
    }
    m->drawn = 0;
}

void bd_meter_draw(struct bd_meter *m, struct bd_diagnosis *d, bool last)
{
    struct bd_progress_row rows[ROWS];
    struct bd_progress p;
    struct bd_buf out;
    int64_t now_ms = bd_clock_ms();
    size_t count;

    if (m->quiet || (!last && now_ms < m->next_ms))
        return;
    m->next_ms = now_ms + (m->terminal ? REDRAW_MS : PLAIN_MS);
    count = bd_diagnosis_progress(d, &p, rows, ROWS);
    bd_buf_init(&out, 1 << 16);
    if (m->terminal) {
        if (m->drawn)
            bd_buf_addf(&out, "\033[%dA\033[J", m->drawn);
        m->drawn = bd_meter_lines(&out, &p, rows, count < ROWS ? count : ROWS, m->chinese,
                                  bd_meter_columns(STDERR_FILENO));
    } else {
        bd_meter_lines(&out, &p, rows, 0, m->chinese, 200);
    }
    put(&out);
    bd_buf_free(&out);
}
