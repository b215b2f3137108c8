/* SPDX-License-Identifier: Apache-2.0 */
/* Files that the command writes: output, statistics, key logs. */
#include "tools/files.h"
#include "tools/keylog.h"

#include <criterion/criterion.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH = 128 };

static char folder[PATH], path[PATH + 8];

static void begin(void)
{
    (void)snprintf(folder, sizeof folder, "/tmp/latchkey-files-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/file", folder);
}

static void end(void)
{
    (void)unlink(path);
    cr_assert_eq(rmdir(folder), 0, "something was left in %s: %s", folder, strerror(errno));
}

TestSuite(files, .init = begin, .fini = end);

static const char *content(void)
{
    static char text[PATH];
    int file = open(path, O_RDONLY);
    ssize_t length = read(file, text, sizeof text - 1);
    cr_assert_geq(length, 0);
    text[length] = '\0';
    (void)close(file);
    return text;
}

Test(files, replacing_leaves_the_new_text_and_nothing_else)
{
    cr_assert_eq(lk_file_replace(path, "one two\n", 8), LK_OK);
    cr_assert_eq(lk_file_replace(path, "3\n", 2), LK_OK);
    cr_assert_str_eq(content(), "3\n");
}

Test(files, a_pipe_is_written_to_and_not_replaced)
{
    char text[PATH] = "";
    struct stat status;
    int file;
    cr_assert_eq(mkfifo(path, 0600), 0);
    file = open(path, O_RDONLY | O_NONBLOCK);
    cr_assert_eq(lk_file_replace(path, "text", 4), LK_OK);
    cr_assert_eq(read(file, text, sizeof text - 1), 4);
    cr_assert_str_eq(text, "text");
    cr_assert(stat(path, &status) == 0 && S_ISFIFO(status.st_mode));
    (void)close(file);
}

Test(files, a_folder_that_does_not_exist_is_an_error_with_its_reason)
{
    errno = 0;
    cr_assert_eq(lk_file_replace("/nonexistent/file", "x", 1), LK_ERROR_INPUT_OUTPUT);
    cr_assert_eq(errno, ENOENT);
}

Test(files, a_full_device_is_an_error)
{
    int file = open("/dev/full", O_WRONLY);
    cr_assert_geq(file, 0);
    cr_assert_eq(lk_file_write(file, "x", 1), LK_ERROR_INPUT_OUTPUT);
    cr_assert_eq(errno, ENOSPC);
    (void)close(file);
}

Test(files, a_key_log_is_readable_by_its_owner_alone_and_appended_to)
{
    struct stat status;
    for (int i = 0; i < 2; i++) {
        int file;
        cr_assert_eq(lk_key_log_open(path, &file), LK_OK);
        lk_key_log_append(&file, i ? "CLIENT_RANDOM 22 33" : "CLIENT_RANDOM 00 11");
        (void)close(file);
    }
    cr_assert_str_eq(content(), "CLIENT_RANDOM 00 11\nCLIENT_RANDOM 22 33\n");
    cr_assert_eq(stat(path, &status), 0);
    cr_assert_eq(status.st_mode & 0777, 0600);
}

Test(files, a_secret_is_for_its_owner_alone)
{
    struct stat status;
    cr_assert_eq(lk_file_replace(path, "old", 3), LK_OK);
    cr_assert_eq(lk_file_replace_private(path, "secret", 6), LK_OK);
    cr_assert_eq(stat(path, &status), 0);
    cr_assert_eq(status.st_mode & 0777, 0600);
    cr_assert_str_eq(content(), "secret");
}

Test(files, what_is_read_is_what_is_there)
{
    uint8_t *data = NULL;
    size_t length = 0;
    cr_assert_eq(lk_file_replace(path, "some\0thing", 10), LK_OK);
    cr_assert_eq(lk_file_read(path, &data, &length), LK_OK);
    cr_assert_eq(length, 10);
    cr_assert_arr_eq(data, "some\0thing", 10);
    free(data);
}

Test(files, a_file_that_is_missing_or_too_long_is_not_read)
{
    uint8_t *data = NULL;
    size_t length = 0;
    cr_assert_eq(lk_file_read(path, &data, &length), LK_ERROR_FILE_UNREADABLE);
    cr_assert_eq(errno, ENOENT);
    int file = open(path, O_WRONLY | O_CREAT, 0600);
    cr_assert_eq(ftruncate(file, LK_FILE_MAX + 1), 0);
    (void)close(file);
    cr_assert_eq(lk_file_read(path, &data, &length), LK_ERROR_FILE_UNREADABLE);
    cr_assert_eq(errno, EFBIG);
}
