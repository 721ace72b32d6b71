/* tests/base/test_exposition.c */
#include "base/exposition.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/scrape.h"

static struct bd_buf out;
static struct bd_exposition x;

static int setup(void **state)
{
    (void)state;
    bd_buf_init(&out, 1 << 16);
    bd_exposition_init(&x, &out);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    bd_buf_free(&out);
    return 0;
}

static void a_family_has_its_header_once_and_its_samples_behind_it(void **state)
{
    struct scrape s;

    (void)state;
    bd_exposition_family(&x, "calls_total", BD_METRIC_COUNTER, "Calls made.");
    bd_exposition_count(&x, BD_LABELS("provider", "qwen", "outcome", "ok"), 12);
    bd_exposition_count(&x, BD_LABELS("provider", "doubao", "outcome", "ok"), UINT64_MAX);
    bd_exposition_family(&x, "waiting", BD_METRIC_GAUGE, "Tasks that wait.");
    bd_exposition_value(&x, NULL, 0.5);
    assert_int_equal(bd_exposition_end(&x), 0);
    assert_string_equal(out.data, "# HELP calls_total Calls made.\n"
                                  "# TYPE calls_total counter\n"
                                  "calls_total{provider=\"qwen\",outcome=\"ok\"} 12\n"
                                  "calls_total{provider=\"doubao\",outcome=\"ok\"} "
                                  "18446744073709551615\n"
                                  "# HELP waiting Tasks that wait.\n"
                                  "# TYPE waiting gauge\n"
                                  "waiting 0.5\n");
    scrape_read(&s, out.data);
    assert_int_equal(s.family_count, 2);
    assert_int_equal(s.samples, 3);
    scrape_promtool(out.data);
}

static void a_histogram_counts_all_below_each_bound(void **state)
{
    const double upper[] = {0.05, 1, 20};
    const uint64_t counts[] = {1, 0, 4, 2};
    const struct bd_exposition_buckets b = {
        .bounds = 3, .upper = upper, .counts = counts, .sum = 77.25};
    struct scrape s;

    (void)state;
    bd_exposition_family(&x, "took_seconds", BD_METRIC_HISTOGRAM, "How long.");
    bd_exposition_histogram(&x, BD_LABELS("provider", "qwen"), &b);
    bd_exposition_family(&x, "bare_seconds", BD_METRIC_HISTOGRAM, "How long.");
    bd_exposition_histogram(&x, NULL, &b);
    assert_int_equal(bd_exposition_end(&x), 0);
    assert_non_null(strstr(out.data,
                           "took_seconds_bucket{provider=\"qwen\",le=\"0.05\"} 1\n"
                           "took_seconds_bucket{provider=\"qwen\",le=\"1\"} 1\n"
                           "took_seconds_bucket{provider=\"qwen\",le=\"20\"} 5\n"
                           "took_seconds_bucket{provider=\"qwen\",le=\"+Inf\"} 7\n"
                           "took_seconds_sum{provider=\"qwen\"} 77.25\n"
                           "took_seconds_count{provider=\"qwen\"} 7\n"));
    assert_non_null(strstr(out.data, "bare_seconds_bucket{le=\"+Inf\"} 7\n"
                                     "bare_seconds_sum 77.25\nbare_seconds_count 7\n"));
    scrape_read(&s, out.data);
    assert_int_equal(s.samples, 12);
    scrape_promtool(out.data);
}

static const struct {
    const char *given, *written;
} values[] = {
    {"plain", "plain"},
    {"", ""},
    {"two\nlines", "two\\nlines"},
    {"\"quoted\"", "\\\"quoted\\\""},
    {"C:\\dir", "C:\\\\dir"},
    {"\\n", "\\\\n"},
    {"华为", "华为"},
    {"\xff\xc3", "\xef\xbf\xbd\xef\xbf\xbd"},
    {"cut \xe5\x8d", "cut \xef\xbf\xbd\xef\xbf\xbd"},
    {"tab\there}", "tab\there}"},
};

static void label_values_are_escaped_and_always_utf8(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        char expected[128];
        struct scrape s;

        bd_buf_reset(&out);
        bd_exposition_family(&x, "state", BD_METRIC_GAUGE, "State.");
        bd_exposition_value(&x, BD_LABELS("key", values[i].given, "n", "1"), 1);
        snprintf(expected, sizeof(expected), "state{key=\"%s\",n=\"1\"} 1\n",
                 values[i].written);
        if (!strstr(out.data, expected))
            fail_msg("%s", out.data);
        scrape_read(&s, out.data);
        scrape_promtool(out.data);
    }
    assert_int_equal(bd_exposition_end(&x), 0);
}

static void help_keeps_its_quotes_and_stays_one_line(void **state)
{
    (void)state;
    bd_exposition_family(&x, "state", BD_METRIC_GAUGE, "Of \"a\\b\"\nand more.");
    assert_int_equal(bd_exposition_end(&x), 0);
    assert_string_equal(out.data, "# HELP state Of \"a\\\\b\"\\nand more.\n"
                                  "# TYPE state gauge\n");
}

static const struct {
    double v;
    const char *text;
} numbers[] = {
    {0, "0"},
    {-1.5, "-1.5"},
    {0.1, "0.1"},
    {1e9, "1000000000"},
    {1.0 / 3, "0.33333333333333331"},
    {1e300, "1e+300"},
    {NAN, "NaN"},
    {INFINITY, "+Inf"},
    {-INFINITY, "-Inf"},
};

static void numbers_are_short_and_come_back_as_they_were(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        char expected[64];

        bd_buf_reset(&out);
        bd_exposition_family(&x, "state", BD_METRIC_GAUGE, "State.");
        bd_exposition_value(&x, NULL, numbers[i].v);
        snprintf(expected, sizeof(expected), "\nstate %s\n", numbers[i].text);
        if (!strstr(out.data, expected))
            fail_msg("%g: %s", numbers[i].v, out.data);
        scrape_promtool(out.data);
    }
}

static const struct {
    const char *name;
    enum bd_exposition_type type;
    const char *help;
} wrong_families[] = {
    {"calls", BD_METRIC_COUNTER, "A counter without _total."},
    {"calls_total", BD_METRIC_GAUGE, "A gauge like a counter."},
    {"took_seconds_total", BD_METRIC_HISTOGRAM, "A histogram like a counter."},
    {"batch_count", BD_METRIC_GAUGE, "Like a part of a histogram."},
    {"batch_sum", BD_METRIC_GAUGE, "Like a part of a histogram."},
    {"batch_bucket", BD_METRIC_GAUGE, "Like a part of a histogram."},
    {"", BD_METRIC_GAUGE, "No name."},
    {"9lives", BD_METRIC_GAUGE, "Begins with a digit."},
    {"queueDepth", BD_METRIC_GAUGE, "Camels."},
    {"queue:depth", BD_METRIC_GAUGE, "Colons are for rules."},
    {"queue-depth", BD_METRIC_GAUGE, "A hyphen."},
    {"queue_depth", BD_METRIC_GAUGE, ""},
    {"taken", BD_METRIC_GAUGE, "There already."},
};

static void what_readers_would_refuse_is_not_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(wrong_families) / sizeof(wrong_families[0]); i++) {
        size_t before;

        bd_buf_reset(&out);
        bd_exposition_init(&x, &out);
        bd_exposition_family(&x, "taken", BD_METRIC_GAUGE, "There.");
        before = out.n;
        bd_exposition_family(&x, wrong_families[i].name, wrong_families[i].type,
                             wrong_families[i].help);
        bd_exposition_value(&x, NULL, 1);
        if (out.n != before || bd_exposition_end(&x) == 0)
            fail_msg("%s", wrong_families[i].name);
    }
}

static void names_may_begin_like_others(void **state)
{
    (void)state;
    bd_exposition_family(&x, "queue_depth", BD_METRIC_GAUGE, "# TYPE queue gauge");
    bd_exposition_family(&x, "queue", BD_METRIC_GAUGE, "Shorter.");
    bd_exposition_family(&x, "queue_depths", BD_METRIC_GAUGE, "Longer.");
    assert_int_equal(bd_exposition_end(&x), 0);
}

static void two_writers_of_one_buffer_cannot_write_a_family_twice(void **state)
{
    struct bd_exposition second;

    (void)state;
    bd_exposition_family(&x, "state", BD_METRIC_GAUGE, "State.");
    assert_int_equal(bd_exposition_end(&x), 0);
    bd_exposition_init(&second, &out);
    bd_exposition_family(&second, "state", BD_METRIC_GAUGE, "State.");
    assert_int_equal(bd_exposition_end(&second), -1);
}

static void samples_of_nothing_and_labels_that_are_none_are_refused(void **state)
{
    const double upper[] = {1};
    const uint64_t counts[] = {0, 0};
    const struct bd_exposition_buckets b = {
        .bounds = 1, .upper = upper, .counts = counts, .sum = 0};

    (void)state;
    bd_exposition_value(&x, NULL, 1); /* before any family */
    assert_int_equal(x.refused, 1);
    bd_exposition_family(&x, "state", BD_METRIC_GAUGE, "State.");
    bd_exposition_histogram(&x, NULL, &b);
    bd_exposition_value(&x, BD_LABELS("le", "1"), 1);
    bd_exposition_value(&x, BD_LABELS("a b", "1"), 1);
    bd_exposition_value(&x, BD_LABELS("__name", "1"), 1);
    bd_exposition_value(&x, BD_LABELS("alone"), 1);
    assert_int_equal(x.refused, 6);
    bd_exposition_family(&x, "took_seconds", BD_METRIC_HISTOGRAM, "How long.");
    bd_exposition_value(&x, NULL, 1);
    bd_exposition_count(&x, NULL, 1);
    assert_int_equal(x.refused, 8);
    assert_null(strstr(out.data, "\nstate "));
    assert_int_equal(bd_exposition_end(&x), -1);
}

static void a_full_buffer_is_told_at_the_end(void **state)
{
    (void)state;
    bd_buf_free(&out);
    bd_buf_init(&out, 60);
    bd_exposition_family(&x, "state", BD_METRIC_GAUGE, "State.");
    for (int i = 0; i < 10; i++)
        bd_exposition_value(&x, NULL, i);
    assert_int_equal(x.refused, 0);
    assert_int_equal(bd_exposition_end(&x), -1);
}

#define WITH_A_BUFFER(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_A_BUFFER(a_family_has_its_header_once_and_its_samples_behind_it),
        WITH_A_BUFFER(a_histogram_counts_all_below_each_bound),
        WITH_A_BUFFER(label_values_are_escaped_and_always_utf8),
        WITH_A_BUFFER(help_keeps_its_quotes_and_stays_one_line),
        WITH_A_BUFFER(numbers_are_short_and_come_back_as_they_were),
        WITH_A_BUFFER(what_readers_would_refuse_is_not_written),
        WITH_A_BUFFER(names_may_begin_like_others),
        WITH_A_BUFFER(two_writers_of_one_buffer_cannot_write_a_family_twice),
        WITH_A_BUFFER(samples_of_nothing_and_labels_that_are_none_are_refused),
        WITH_A_BUFFER(a_full_buffer_is_told_at_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
