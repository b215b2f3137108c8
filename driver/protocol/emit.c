/* SPDX-License-Identifier: Apache-2.0 */
/*
 * protocol-emit, a tool of the build: writes what follows from protocol.def and suites.def, or checks that a file holds
 * it.
 *
 *   protocol-emit verilog FILE    the header of constants for the RTL
 *   protocol-emit suites FILE     docs/suites.md
 *   protocol-emit document FILE   the tables inside docs/protocol.md, each between a pair of marks
 *
 * --check in front: writes nothing, and fails when the file differs from what would be written.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MARK_BEGIN "<!-- generated: "
#define MARK_END   "<!-- end of generated -->"

typedef struct constant_row {
    const char *name;
    const char *text; /* the value as the table writes it: hexadecimal stays hexadecimal */
    const char *meaning;
    uint32_t value;
    unsigned bits;
} constant_row;

typedef struct code_row {
    const char *name;
    unsigned value;
    const char *error; /* status rows alone */
    const char *meaning;
} code_row;

typedef struct version_row {
    const char *name;
    unsigned wire, bit;
    const char *title;
} version_row;

typedef struct cipher_row {
    const char *name;
    unsigned bit;
    const char *title, *kind, *mac;
    unsigned key, mac_key, salt, explicit_nonce, block, tag;
} cipher_row;

typedef struct suite_row {
    unsigned number;
    const char *title, *lowest, *highest, *exchange, *authentication, *cipher, *hash;
} suite_row;

static const constant_row constants[] = {
#define LK_CONSTANT(name, bits, value, meaning) {#name, #value, meaning, value, bits},
#include "protocol/protocol.def"
};

static const code_row opcodes[] = {
#define LK_OPCODE(name, value, meaning) {#name, value, NULL, meaning},
#include "protocol/protocol.def"
};

static const code_row statuses[] = {
#define LK_STATUS(name, value, error, meaning) {#name, value, #error, meaning},
#include "protocol/protocol.def"
};

static const code_row requests[] = {
#define LK_REQUEST(name, value, meaning) {#name, value, NULL, meaning},
#include "protocol/protocol.def"
};

static const code_row facts[] = {
#define LK_FACT(name, address, meaning) {#name, address, NULL, meaning},
#include "protocol/protocol.def"
};

static const version_row versions[] = {
#define LK_VERSION(name, wire, bit, title) {#name, wire, bit, title},
#include "suite/suites.def"
};

static const cipher_row ciphers[] = {
#define LK_CIPHER(name, bit, title, kind, mac, key, mac_key, salt, explicit_nonce, block, tag)                         \
    {#name, bit, title, #kind, #mac, key, mac_key, salt, explicit_nonce, block, tag},
#include "suite/suites.def"
};

static const suite_row suites[] = {
#define LK_SUITE(number, name, title, lowest, highest, exchange, authentication, cipher, hash)                         \
    {number, title, #lowest, #highest, #exchange, #authentication, #cipher, #hash},
#include "suite/suites.def"
};

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* Verilog */

static void verilog_define(FILE *out, const char *group, const char *name, const char *suffix, const char *value)
{
    char full[96];
    snprintf(full, sizeof full, "LK_%s%s%s", group, name, suffix);
    fprintf(out, "`define %-36s %s\n", full, value);
}

static void verilog_codes(FILE *out, const char *group, const code_row *rows, size_t count, const char *format)
{
    fputc('\n', out);
    for (size_t i = 0; i < count; i++) {
        char value[16];
        snprintf(value, sizeof value, strcmp(format, "d") == 0 ? "8'd%u" : "8'h%02X", rows[i].value);
        verilog_define(out, group, rows[i].name, "", value);
    }
}

static void verilog_constants(FILE *out)
{
    for (size_t i = 0; i < COUNT(constants); i++) {
        const constant_row *row = &constants[i];
        char value[32];
        if (strncmp(row->text, "0x", 2) == 0)
            snprintf(value, sizeof value, "%u'h%0*X", row->bits, (int)row->bits / 4, (unsigned)row->value);
        else
            snprintf(value, sizeof value, "%u'd%u", row->bits, (unsigned)row->value);
        verilog_define(out, "", row->name, "", value);
    }
}

static void verilog_suites(FILE *out)
{
    char value[16];
    fputs("\n// Ciphers: the bit in fact CIPHERS, and the number in SLOT_LOAD.\n", out);
    for (size_t i = 0; i < COUNT(ciphers); i++) {
        snprintf(value, sizeof value, "8'd%u", ciphers[i].bit);
        verilog_define(out, "CIPHER_", ciphers[i].name, "", value);
    }
    fputs("\n// Versions: the bit in fact VERSIONS; the minor byte in SLOT_LOAD and on the wire.\n", out);
    for (size_t i = 0; i < COUNT(versions); i++) {
        snprintf(value, sizeof value, "8'd%u", versions[i].bit);
        verilog_define(out, "VERSION_", versions[i].name, "", value);
        snprintf(value, sizeof value, "8'h%02X", versions[i].wire & 0xff);
        verilog_define(out, "VERSION_", versions[i].name, "_MINOR", value);
    }
}

static void emit_verilog(FILE *out)
{
    fputs("// SPDX-License-Identifier: Apache-2.0\n"
          "// Generated from driver/protocol/protocol.def and host/suite/suites.def (target `protocol`): do not edit.\n"
          "`ifndef LK_PROTOCOL_VH\n`define LK_PROTOCOL_VH\n\n",
          out);
    verilog_constants(out);
    verilog_codes(out, "OPCODE_", opcodes, COUNT(opcodes), "h");
    verilog_codes(out, "STATUS_", statuses, COUNT(statuses), "h");
    verilog_codes(out, "REQUEST_", requests, COUNT(requests), "h");
    verilog_codes(out, "FACT_", facts, COUNT(facts), "d");
    verilog_suites(out);
    fputs("\n`endif\n", out);
}

/* docs/protocol.md */

static void table_constants(FILE *out)
{
    fputs("| constant | value | meaning |\n| --- | --- | --- |\n", out);
    for (size_t i = 0; i < COUNT(constants); i++)
        fprintf(out, "| `%s` | %s | %s |\n", constants[i].name, constants[i].text, constants[i].meaning);
}

static void table_opcodes(FILE *out)
{
    fputs("| opcode | value | meaning |\n| --- | --- | --- |\n", out);
    for (size_t i = 0; i < COUNT(opcodes); i++)
        fprintf(out, "| `%s` | 0x%02X | %s |\n", opcodes[i].name, opcodes[i].value, opcodes[i].meaning);
}

static void table_statuses(FILE *out)
{
    fputs("| status | value | error on the host | meaning |\n| --- | --- | --- | --- |\n", out);
    for (size_t i = 0; i < COUNT(statuses); i++)
        fprintf(out, "| `%s` | 0x%02X | `%s` | %s |\n", statuses[i].name, statuses[i].value, statuses[i].error,
                statuses[i].meaning);
}

static void table_requests(FILE *out)
{
    fputs("| request | bRequest | meaning |\n| --- | --- | --- |\n", out);
    for (size_t i = 0; i < COUNT(requests); i++)
        fprintf(out, "| `%s` | 0x%02X | %s |\n", requests[i].name, requests[i].value, requests[i].meaning);
}

static void table_facts(FILE *out)
{
    fputs("| fact | word | meaning |\n| --- | --- | --- |\n", out);
    for (size_t i = 0; i < COUNT(facts); i++)
        fprintf(out, "| `%s` | %u | %s |\n", facts[i].name, facts[i].value, facts[i].meaning);
}

typedef struct table_row {
    const char *name;
    void (*emit)(FILE *out);
} table_row;

static const table_row tables[] = {
    {"constants", table_constants}, {"opcodes", table_opcodes}, {"statuses", table_statuses},
    {"requests", table_requests},   {"facts", table_facts},
};

/* Emits the table that a line names; false when the line names one that does not exist. */
static bool emit_table(FILE *out, const char *line)
{
    const char *name = line + strlen(MARK_BEGIN);
    for (size_t i = 0; i < COUNT(tables); i++) {
        size_t length = strlen(tables[i].name);
        if (strncmp(name, tables[i].name, length) == 0 && name[length] == ' ') {
            tables[i].emit(out);
            return true;
        }
    }
    fprintf(stderr, "protocol-emit: no table for the mark %s", line);
    return false;
}

/* Copies a document line by line; what stands between a pair of marks is made anew. */
static bool emit_document(FILE *out, const char *document)
{
    bool inside = false;
    for (const char *line = document; *line;) {
        const char *end = strchr(line, '\n');
        size_t length = end ? (size_t)(end - line) + 1 : strlen(line);
        if (strncmp(line, MARK_END, strlen(MARK_END)) == 0)
            inside = false;
        if (!inside)
            fwrite(line, 1, length, out);
        if (strncmp(line, MARK_BEGIN, strlen(MARK_BEGIN)) == 0) {
            if (inside || !emit_table(out, line))
                return false;
            inside = true;
        }
        line += length;
    }
    if (inside)
        fprintf(stderr, "protocol-emit: a mark without an end\n");
    return !inside;
}

/* docs/suites.md */

static const char *version_title(const char *name)
{
    for (size_t i = 0; i < COUNT(versions); i++)
        if (strcmp(versions[i].name, name) == 0)
            return versions[i].title;
    return name;
}

static const char *cipher_title(const char *name)
{
    for (size_t i = 0; i < COUNT(ciphers); i++)
        if (strcmp(ciphers[i].name, name) == 0)
            return ciphers[i].title;
    return name;
}

static void suites_versions(FILE *out)
{
    fputs("## Versions\n\nBit is the place in the device's fact `VERSIONS`.\n\n"
          "| version | on the wire | bit |\n| --- | --- | --- |\n",
          out);
    for (size_t i = 0; i < COUNT(versions); i++)
        fprintf(out, "| %s | 0x%04X | %u |\n", versions[i].title, versions[i].wire, versions[i].bit);
}

static void suites_ciphers(FILE *out)
{
    fputs("\n## Record ciphers\n\nBit is the place in the device's fact `CIPHERS`, and the cipher's number in "
          "`SLOT_LOAD`. "
          "Lengths are in bytes.\n\n"
          "| cipher | bit | kind | MAC | key | MAC key | salt | explicit nonce | block | tag |\n"
          "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n",
          out);
    for (size_t i = 0; i < COUNT(ciphers); i++) {
        const cipher_row *row = &ciphers[i];
        fprintf(out, "| %s | %u | %s | %s | %u | %u | %u | %u | %u | %u |\n", row->title, row->bit, row->kind, row->mac,
                row->key, row->mac_key, row->salt, row->explicit_nonce, row->block, row->tag);
    }
}

static void suites_rows(FILE *out)
{
    fputs("\n## Cipher suites, in order of preference\n\n"
          "A configuration that names no suites offers and accepts those with an AEAD cipher and a tag of 16 bytes, a "
          "fresh key exchange in elliptic curves and certificates; the others only where it names them. Those of TLS "
          "1.3 leave key exchange "
          "and authentication open.\n\n"
          "| suite | number | lowest | highest | key exchange | authentication | cipher | hash |\n"
          "| --- | --- | --- | --- | --- | --- | --- | --- |\n",
          out);
    for (size_t i = 0; i < COUNT(suites); i++) {
        const suite_row *row = &suites[i];
        fprintf(out, "| `%s` | 0x%04X | %s | %s | %s | %s | %s | %s |\n", row->title, row->number,
                version_title(row->lowest), version_title(row->highest), row->exchange, row->authentication,
                cipher_title(row->cipher), row->hash);
    }
}

static void emit_suites(FILE *out)
{
    fputs("# Versions, ciphers and suites\n\n"
          "This page is generated from `host/suite/suites.def` (target `protocol`): do not edit it here. The "
          "handshake, the "
          "engines and the\ndevice's capability bits follow from the same table. `ANY`: the suite leaves it open.\n\n",
          out);
    suites_versions(out);
    suites_ciphers(out);
    suites_rows(out);
}

/* Files */

/* The whole file as a string, or NULL. The caller frees it. */
static char *file_read(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    size_t length = 0;
    if (!file)
        return NULL;
    FILE *memory = open_memstream(&text, &length);
    for (int c = getc(file); memory && c != EOF; c = getc(file))
        putc(c, memory);
    if (memory)
        fclose(memory);
    fclose(file);
    return text;
}

static bool file_write(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");
    bool written = file && fputs(text, file) >= 0;
    if (file && fclose(file) != 0)
        written = false;
    if (!written)
        perror(path);
    return written;
}

/* What the file should hold, or NULL when the request makes no sense. The caller frees it. */
static char *generate(const char *what, const char *path, const char *present)
{
    char *text = NULL;
    size_t length = 0;
    bool good = true;
    FILE *out = open_memstream(&text, &length);
    if (!out)
        return NULL;
    if (strcmp(what, "verilog") == 0)
        emit_verilog(out);
    else if (strcmp(what, "suites") == 0)
        emit_suites(out);
    else if (strcmp(what, "document") == 0 && present)
        good = emit_document(out, present);
    else
        good = false;
    fclose(out);
    if (!good) {
        fprintf(stderr, "protocol-emit: cannot make %s for %s\n", what, path);
        free(text);
        text = NULL;
    }
    return text;
}

int main(int count, char **arguments)
{
    bool check = count > 1 && strcmp(arguments[1], "--check") == 0;
    if (count != (check ? 4 : 3)) {
        fprintf(stderr, "usage: protocol-emit [--check] verilog|suites|document FILE\n");
        return 2;
    }
    const char *path = arguments[count - 1];
    char *present = file_read(path);
    char *wanted = generate(arguments[count - 2], path, present);
    bool good = wanted != NULL;
    bool same = good && present && strcmp(present, wanted) == 0;
    if (good && check && !same) {
        fprintf(stderr, "%s is not what the tables say; build the target `protocol`\n", path);
        good = false;
    } else if (good && !check && !same) {
        good = file_write(path, wanted);
    }
    free(wanted);
    free(present);
    return good ? 0 : 1;
}
