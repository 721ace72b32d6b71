/* tests/policy/test_breaker_cases.c - every line of tests/data/breaker_cases.txt, whose
 * head explains the operations, run against the breaker with invented time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/breaker.h"

#define CASES 32 /* in the file: one that went missing must not pass in silence */

struct run {
    struct bd_breaker b;
    struct bd_ticket tickets[10];
    int64_t now_ms;
    uint64_t transitions; /* a case counts from its own start */
};

static enum bd_outcome outcome_of(char letter)
{
    if (letter == 's' || letter == 'S')
        return BD_OUTCOME_OK;
    return letter == 'f' || letter == 'F' ? BD_OUTCOME_FAIL : BD_OUTCOME_NEUTRAL;
}

static bool calls(struct run *r, enum bd_outcome outcome, long count)
{
    for (long i = 0; i < count; i++) {
        struct bd_ticket t;

        if (!bd_breaker_allow(&r->b, r->now_ms, &t))
            return false;
        bd_breaker_done(&r->b, &t, outcome, r->now_ms);
    }
    return true;
}

static bool in_state(const struct run *r, char letter)
{
    static const char letters[] = "COH";

    return letters[bd_breaker_state(&r->b, r->now_ms)] == letter;
}

/* One operation; false if the breaker did not do what the case expects. */
static bool step(struct run *r, const char *op)
{
    struct bd_ticket none;
    struct bd_ticket *t = &r->tickets[op[0] && op[1] == ':' ? op[2] - '0' : 0];
    long number = op[0] ? strtol(op + 1, NULL, 10) : 0;

    switch (op[0]) {
    case 'a':
        return bd_breaker_allow(&r->b, r->now_ms, t);
    case 'r':
        return !bd_breaker_allow(&r->b, r->now_ms, &none);
    case 's':
    case 'f':
    case 'n':
        bd_breaker_done(&r->b, t, outcome_of(op[0]), r->now_ms);
        return true;
    case 'S':
    case 'F':
    case 'N':
        return calls(r, outcome_of(op[0]), number);
    case '+':
        r->now_ms += number;
        return true;
    case '=':
        return in_state(r, op[1]);
    case 'T':
        return r->b.transitions == (uint64_t)number;
    default:
        return false;
    }
}

/* Counts the failed operations of a script and prints each. */
static int run_script(struct run *r, const char *id, const char *script)
{
    int failed = 0, at = 0;

    while (*script) {
        char op[24];
        size_t n = strcspn(script, " \n");

        at++;
        snprintf(op, sizeof(op), "%.*s", (int)n, script);
        if (n && !step(r, op)) {
            print_error("%s: operation %d, \"%s\" at %lld ms\n", id, at, op,
                        (long long)r->now_ms);
            failed++;
        }
        script += n + (script[n] != '\0');
    }
    return failed;
}

static int run_line(const char *line, int64_t start_ms)
{
    struct run r = {.now_ms = start_ms};
    struct bd_breaker_config config = {0};
    char id[16];
    long long recovery, lease;
    int at = 0;

    if (sscanf(line, "%15s | %d,%lld,%d,%lld | %n", id, &config.threshold, &recovery,
               &config.half_open_max, &lease, &at) != 5 ||
        at == 0) {
        print_error("not a case: %s", line);
        return 1;
    }
    config.recovery_ms = recovery;
    config.lease_ms = lease;
    bd_breaker_init(&r.b, &config);
    return run_script(&r, id, line + at);
}

static void every_case_of_the_file_holds(void **state)
{
    static const int64_t starts[] = {0, 1000, INT64_C(5000000000000)};
    FILE *f = fopen(BD_TEST_DATA "/breaker_cases.txt", "r");
    char line[512];
    int failed = 0, seen = 0;

    (void)state;
    assert_non_null(f);
    while (fgets(line, sizeof(line), f)) {
        if (line[0] == '#' || line[0] == '\n')
            continue;
        seen++;
        for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
            failed += run_line(line, starts[i]);
    }
    (void)fclose(f);
    assert_int_equal(seen, CASES);
    assert_int_equal(failed, 0);
}

static void a_wrong_expectation_is_noticed(void **state)
{
    (void)state;
    assert_int_equal(run_line("BAD1 | 5,30000,1,25000 | F4 =O\n", 0), 1);
    assert_int_equal(run_line("BAD2 | 5,30000,1,25000 | F5 a:1\n", 0), 1);
    assert_int_equal(run_line("BAD3 | 5,30000,1,25000 | r x T1\n", 0), 3);
    assert_int_equal(run_line("BAD4 | 5,30000 | =C\n", 0), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_of_the_file_holds),
        cmocka_unit_test(a_wrong_expectation_is_noticed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
