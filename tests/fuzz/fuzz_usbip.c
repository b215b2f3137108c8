/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hostile USB/IP server (P6): after the device has been handed over, it sends whatever the input says, and then ends.
 * The first byte says what the driver has asked for by then: transfers, a control request, some of them cancelled.
 */
#include "fuzz/target.h"
#include "transport/usbip.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TRANSFERS = 4, BYTES = 600, SENT_MAX = 60000, ROUNDS_MAX = 1000 };

static void must(bool good)
{
    if (!good)
        abort();
}

/* Submits what the form says; each transfer's memory is its own, so that a sanitizer sees what is written beyond. */
static void submit(lk_transport *transport, unsigned form, lk_transfer *transfers)
{
    for (unsigned i = 0; i < TRANSFERS; i++) {
        transfers[i] = (lk_transfer){
            .endpoint = form & 1u << i ? 0x81 : 0x01, .data = calloc(1, BYTES), .length = i == 3 ? 0 : BYTES - 4 * i};
        must(transfers[i].data);
        must(transport->methods->submit(transport, &transfers[i]) == LK_OK || transfers[i].in_flight == false);
    }
    if (form & 16)
        transport->methods->cancel(transport, &transfers[form >> 5 & 3]);
}

static void run(lk_transport *transport, unsigned form)
{
    lk_transfer transfers[TRANSFERS];
    uint8_t *answer = malloc(64);
    size_t actual = 0;
    submit(transport, form, transfers);
    if (form & 128) {
        must(answer != NULL);
        lk_error error = transport->methods->control(transport, 0xc0, 1, 0, 0, answer, 64, &actual, 1000);
        must(error || actual <= 64);
    }
    lk_error lost = LK_OK;
    for (int i = 0; i < ROUNDS_MAX && !lost; i++)
        lost = transport->methods->progress(transport, 0);
    must(lost != LK_OK); /* the server has ended */
    for (unsigned i = 0; i < TRANSFERS; i++)
        must(!transfers[i].in_flight && transfers[i].actual <= transfers[i].length);
    transport->methods->close(transport);
    for (unsigned i = 0; i < TRANSFERS; i++)
        free(transfers[i].data);
    free(answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int pair[2];
    lk_transport *transport = NULL;
    if (size == 0 || size > SENT_MAX)
        return 0;
    must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0 && fcntl(pair[0], F_SETFL, O_NONBLOCK) == 0);
    must(write(pair[1], data + 1, size - 1) == (ssize_t)(size - 1) && shutdown(pair[1], SHUT_WR) == 0);
    must(lk_usbip_transport_new(pair[0], 1 << 16 | 1, &transport) == LK_OK);
    run(transport, data[0]);
    (void)close(pair[1]);
    return 0;
}
