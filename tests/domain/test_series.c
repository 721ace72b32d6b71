/* tests/domain/test_series.c - names in a row, and where one may begin. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/make.h"
#include "domain/reading/alias.h"
#include "domain/reading/lexicon.h"
#include "domain/reading/series.h"

struct text {
    struct bd_passage p;
    struct bd_alias *brands;
    struct bd_inquiry q;
};

static void take(struct text *t, const char *s)
{
    bd_inquiry_init(&t->q);
    brand(&t->q, "华为");
    if (bd_alias_new(&t->brands, &t->q) < 0 ||
        bd_passage_init(&t->p, s, strlen(s), t->brands, bd_lexicon()) < 0)
        abort();
}

static void drop(struct text *t)
{
    bd_passage_free(&t->p);
    bd_alias_free(t->brands);
    bd_inquiry_free(&t->q);
}

/* "A|B" and the letters of what holds: marked, open, clean, latin. */
static void reads(const char *s, const char *wanted)
{
    struct bd_series row;
    struct text t;
    char got[400] = "";
    size_t n = 0;

    take(&t, s);
    row = bd_series_read(&t.p, 0, t.p.fold.bytes.n);
    for (int i = 0; i < row.count; i++)
        n += (size_t)snprintf(got + n, sizeof(got) - n, "%s%.*s", i ? "|" : "",
                              (int)(row.at[i].end - row.at[i].start),
                              t.p.fold.bytes.data + row.at[i].start);
    snprintf(got + n, sizeof(got) - n, " %s%s%s%s", row.marked ? "m" : "",
             row.open ? "o" : "", row.clean ? "c" : "", row.latin ? "l" : "");
    drop(&t);
    assert_string_equal(got, wanted);
}

static void a_row_goes_on_over_joints_brackets_and_marks(void **state)
{
    (void)state;
    reads("甲一、乙二和丙三。", "甲一|乙二|丙三 c");
    reads("**甲一**（西南）、**乙二**等，好", "甲一|乙二 moc");
    reads("「甲一」「乙二」，好", "甲一|乙二 mc");
    reads("甲一 > 乙二 > 丙三", "甲一|乙二|丙三 c");
    reads("Acme, Bolt, and Cord. Dyn is dear.", "acme|bolt|cord cl");
}

static void it_ends_where_a_sentence_begins(void **state)
{
    (void)state;
    reads("甲一、乙二也不错", "甲一|乙二 ");
    reads("甲一、需要注意乙二", "甲一 ");
    reads("Acme and Bolt are fine", "acme|bolt l");
    reads("如果预算不够", " l");
}

static void a_row_begins_behind_such_as(void **state)
{
    static const struct {
        const char *text;
        long at; /* -1: nowhere */
    } cases[] = {{"几家企业，如甲一", 16},
                 {"如果甲一", -1},
                 {"拥有甲一", -1},
                 {"店（如甲一）", -1},
                 {"brands such as Acme", 15},
                 {"店（如**甲一**）", 7}};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct text t;
        size_t end, at;

        take(&t, cases[i].text);
        end = t.p.fold.bytes.n;
        at = bd_series_cue(&t.p, 0, end);
        drop(&t);
        if (at == end ? cases[i].at >= 0 : (long)at != cases[i].at)
            fail_msg("%s: %zu of %zu", cases[i].text, at, end);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_goes_on_over_joints_brackets_and_marks),
        cmocka_unit_test(it_ends_where_a_sentence_begins),
        cmocka_unit_test(a_row_begins_behind_such_as),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
