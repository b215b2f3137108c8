/* SPDX-License-Identifier: Apache-2.0 */
#include <latchkey/error.h>

#include <criterion/criterion.h>

#include <ctype.h>
#include <string.h>

Test(error, every_error_has_a_name_and_a_sentence_of_its_own)
{
    for (int a = 0; a < LK_ERROR_COUNT; a++) {
        const char *name = lk_error_name((lk_error)a), *sentence = lk_error_sentence((lk_error)a);
        cr_assert_gt(strlen(name), 0);
        for (const char *c = name; *c; c++)
            cr_assert(isupper((unsigned char)*c) || *c == '_', "%s", name);
        cr_assert_gt(strlen(sentence), 5, "%s has no sentence", name);
        cr_assert_neq(sentence[strlen(sentence) - 1], '.', "%s: a sentence goes into another one", name);
        for (int b = 0; b < a; b++) {
            cr_assert_str_neq(name, lk_error_name((lk_error)b));
            cr_assert_str_neq(sentence, lk_error_sentence((lk_error)b), "%s", name);
        }
    }
}

Test(error, every_alert_that_an_error_sends_has_a_name)
{
    for (int error = 0; error < LK_ERROR_COUNT; error++) {
        int alert = lk_error_alert((lk_error)error);
        if (alert != LK_ALERT_NONE)
            cr_assert_str_neq(lk_alert_name(alert), "unknown", "%s", lk_error_name((lk_error)error));
    }
}

Test(error, errors_of_the_record_layer_send_what_the_rfcs_say)
{
    cr_expect_eq(lk_error_alert(LK_ERROR_BAD_RECORD_MAC), 20);
    cr_expect_eq(lk_error_alert(LK_ERROR_RECORD_TOO_SHORT), 20, "a peer learns nothing from the difference (P1)");
    cr_expect_eq(lk_error_alert(LK_ERROR_RECORD_OVERFLOW), 22);
    cr_expect_eq(lk_error_alert(LK_ERROR_NO_CONTENT_TYPE), 10);
    cr_expect_eq(lk_error_alert(LK_ERROR_UNEXPECTED_MESSAGE), 10);
    cr_expect_eq(lk_error_alert(LK_OK), LK_ALERT_NONE);
    cr_expect_eq(lk_error_alert(LK_ERROR_WANT_READ), LK_ALERT_NONE);
}

Test(error, alerts_are_named_as_in_rfc_8446_section_6)
{
    cr_expect_str_eq(lk_alert_name(0), "close_notify");
    cr_expect_str_eq(lk_alert_name(40), "handshake_failure");
    cr_expect_str_eq(lk_alert_name(116), "certificate_required");
    cr_expect_str_eq(lk_alert_name(120), "no_application_protocol");
    cr_expect_str_eq(lk_alert_name(41), "no_certificate");
    cr_expect_str_eq(lk_alert_name(1), "unknown");
    cr_expect_str_eq(lk_alert_name(-1), "unknown");
    cr_expect_str_eq(lk_alert_name(256), "unknown");
}

Test(error, every_alert_has_a_sentence_of_its_own)
{
    static const int all[] = {0,  10, 20, 21, 22, 30, 40, 41,  42,  43,  44,  45,  46,  47,  48,  49,  50,
                              51, 60, 70, 71, 80, 86, 90, 100, 109, 110, 111, 112, 113, 114, 115, 116, 120};
    enum { COUNT = sizeof all / sizeof all[0] };
    for (size_t i = 0; i < COUNT; i++) {
        cr_expect_str_neq(lk_alert_name(all[i]), "unknown", "%d", all[i]);
        cr_expect_str_neq(lk_alert_sentence(all[i]), lk_alert_sentence(-1), "%d", all[i]);
        for (size_t j = 0; j < i; j++)
            cr_expect_str_neq(lk_alert_sentence(all[i]), lk_alert_sentence(all[j]));
    }
}

Test(error, a_number_that_is_no_error_is_answered_all_the_same)
{
    cr_expect_str_eq(lk_error_name(LK_ERROR_COUNT), "UNKNOWN");
    cr_expect_str_eq(lk_error_name((lk_error)-1), "UNKNOWN");
    cr_expect_not_null(lk_error_sentence((lk_error)10000));
    cr_expect_eq(lk_error_alert((lk_error)10000), LK_ALERT_INTERNAL_ERROR);
}
