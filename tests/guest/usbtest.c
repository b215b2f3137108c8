/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usbtest DEVICE-NODE CASE ITERATIONS LENGTH VARY ENTRIES: asks the kernel's usbtest module, which is bound to
 * interface 0 of the device, for one of its cases. Exit status: 0 passed, 1 failed, 2 for a mistake on the command
 * line, 3 when the module does not have the case for this device.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/usbdevice_fs.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* What usbtest takes, as the kernel lays it out for 64-bit programs; no header of the kernel tells. */
struct usbtest_parameters {
    uint32_t test;
    uint32_t iterations;
    uint32_t length;
    uint32_t vary;
    uint32_t entries; /* of a scatter list, or requests at once */
    int64_t seconds;  /* the result */
    int64_t microseconds;
};

#define USBTEST_REQUEST _IOWR('U', 100, struct usbtest_parameters)

enum { ARGUMENTS = 7, NOT_THERE = 3 };

int main(int count, char **arguments)
{
    if (count != ARGUMENTS) {
        fprintf(stderr, "usbtest DEVICE-NODE CASE ITERATIONS LENGTH VARY ENTRIES\n");
        return 2;
    }
    int device = open(arguments[1], O_RDWR | O_CLOEXEC);
    if (device < 0) {
        fprintf(stderr, "%s cannot be opened: %s\n", arguments[1], strerror(errno));
        return 1;
    }
    struct usbtest_parameters parameters = {.test = (uint32_t)strtoul(arguments[2], NULL, 10),
                                            .iterations = (uint32_t)strtoul(arguments[3], NULL, 10),
                                            .length = (uint32_t)strtoul(arguments[4], NULL, 10),
                                            .vary = (uint32_t)strtoul(arguments[5], NULL, 10),
                                            .entries = (uint32_t)strtoul(arguments[6], NULL, 10)};
    struct usbdevfs_ioctl request = {.ifno = 0, .ioctl_code = (int)USBTEST_REQUEST, .data = &parameters};
    int result = ioctl(device, USBDEVFS_IOCTL, &request);
    int error = errno;
    close(device);
    if (result < 0) {
        fprintf(stderr, "case %s: %s\n", arguments[2], strerror(error));
        return error == EOPNOTSUPP ? NOT_THERE : 1;
    }
    printf("case %s: %lld.%06lld s\n", arguments[2], (long long)parameters.seconds, (long long)parameters.microseconds);
    return 0;
}
