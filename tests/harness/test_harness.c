/* SPDX-License-Identifier: Apache-2.0 */
/* The harness itself: a test that leaks must make its ctest entry fail (it is registered as one that will). */
#include <criterion/criterion.h>

#include <stdlib.h>

static void *volatile held;

Test(harness, a_leak_is_reported)
{
    held = malloc(64);
    cr_assert_not_null(held);
    held = NULL;
}
