/* What a running diagnosis looks like on the terminal. */
#define _XOPEN_SOURCE 700
#include "face/progress.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"
#include "policy/limiter.h"

static const struct bd_progress half = {.total = 10,
                                        .done = 5,
                                        .ok = 4,
                                        .failed = 1,
                                        .running = 3,
                                        .waiting = 2,
                                        .left_ms = 12340};

static struct bd_buf lines;

static int begin(void **state)
{
    (void)state;
    bd_buf_init(&lines, 1 << 16);
    return 0;
}

static int end(void **state)
{
    (void)state;
    bd_buf_free(&lines);
    return 0;
}

static struct bd_progress_row calm(const char *name)
{
    return (struct bd_progress_row){.name = name,
                                    .total = 5,
                                    .ok = 2,
                                    .failed = 1,
                                    .running = 2,
                                    .breaker = "closed",
                                    .hold = ""};
}

/* The lines, one by one without the blanks at their end. */
static const char *line(int i)
{
    static char text[1024];
    const char *p = lines.data;
    size_t n;

    for (; i > 0; i--)
        p = strchr(p, '\n') + 1;
    n = strcspn(p, "\n");
    while (n > 0 && p[n - 1] == ' ')
        n--;
    snprintf(text, sizeof(text), "%.*s", (int)n, p);
    return text;
}

static const char *row_line(const struct bd_progress_row *r, bool chinese, int columns)
{
    bd_buf_reset(&lines);
    assert_int_equal(bd_meter_lines(&lines, &half, r, 1, chinese, columns), 2);
    return line(1);
}

static void the_first_line_sums_up_and_each_provider_has_its_own(void **state)
{
    const struct bd_progress_row rows[] = {calm("doubao"), calm("qwen")};

    (void)state;
    assert_int_equal(bd_meter_lines(&lines, &half, rows, 2, false, 80), 3);
    assert_string_equal(line(0), "5/10 done  4 ok  1 failed  3 in flight  2 waiting  "
                                 "12.3 s left");
    assert_string_equal(line(1), "  doubao       2 ok  1 failed  2 in flight");
    assert_string_equal(line(2), "  qwen         2 ok  1 failed  2 in flight");
    bd_buf_reset(&lines);
    assert_int_equal(bd_meter_lines(&lines, &half, rows, 2, true, 80), 3);
    assert_string_equal(line(0),
                        "完成 5/10  成功 4  失败 1  进行中 3  等待 2  剩余 12.3 秒");
    assert_string_equal(line(1), "  doubao       成功 2  失败 1  进行中 2");
}

static void without_rows_there_is_the_sum_alone(void **state)
{
    (void)state;
    assert_int_equal(bd_meter_lines(&lines, &half, NULL, 0, true, 200), 1);
    assert_ptr_equal(strchr(lines.data, '\n') + 1, lines.data + lines.n);
}

/* Names in Chinese take two columns a character: the figures still stand in one column.
 */
static void figures_stand_below_each_other_whatever_the_names(void **state)
{
    static const char *const names[] = {
        "qwen", "豆包", "豆包测试一号", "通义千问-企业版", "a-very-long-provider-name",
        "é"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const struct bd_progress_row r = calm(names[i]);
        const char *shown = row_line(&r, false, 80), *at = strstr(shown, " 2 ok");

        assert_non_null(at);
        assert_int_equal(bd_text_width(shown, (size_t)(at - shown)), 2 + 12);
    }
    {
        const struct bd_progress_row r = calm("豆包测试一号二号");

        assert_non_null(strstr(row_line(&r, false, 80), "  豆包测试一…  2 ok"));
    }
}

static void a_waiting_provider_says_what_for(void **state)
{
    struct bd_progress_row r = calm("qwen");

    (void)state;
    r.hold = "rate limited";
    r.hold_ms = 2500;
    assert_null(strstr(row_line(&r, false, 80), "waiting")); /* nothing of it waits */
    r.waiting = 3;
    assert_non_null(strstr(row_line(&r, false, 80), "  waiting 2.5 s: rate limited"));
    assert_non_null(strstr(row_line(&r, true, 80), "  等待 2.5 秒: 被限流"));
    r.hold = "concurrency";
    r.hold_ms = -1;
    assert_non_null(strstr(row_line(&r, false, 80), "  waiting: concurrency"));
    assert_non_null(strstr(row_line(&r, true, 80), "  等待: 并发已满"));
}

static void every_reason_to_wait_has_a_chinese_word_of_its_own(void **state)
{
    char seen[8][128];
    int n = 0;

    (void)state;
    for (int w = BD_LIMITER_FREE + 1; w <= BD_LIMITER_RAMP; w++, n++) {
        struct bd_progress_row r = calm("qwen");

        r.waiting = 1;
        r.hold = bd_limiter_wait_name(w);
        r.hold_ms = -1;
        snprintf(seen[n], sizeof(seen[n]), "%s", row_line(&r, true, 80));
        assert_null(strstr(seen[n], r.hold));
        for (int i = 0; i < n; i++)
            assert_string_not_equal(seen[i], seen[n]);
    }
    assert_int_equal(n, 5);
}

static void a_refused_key_is_told_instead_of_a_wait(void **state)
{
    struct bd_progress_row r = calm("qwen");

    (void)state;
    r.off = true;
    r.waiting = 1;
    r.hold = "concurrency";
    assert_string_equal(
        row_line(&r, false, 80),
        "  qwen         2 ok  1 failed  2 in flight  off: key or balance refused");
    assert_string_equal(
        row_line(&r, true, 80),
        "  qwen         成功 2  失败 1  进行中 2  已停用: 密钥或余额被拒");
}

static void a_breaker_that_is_not_closed_is_told(void **state)
{
    static const struct {
        const char *breaker;
        int keys;
        const char *en, *zh;
    } cases[] = {
        {"open", 3, "  breaker open", "  熔断器打开"},
        {"half_open", 0, "  breaker half-open", "  熔断器半开"},
        {"closed", 2, "  2 breakers open", "  2 个熔断器打开"},
    };
    struct bd_progress_row r = calm("qwen");

    (void)state;
    assert_null(strstr(row_line(&r, false, 80), "breaker"));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *shown;

        r.breaker = cases[i].breaker;
        r.breakers_open = cases[i].keys;
        shown = row_line(&r, false, 80);
        assert_string_equal(shown + strlen(shown) - strlen(cases[i].en), cases[i].en);
        shown = row_line(&r, true, 80);
        assert_string_equal(shown + strlen(shown) - strlen(cases[i].zh), cases[i].zh);
    }
}

/* A line that wraps would make the next drawing leave a part of it behind. */
static void no_line_is_wider_than_the_terminal(void **state)
{
    const struct bd_progress busy = {.total = 260000,
                                     .done = 123456,
                                     .ok = 100000,
                                     .failed = 23456,
                                     .running = 100000,
                                     .waiting = 36544,
                                     .left_ms = 3600000};
    struct bd_progress_row r = {.name = "通义千问-企业版",
                                .ok = 100000,
                                .failed = 23456,
                                .running = 100000,
                                .waiting = 36544,
                                .hold = "requests per minute",
                                .hold_ms = 59900,
                                .breaker = "half_open"};

    (void)state;
    for (int columns = 1; columns <= 120; columns++)
        for (int chinese = 0; chinese < 2; chinese++) {
            const char *p;

            bd_buf_reset(&lines);
            assert_int_equal(bd_meter_lines(&lines, &busy, &r, 1, chinese, columns), 2);
            assert_false(lines.failed);
            assert_true(bd_text_valid(lines.data, lines.n));
            p = lines.data;
            for (int i = 0; i < 2; i++) {
                size_t n = strcspn(p, "\n"), width = bd_text_width(p, n);

                assert_true(width <= (size_t)columns);
                p += n + 1;
            }
            assert_int_equal(*p, '\0');
        }
    assert_non_null(strstr(row_line(&r, true, 80), "…")); /* cut, and said so */
}

/* A pseudo terminal of that width; the far end is kept open in *far. */
static int terminal(unsigned short columns, int *far)
{
    const struct winsize w = {.ws_row = 24, .ws_col = columns};
    int fd;

    *far = posix_openpt(O_RDWR | O_NOCTTY);
    assert_true(*far >= 0);
    assert_int_equal(grantpt(*far), 0);
    assert_int_equal(unlockpt(*far), 0);
    fd = open(ptsname(*far), O_RDWR | O_NOCTTY);
    assert_true(fd >= 0);
    assert_int_equal(ioctl(fd, TIOCSWINSZ, &w), 0);
    return fd;
}

static void the_width_is_the_terminals_or_80(void **state)
{
    static const struct {
        unsigned short has;
        int told;
    } cases[] = {{120, 120}, {40, 40}, {20, 20}, {0, 80}};
    int ends[2];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int far, fd = terminal(cases[i].has, &far);

        assert_int_equal(bd_meter_columns(fd), cases[i].told);
        close(fd);
        close(far);
    }
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(bd_meter_columns(ends[1]), 80);
    close(ends[0]);
    close(ends[1]);
    assert_int_equal(bd_meter_columns(-1), 80);
}

static void colour_needs_a_terminal_that_wants_it(void **state)
{
    int far, fd = terminal(80, &far), null = open("/dev/null", O_WRONLY);

    (void)state;
    setenv("TERM", "xterm", 1);
    unsetenv("NO_COLOR");
    assert_true(bd_meter_colour(fd));
    assert_false(bd_meter_colour(null));
    setenv("NO_COLOR", "", 1); /* empty counts as unset, see no-color.org */
    assert_true(bd_meter_colour(fd));
    setenv("NO_COLOR", "1", 1);
    assert_false(bd_meter_colour(fd));
    unsetenv("NO_COLOR");
    setenv("TERM", "dumb", 1);
    assert_false(bd_meter_colour(fd));
    close(null);
    close(fd);
    close(far);
}

/* With stderr on fd: what a meter is, and what clear() writes. */
static struct bd_meter meter_on(int fd, const char *lang, int drawn)
{
    int kept = dup(STDERR_FILENO);
    struct bd_meter m;

    assert_true(dup2(fd, STDERR_FILENO) >= 0);
    bd_meter_init(&m, false, lang);
    m.drawn = drawn;
    bd_meter_clear(&m);
    assert_true(dup2(kept, STDERR_FILENO) >= 0);
    close(kept);
    return m;
}

static void clearing_takes_off_as_many_lines_as_were_drawn(void **state)
{
    char got[64] = "";
    int ends[2];
    struct bd_meter m;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    m = meter_on(ends[1], "zh", 0); /* nothing was drawn: writes nothing */
    assert_false(m.terminal);
    assert_true(m.chinese);
    m = meter_on(ends[1], "en", 3);
    assert_false(m.chinese);
    assert_int_equal(m.drawn, 0);
    close(ends[1]);
    assert_int_equal(read(ends[0], got, sizeof(got) - 1), 7);
    assert_string_equal(got, "\033[3A\033[J");
    close(ends[0]);
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, begin, end)
    const struct CMUnitTest tests[] = {
        CASE(the_first_line_sums_up_and_each_provider_has_its_own),
        CASE(without_rows_there_is_the_sum_alone),
        CASE(figures_stand_below_each_other_whatever_the_names),
        CASE(a_waiting_provider_says_what_for),
        CASE(every_reason_to_wait_has_a_chinese_word_of_its_own),
        CASE(a_refused_key_is_told_instead_of_a_wait),
        CASE(a_breaker_that_is_not_closed_is_told),
        CASE(no_line_is_wider_than_the_terminal),
        CASE(the_width_is_the_terminals_or_80),
        CASE(colour_needs_a_terminal_that_wants_it),
        CASE(clearing_takes_off_as_many_lines_as_were_drawn),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
