/* SPDX-License-Identifier: Apache-2.0 */
/* What can be said of libusb without a board: errors and sentences. Transfers over it are tested in the guest, with a
 * kernel. */
#include "transport/libusb.h"

#include <latchkey/device.h>

#include <criterion/criterion.h>

Test(libusb, errors_become_ours)
{
    cr_assert_eq(lk_libusb_error(LIBUSB_SUCCESS), LK_OK);
    cr_assert_eq(lk_libusb_error(LIBUSB_ERROR_ACCESS), LK_ERROR_DEVICE_PERMISSION);
    cr_assert_eq(lk_libusb_error(LIBUSB_ERROR_BUSY), LK_ERROR_DEVICE_BUSY);
    cr_assert_eq(lk_libusb_error(LIBUSB_ERROR_NO_DEVICE), LK_ERROR_DEVICE_LOST);
    cr_assert_eq(lk_libusb_error(LIBUSB_ERROR_PIPE), LK_ERROR_DEVICE_STALLED);
    cr_assert_eq(lk_libusb_error(LIBUSB_ERROR_TIMEOUT), LK_ERROR_TIMED_OUT);
    cr_assert_eq(lk_libusb_error(LIBUSB_ERROR_OTHER), LK_ERROR_INPUT_OUTPUT);
}

Test(libusb, ends_of_transfers_become_ours)
{
    cr_assert_eq(lk_libusb_transfer_error(LIBUSB_TRANSFER_COMPLETED), LK_OK);
    cr_assert_eq(lk_libusb_transfer_error(LIBUSB_TRANSFER_CANCELLED), LK_ERROR_TIMED_OUT);
    cr_assert_eq(lk_libusb_transfer_error(LIBUSB_TRANSFER_STALL), LK_ERROR_DEVICE_STALLED);
    cr_assert_eq(lk_libusb_transfer_error(LIBUSB_TRANSFER_NO_DEVICE), LK_ERROR_DEVICE_LOST);
    cr_assert_eq(lk_libusb_transfer_error(LIBUSB_TRANSFER_OVERFLOW), LK_ERROR_DEVICE_PROTOCOL);
}

Test(libusb, a_board_that_is_not_there_is_said_to_be_missing)
{
    lk_device *device;
    char diagnosis[LK_DEVICE_DIAGNOSIS_MAX];
    lk_error error = lk_device_open("usb:serial=there-is-no-such-board", &device, diagnosis);
    cr_assert(error == LK_ERROR_DEVICE_NOT_FOUND || error == LK_ERROR_DEVICE_UNAVAILABLE, "%s", diagnosis);
    cr_assert_null(device);
    cr_assert_neq(diagnosis[0], '\0');
}
