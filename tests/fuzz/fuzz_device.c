/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hostile device (P6): the driver opens a board that answers with anything, opens and closes directions on it, seals
 * and opens records, and asks for statistics. The first byte says whether software stands behind it (failover); then
 * each byte is a step of the host or of the board, with what it needs behind it.
 */
#include "fuzz/far_end.h"
#include "fuzz/target.h"
#include "record/engine.h"

#include <latchkey/device.h>

#include <stdlib.h>
#include <string.h>

enum { DIRECTIONS = 6, OPERATIONS = 24, LENGTH_MAX = 2000, SLACK = 400, STEPS_MAX = 400 };

/* An operation, with memory that a sanitizer watches. */
typedef struct fuzz_work {
    lk_operation operation;
    uint8_t *input, *output;
    bool used;
    size_t direction;
} fuzz_work;

typedef struct fuzz_host {
    lk_reader *input;
    lk_device *device;
    lk_engine *failover; /* or NULL */
    lk_engine *engine;
    struct {
        lk_direction *direction;
        lk_direction_parameters parameters;
        uint64_t sequence;
    } rows[DIRECTIONS];
    fuzz_work works[OPERATIONS];
} fuzz_host;

static void must(bool good)
{
    if (!good)
        abort();
}

static uint8_t next(fuzz_host *host)
{
    return host->input->left > 0 ? lk_reader_u8(host->input) : 0;
}

static void work_free(fuzz_work *work)
{
    free(work->input);
    free(work->output);
    memset(work, 0, sizeof *work);
}

/* What is done must look like it. */
static void check(fuzz_host *host)
{
    for (size_t i = 0; i < OPERATIONS; i++) {
        fuzz_work *work = &host->works[i];
        const lk_operation *operation = &work->operation;
        if (!work->used || operation->state != LK_OPERATION_DONE)
            continue;
        must(operation->output_length <= operation->output_capacity);
        must(operation->status == LK_OK || operation->output_length == 0);
        must(operation->engine != NULL);
        work_free(work);
    }
}

static void open_direction(fuzz_host *host)
{
    static const uint16_t versions[] = {LK_TLS1_3, LK_TLS1_2, LK_TLS1_0, LK_SSL3};
    size_t row = next(host) % DIRECTIONS;
    uint8_t how = next(host);
    const lk_cipher *cipher = lk_cipher_find(next(host) % 10);
    lk_direction_parameters parameters = {.kind = how & 1 ? LK_OPEN : LK_SEAL,
                                          .version = versions[how >> 1 & 3],
                                          .cipher = cipher,
                                          .encrypt_then_mac = how & 8};
    lk_direction *direction = NULL;
    if (host->rows[row].direction || !cipher)
        return;
    lk_error error = lk_engine_open(host->engine, &parameters, &direction);
    must((error == LK_OK) == (direction != NULL));
    host->rows[row].direction = direction;
    host->rows[row].parameters = parameters;
    host->rows[row].sequence = 0;
}

/* What is with it is forgotten, and its memory must not be touched again. */
static void close_direction(fuzz_host *host, size_t row)
{
    lk_direction_close(host->rows[row].direction);
    host->rows[row].direction = NULL;
    for (size_t i = 0; i < OPERATIONS; i++)
        if (host->works[i].used && host->works[i].direction == row)
            work_free(&host->works[i]);
}

static fuzz_work *work_new(fuzz_host *host, size_t row, size_t length)
{
    fuzz_work *work = host->works;
    const lk_direction_parameters *parameters = &host->rows[row].parameters;
    while (work < host->works + OPERATIONS && work->used)
        work++;
    if (work == host->works + OPERATIONS)
        return NULL;
    bool seals = parameters->kind == LK_SEAL;
    size_t output = seals ? length + SLACK : length + LK_RECORD_HEADER_LENGTH;
    *work = (struct fuzz_work){
        .used = true, .direction = row, .input = calloc(1, length + LK_RECORD_HEADER_LENGTH), .output = malloc(output)};
    must(work->input && work->output);
    work->operation = (lk_operation){.input = work->input,
                                     .input_length = seals ? length : length + LK_RECORD_HEADER_LENGTH,
                                     .output = work->output,
                                     .output_capacity = output,
                                     .sequence = host->rows[row].sequence++,
                                     .content_type = seals ? 23 : 0};
    if (!seals) {
        work->input[0] = 23;
        work->input[1] = 3;
        work->input[2] = (uint8_t)(parameters->version == LK_TLS1_3 ? 3 : parameters->version);
        work->input[3] = (uint8_t)(length >> 8);
        work->input[4] = (uint8_t)length;
    }
    return work;
}

static void submit(fuzz_host *host)
{
    size_t row = next(host) % DIRECTIONS;
    size_t length = next(host) * 8u % LENGTH_MAX;
    size_t accepted = 0;
    if (!host->rows[row].direction)
        return;
    fuzz_work *work = work_new(host, row, length);
    if (!work)
        return;
    lk_operation *one = &work->operation;
    (void)lk_direction_submit(host->rows[row].direction, &one, 1, &accepted);
    must(accepted <= 1);
    if (accepted == 0)
        work_free(work);
}

static void ask(fuzz_host *host)
{
    lk_device_statistics statistics;
    lk_device_selftest selftest;
    if (next(host) & 1)
        (void)lk_device_statistics_get(host->device, &statistics);
    else
        (void)lk_device_selftest_run(host->device, &selftest);
}

static void step(fuzz_host *host, uint8_t what)
{
    switch (what % 10) {
    case 0:
        open_direction(host);
        break;
    case 1:
    case 2:
        submit(host);
        break;
    case 3:
    case 4:
        far_end_answer();
        break;
    case 5:
        far_end_send();
        break;
    case 6:
        far_end_finish(what & 16);
        break;
    case 7:
        close_direction(host, next(host) % DIRECTIONS);
        break;
    case 8:
        ask(host);
        break;
    default:
        if (what > 250)
            far_end_leave();
        break;
    }
    (void)lk_engine_progress(host->engine, 0);
    check(host);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool registered;
    static lk_engine *software;
    lk_reader input = lk_reader_over(data, size);
    fuzz_host host = {.input = &input};
    char diagnosis[LK_DEVICE_DIAGNOSIS_MAX];
    must(registered || (lk_transport_register(&far_end_scheme) == LK_OK && lk_engine_software_new(&software) == LK_OK));
    registered = true;
    if (size == 0)
        return 0;
    bool doubled = next(&host) & 1;
    far_end_prepare(&input);
    lk_error error = lk_device_open("fuzz:", &host.device, diagnosis);
    must((error == LK_OK) == (host.device != NULL) && (error == LK_OK || diagnosis[0] != '\0'));
    if (error)
        return 0;
    host.engine = lk_device_engine(host.device);
    if (doubled)
        must(lk_engine_failover_new(host.engine, software, NULL, &host.failover) == LK_OK);
    host.engine = doubled ? host.failover : host.engine;
    for (int i = 0; i < STEPS_MAX && input.left > 0; i++)
        step(&host, next(&host));
    for (size_t row = 0; row < DIRECTIONS; row++)
        close_direction(&host, row);
    for (size_t i = 0; i < OPERATIONS; i++)
        work_free(&host.works[i]);
    lk_engine_free(host.failover);
    lk_device_close(host.device);
    return 0;
}
