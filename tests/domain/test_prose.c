/* An answer's Markdown as HTML: what it shows, and that nothing in it can act. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/markup.h"
#include "domain/report/html.h"
#include "domain/report/prose.h"

static struct bd_buf render(const char *s, const struct bd_prose_mark *marks,
                            size_t count)
{
    struct bd_buf out;

    bd_buf_init(&out, 1 << 22);
    assert_int_equal(bd_prose_html(&out, s, strlen(s), marks, count), 0);
    return out;
}

static void shows(const char *markdown, const char *html)
{
    struct bd_buf out = render(markdown, NULL, 0);

    if (!strstr(out.data, html))
        fail_msg("%s\nis not in\n%s", html, out.data);
    bd_buf_free(&out);
}

static void structure_becomes_tags(void **state)
{
    (void)state;
    shows("# 标题\n", "<p class=\"head\">标题</p>");
    shows("a **b** *c* ~~d~~ `e`",
          "a <strong>b</strong> <em>c</em> <del>d</del> <code>e</code>");
    shows("3. x\n4. y\n", "<ol start=\"3\">\n<li>x</li>\n<li>y</li>\n</ol>");
    shows("- x\n", "<ul><li>x</li>\n</ul>");
    shows("> q\n", "<blockquote><p>q</p>\n</blockquote>");
    shows("| A | B |\n|---|---|\n| 1<br>2 | 3 |\n", "<td>1<br>2</td>");
    shows("```\nx < y\n```\n", "<pre><code>x &lt; y\n</code></pre>");
    shows("a\nb", "a<br>\nb");
    shows("a &amp; b &nbsp; c &copy; &#x202e;",
          "a &amp; b &nbsp; c &amp;copy; &amp;#x202e;");
}

static void links_and_pictures_are_text(void **state)
{
    (void)state;
    shows("[官网](https://www.example.com/a?b=1&c=2)",
          "官网 <span class=\"address\">https://www.example.com/a?b=1&amp;c=2</span>");
    shows("![图](https://evil.example/p.png \"t\")", "<span class=\"picture\">图</span>");
    shows("[x](javascript:alert(1))", "<p>x</p>");
    shows("[x](data:text/html,y)", "<p>x</p>");
}

static void marks_stand_where_the_bytes_are(void **state)
{
    /* "**华为**" begins at 2; "小米" at 11; the last goes over the end of the bold text
     */
    const struct bd_prose_mark marks[] = {{2, 8, BD_PROSE_MAIN, "华为"},
                                          {11, 17, BD_PROSE_OTHER, "小米\"<"},
                                          {21, 29, BD_PROSE_FOUND, "bc def"}};
    struct bd_buf out = render("**华为**,小米 **abc** def", marks, 3);

    (void)state;
    assert_string_equal(
        out.data, "<p><strong><mark class=\"main\" title=\"华为\">华为</mark></strong>,"
                  "<mark class=\"other\" title=\"小米&quot;&lt;\">小米</mark> "
                  "<strong>a<mark class=\"found\" title=\"bc def\">bc</mark></strong>"
                  "<mark class=\"found\" title=\"bc def\"> def</mark></p>\n");
    bd_buf_free(&out);
}

static void overlapping_marks_are_dropped(void **state)
{
    struct bd_prose_mark marks[] = {{5, 9, BD_PROSE_OTHER, "b"},
                                    {0, 6, BD_PROSE_MAIN, "a"},
                                    {9, 9, BD_PROSE_MAIN, "empty"},
                                    {6, 8, BD_PROSE_FOUND, "c"}};

    (void)state;
    assert_int_equal(bd_prose_sort(marks, 4), 2);
    assert_string_equal(marks[0].label, "a");
    assert_string_equal(marks[1].label, "c");
}

static const char *const hostile[] = {
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>\n\n<iframe src=//evil>",
    "![x](javascript:alert(1)) [y](JaVaScRiPt:alert(1)) <javascript:alert(1)>",
    "[a](https://x.example/\"onmouseover=alert(1)//)",
    "<!-- x --> <![CDATA[ <b> ]]> <?php ?> <!doctype x>",
    "| <td> | `</code></td></table>` |\n|---|---|\n| </div> | **<b>** |\n",
    "```html\n</code></pre><script>\n```\n",
    "a\033[31mb\033]0;title\ac\xC2\x9B\x33\x31m\xE2\x80\xAE txt",
    "\xFF\xFE bad \xC3( utf8 \xED\xA0\x80",
    "\" onclick=\"x\" ' onclick='x'",
    "&#0; &#x1b; &lt;script&gt; &notin; &;",
    "[r]: javascript:alert(1)\n\n[r] [r][r]\n",
    "*a **b* c** ~~d *e~~ f*",
    "[](*)* x ![a *b](c)* [~~](~~d)~~ **[](**)", /* md4c ends what it did not begin */
    "- a\n  1. b\n     > c\n       - d\n\n         ```\n         x",
};

static void nothing_hostile_comes_through(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
        struct bd_buf out = render(hostile[i], NULL, 0);
        const char *wrong = markup_wrong(out.data, out.n, MARKUP_PROSE);

        if (wrong)
            fail_msg("%s\nhas %s:\n%s", hostile[i], wrong, out.data);
        assert_null(strstr(out.data, "\xE2\x80\xAE"));
        bd_buf_free(&out);
    }
}

/* Any cut of any text, with marks that do not fit it. */
static void every_prefix_is_balanced(void **state)
{
    const struct bd_prose_mark marks[] = {{1, 4, BD_PROSE_MAIN, "m"},
                                          {7, 30, BD_PROSE_OTHER, "<o>"},
                                          {31, 900, BD_PROSE_FOUND, "f"}};

    (void)state;
    for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++)
        for (size_t n = 0; n <= strlen(hostile[i]); n++) {
            struct bd_buf out;
            const char *wrong;

            bd_buf_init(&out, 1 << 20);
            assert_int_equal(bd_prose_html(&out, hostile[i], n, marks, 3), 0);
            wrong = markup_wrong(out.data, out.n, MARKUP_PROSE);
            if (wrong)
                fail_msg("%.*s\nhas %s:\n%s", (int)n, hostile[i], wrong, out.data);
            bd_buf_free(&out);
        }
}

static void deep_nesting_ends(void **state)
{
    struct bd_buf deep, out;

    (void)state;
    bd_buf_init(&deep, 1 << 20);
    for (int i = 0; i < 10000; i++)
        bd_buf_add(&deep, i < 5000 ? "> " : "[");
    bd_buf_add(&deep, "x");
    bd_buf_init(&out, 1 << 22);
    assert_int_equal(bd_prose_html(&out, deep.data, deep.n, NULL, 0), 0);
    assert_null(markup_wrong(out.data, out.n, MARKUP_PROSE));
    bd_buf_free(&out);
    bd_buf_free(&deep);
}

static void full_buffer_is_an_error(void **state)
{
    struct bd_buf out;

    (void)state;
    bd_buf_init(&out, 20);
    assert_int_equal(bd_prose_html(&out, "a long enough text", 18, NULL, 0), -1);
    bd_buf_free(&out);
}

static void text_is_escaped_and_cleaned(void **state)
{
    struct bd_buf out;

    (void)state;
    bd_buf_init(&out, 1000);
    assert_int_equal(bd_html_add(&out, "<a href=\"x\">'&\033[2J\x01\xFF\xEF\xBF\xBE 中"),
                     0);
    assert_string_equal(out.data, "&lt;a href=&quot;x&quot;&gt;&#39;&amp;\xEF\xBF\xBD"
                                  "\xEF\xBF\xBD 中");
    bd_buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(structure_becomes_tags),
        cmocka_unit_test(links_and_pictures_are_text),
        cmocka_unit_test(marks_stand_where_the_bytes_are),
        cmocka_unit_test(overlapping_marks_are_dropped),
        cmocka_unit_test(nothing_hostile_comes_through),
        cmocka_unit_test(every_prefix_is_balanced),
        cmocka_unit_test(deep_nesting_ends),
        cmocka_unit_test(full_buffer_is_an_error),
        cmocka_unit_test(text_is_escaped_and_cleaned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
