/* SPDX-License-Identifier: Apache-2.0 */
#include "rtl/crypto/vectors.h"

#include "handshake/hex.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { FIELDS_MAX = 16 };

typedef struct field {
    char *name;
    char *value; /* empty where a name stands alone */
} field;

struct vectors {
    const char *path;
    char *text; /* all of the file; the lines that have been read end in zeros */
    char *next;
    field heading[FIELDS_MAX];
    field record[FIELDS_MAX];
    size_t heading_count;
    size_t record_count;
    bool in_heading; /* the line before was one of a heading */
    size_t used;
};

static char *read_all(const char *path)
{
    FILE *file = fopen(path, "rb");
    cr_assert(file && fseek(file, 0, SEEK_END) == 0, "%s is not to be read", path);
    long length = ftell(file);
    char *text = (char *)calloc(1, (size_t)length + 1);
    rewind(file);
    cr_assert(text && fread(text, 1, (size_t)length, file) == (size_t)length, "%s is not to be read", path);
    fclose(file);
    return text;
}

vectors *vectors_open(const char *path)
{
    char full[1024];
    if (strlen(LK_VECTORS) == 0) {
        printf("SKIPPED: %s: the package python3-cryptography-vectors is not installed\n", path);
        fflush(stdout); /* Criterion says nothing of its own of a test that is skipped */
        cr_skip_test("no vectors");
    }
    vectors *file = (vectors *)calloc(1, sizeof *file);
    int length = snprintf(full, sizeof full, "%s/%s", LK_VECTORS, path);
    cr_assert(file && length > 0 && (size_t)length < sizeof full);
    file->path = path;
    file->text = read_all(full);
    file->next = file->text;
    return file;
}

void vectors_close(vectors *file)
{
    printf("%zu vectors of %s\n", file->used, file->path);
    cr_assert_gt(file->used, 0, "no vector of %s was used", file->path);
    free(file->text);
    free(file);
}

/* The text without what is white at its ends. */
static char *trimmed(char *text)
{
    while (isspace((unsigned char)*text)) {
        text++;
    }
    for (size_t length = strlen(text); length > 0 && isspace((unsigned char)text[length - 1]); length--) {
        text[length - 1] = '\0';
    }
    return text;
}

static char *next_line(vectors *file)
{
    char *line = file->next, *end = strchr(line, '\n');
    file->next = end ? end + 1 : line + strlen(line);
    if (end) {
        *end = '\0';
    }
    return trimmed(line);
}

static void add(field *fields, size_t *count, char *line)
{
    char *equals = strchr(line, '=');
    char *end = line + strlen(line);
    cr_assert_lt(*count, FIELDS_MAX, "a record has more names than the reader has room for");
    if (equals) {
        *equals = '\0';
    }
    fields[*count] = (field){trimmed(line), equals ? trimmed(equals + 1) : end};
    ++*count;
}

static void add_heading(vectors *file, char *line)
{
    if (!file->in_heading) {
        file->heading_count = 0;
    }
    line[strcspn(line, "]")] = '\0';
    add(file->heading, &file->heading_count, line + 1);
}

bool vectors_next(vectors *file)
{
    file->record_count = 0;
    while (*file->next) {
        char *line = next_line(file);
        bool heading = *line == '[';
        if (heading) {
            add_heading(file, line);
        } else if (*line && *line != '#') {
            add(file->record, &file->record_count, line);
        } else if (!*line && file->record_count > 0) {
            break;
        }
        file->in_heading = heading;
    }
    return file->record_count > 0;
}

void vectors_use(vectors *file)
{
    file->used++;
}

static const char *find(const field *fields, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcasecmp(fields[i].name, name) == 0) {
            return fields[i].value;
        }
    }
    return NULL;
}

static const char *value_of(const vectors *file, const char *name)
{
    const char *value = find(file->record, file->record_count, name);
    return value ? value : find(file->heading, file->heading_count, name);
}

bool vectors_has(const vectors *file, const char *name)
{
    return value_of(file, name) != NULL;
}

size_t vectors_number(const vectors *file, const char *name)
{
    const char *value = value_of(file, name);
    char *end = NULL;
    cr_assert(value && *value, "a record of %s has no %s", file->path, name);
    unsigned long number = strtoul(value, &end, 10);
    cr_assert_eq(*end, '\0', "%s of %s is no number", name, file->path);
    return number;
}

size_t vectors_bytes(const vectors *file, const char *name, uint8_t *out, size_t capacity)
{
    const char *value = value_of(file, name);
    cr_assert_not_null(value, "a record of %s has no %s", file->path, name);
    if (*value != '"') {
        return hex_bytes(value, out, capacity);
    }
    size_t length = strcspn(value + 1, "\"");
    cr_assert_leq(length, capacity, "a vector is longer than the test has room for");
    memcpy(out, value + 1, length);
    return length;
}
