/* SPDX-License-Identifier: Apache-2.0 */
/* Tries the inputs in the folders and files of its command line once each: where there is no libFuzzer. */
#include "fuzz/target.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

enum { INPUT_MAX = 1 << 20, PATH_LENGTH = 4096 };

static int try_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *whole = malloc(INPUT_MAX);
    if (!file || !whole) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    size_t size = fread(whole, 1, INPUT_MAX, file);
    (void)fclose(file);
    uint8_t *data = malloc(size > 0 ? size : 1); /* of that size, so that a sanitizer sees what reads beyond */
    if (!data)
        exit(EXIT_FAILURE);
    for (size_t i = 0; i < size; i++)
        data[i] = whole[i];
    free(whole);
    (void)LLVMFuzzerTestOneInput(data, size);
    free(data);
    return 1;
}

static int try_folder(const char *path)
{
    char name[PATH_LENGTH];
    int count = 0;
    DIR *folder = opendir(path);
    if (!folder)
        return try_file(path);
    for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
        if (entry->d_name[0] == '.')
            continue;
        (void)snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        count += try_file(name);
    }
    (void)closedir(folder);
    return count;
}

int main(int count, char **arguments)
{
    int tried = 0;
    for (int i = 1; i < count; i++)
        tried += try_folder(arguments[i]);
    (void)printf("%d inputs\n", tried);
    return tried > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
