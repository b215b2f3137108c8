/* SPDX-License-Identifier: Apache-2.0 */
/* A session over USB/IP with the virtual board as a process of its own, and what happens when that process dies. */
#include "board_process.h"
#include "record/engine.h"

#include <criterion/criterion.h>

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { COUNT = 12 };

static board_process process;
static char diagnosis[LK_DEVICE_DIAGNOSIS_MAX];
static uint8_t plaintext[LK_RECORD_PLAINTEXT_MAX];
static uint8_t sealed[2][COUNT][LK_RECORD_MAX];

TestSuite(server, .timeout = 100);

static lk_direction *direction_open(lk_engine *engine)
{
    lk_direction *direction = NULL;
    lk_direction_parameters parameters = {.kind = LK_SEAL,
                                          .version = LK_TLS1_3,
                                          .cipher = lk_cipher_find(LK_CIPHER_AES_128_GCM),
                                          .key = "sixteen byte key",
                                          .iv = "twelve bytes"};
    cr_assert_eq(lk_engine_open(engine, &parameters, &direction), LK_OK);
    return direction;
}

static void submit_all(lk_direction *direction, lk_operation *operations, size_t which, size_t length)
{
    lk_operation *all[COUNT];
    size_t accepted = 0;
    for (size_t i = 0; i < COUNT; i++) {
        operations[i] = (lk_operation){.input = plaintext,
                                       .input_length = length,
                                       .output = sealed[which][i],
                                       .output_capacity = LK_RECORD_MAX,
                                       .sequence = i,
                                       .content_type = 23};
        all[i] = &operations[i];
    }
    cr_assert_eq(lk_direction_submit(direction, all, COUNT, &accepted), LK_OK);
    cr_assert_eq(accepted, COUNT);
}

static void session_as_software_does(const char *phy, size_t length)
{
    lk_operation operations[2][COUNT];
    lk_device *device;
    lk_engine *software;
    board_process_start(&process, phy);
    cr_assert_eq(lk_device_open(process.uri, &device, diagnosis), LK_OK, "%s", diagnosis);
    cr_assert_str_eq(lk_device_information_get(device)->uri, process.uri);
    cr_assert_eq(lk_engine_software_new(&software), LK_OK);
    lk_direction *directions[2] = {direction_open(lk_device_engine(device)), direction_open(software)};
    for (size_t i = 0; i < 2; i++)
        submit_all(directions[i], operations[i], i, length);
    for (int i = 0; i < 600 && operations[0][COUNT - 1].state != LK_OPERATION_DONE; i++)
        cr_assert_eq(lk_engine_progress(lk_device_engine(device), 100), LK_OK);
    for (size_t i = 0; i < COUNT; i++) {
        cr_assert_eq(operations[0][i].status, LK_OK);
        cr_assert_str_eq(operations[0][i].engine, "device");
        cr_assert_eq(operations[0][i].output_length, operations[1][i].output_length);
        cr_assert_arr_eq(sealed[0][i], sealed[1][i], operations[1][i].output_length);
    }
    for (size_t i = 0; i < 2; i++)
        lk_direction_close(directions[i]);
    lk_engine_free(software);
    lk_device_close(device);
    board_process_kill(&process);
}

Test(server, seals_over_usbip_as_software_does)
{
    session_as_software_does("direct", 16384);
}

Test(server, seals_over_usbip_behind_an_ft601)
{
    session_as_software_does("ft601", 16384);
}

Test(server, seals_over_usbip_at_the_pins_as_software_does)
{
    session_as_software_does("ulpi", 2000);
}

Test(server, has_one_client_at_a_time)
{
    lk_device *first, *second;
    board_process_start(&process, "direct");
    cr_assert_eq(lk_device_open(process.uri, &first, diagnosis), LK_OK, "%s", diagnosis);
    cr_assert_eq(lk_device_open(process.uri, &second, diagnosis), LK_ERROR_DEVICE_BUSY);
    cr_assert_not_null(strstr(diagnosis, "another client"), "%s", diagnosis);
    lk_device_close(first);
    lk_error error = LK_ERROR_DEVICE_BUSY;
    for (int i = 0; i < 100 && error == LK_ERROR_DEVICE_BUSY; i++) /* until the server has seen the first one go */
        error = lk_device_open(process.uri, &second, diagnosis);
    cr_assert_eq(error, LK_OK, "%s", diagnosis);
    lk_device_close(second);
    board_process_kill(&process);
}

Test(server, that_dies_loses_the_device_and_nothing_hangs)
{
    lk_operation operations[COUNT];
    lk_device *device;
    lk_device_statistics statistics;
    size_t done = 0;
    board_process_start(&process, "direct");
    cr_assert_eq(lk_device_open(process.uri, &device, diagnosis), LK_OK, "%s", diagnosis);
    lk_engine *engine = lk_device_engine(device);
    lk_direction *direction = direction_open(engine);
    submit_all(direction, operations, 0, LK_RECORD_PLAINTEXT_MAX);
    for (int i = 0; i < 600 && operations[2].state != LK_OPERATION_DONE; i++)
        cr_assert_eq(lk_engine_progress(engine, 100), LK_OK);
    board_process_kill(&process);
    lk_error error = LK_OK;
    for (int i = 0; i < 100 && !error; i++)
        error = lk_engine_progress(engine, 100);
    cr_assert_eq(error, LK_ERROR_DEVICE_LOST);
    for (size_t i = 0; i < COUNT; i++) {
        cr_assert_eq(operations[i].state, LK_OPERATION_DONE);
        cr_assert(operations[i].status == LK_OK || operations[i].status == LK_ERROR_DEVICE_LOST);
        done += operations[i].status == LK_OK;
    }
    cr_assert_geq(done, 3, "what was done stays done");
    cr_assert_eq(lk_device_statistics_get(device, &statistics), LK_ERROR_DEVICE_LOST);
    lk_direction_close(direction);
    lk_device_close(device);
    cr_assert_eq(lk_device_open(process.uri, &device, diagnosis), LK_ERROR_CONNECTION_REFUSED);
}

/* What a child does with what it inherits. @return how often something was not as it should be. */
static int be_child(lk_device *device, lk_direction *direction)
{
    int wrong = 0;
    lk_device_statistics statistics;
    lk_operation operation = {.input = plaintext,
                              .input_length = 10,
                              .output = sealed[1][0],
                              .output_capacity = LK_RECORD_MAX,
                              .sequence = COUNT,
                              .content_type = 23};
    lk_operation *one = &operation;
    lk_direction *another = NULL;
    lk_direction_parameters parameters = {
        .kind = LK_SEAL, .version = LK_TLS1_3, .cipher = lk_cipher_find(LK_CIPHER_AES_128_GCM)};
    size_t accepted = 0;
    wrong += lk_direction_submit(direction, &one, 1, &accepted) != LK_ERROR_DEVICE_INHERITED || accepted > 0;
    wrong += lk_engine_open(lk_device_engine(device), &parameters, &another) != LK_ERROR_DEVICE_INHERITED;
    wrong += lk_engine_progress(lk_device_engine(device), 0) != LK_ERROR_DEVICE_INHERITED;
    wrong += lk_device_statistics_get(device, &statistics) != LK_ERROR_DEVICE_INHERITED;
    wrong += lk_device_heartbeat(device) != LK_ERROR_DEVICE_INHERITED;
    wrong += lk_device_recover(device) != LK_ERROR_DEVICE_INHERITED;
    lk_direction_close(direction);
    lk_device_close(device);
    return wrong;
}

Test(server, stays_the_parents_when_a_child_is_forked)
{
    lk_operation operations[COUNT];
    lk_device *device;
    int status = 0;
    board_process_start(&process, "direct");
    cr_assert_eq(lk_device_open(process.uri, &device, diagnosis), LK_OK, "%s", diagnosis);
    lk_engine *engine = lk_device_engine(device);
    lk_direction *direction = direction_open(engine);
    submit_all(direction, operations, 0, 3000);
    cr_assert_eq(lk_engine_progress(engine, 100), LK_OK);
    pid_t child = fork(); /* with operations on their way */
    if (child == 0)
        _exit(be_child(device, direction));
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%d", status);
    for (int i = 0; i < 600 && operations[COUNT - 1].state != LK_OPERATION_DONE; i++)
        cr_assert_eq(lk_engine_progress(engine, 100), LK_OK);
    for (size_t i = 0; i < COUNT; i++)
        cr_assert_eq(operations[i].status, LK_OK, "the parent's goes on as if there had been no child");
    lk_direction_close(direction);
    lk_device_close(device);
    board_process_kill(&process);
}
