/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/report.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>

Test(report, an_error_is_one_line_with_what_was_done_the_cause_and_the_name, .init = cr_redirect_stderr)
{
    cr_assert_eq(lk_report_error("--ca", LK_ERROR_FILE_UNREADABLE, "roots.pem: no such file"), LK_EXIT_FAILURE);
    (void)fflush(stderr);
    cr_assert_stderr_eq_str("latchkey: --ca: roots.pem: no such file [FILE_UNREADABLE]\n");
}

Test(report, without_particulars_the_error_speaks_for_itself, .init = cr_redirect_stderr)
{
    (void)lk_report_error("localhost:1", LK_ERROR_CONNECTION_REFUSED, "");
    (void)fflush(stderr);
    cr_assert_stderr_eq_str("latchkey: localhost:1: nothing listens at that address and port [CONNECTION_REFUSED]\n");
}

Test(report, control_characters_are_made_harmless, .init = cr_redirect_stderr)
{
    lk_report("a\nb\033c");
    (void)fflush(stderr);
    cr_assert_stderr_eq_str("latchkey: a?b?c\n");
}

Test(report, text_that_does_not_fit_is_cut)
{
    char text[4];
    lk_text_sanitize(text, sizeof text, "abcdef");
    cr_assert_str_eq(text, "abc");
}
