/* SPDX-License-Identifier: Apache-2.0 */
/* draft-ietf-opsawg-pcapng: blocks of type, length, content, and the length again; numbers as this machine has them. */
#include "tools/pcapng.h"

#include <string.h>

enum {
    BLOCK_INTERFACE = 1,
    BLOCK_SECRETS = 10,
    BLOCK_PACKET = 6,
    LINK_RAW_IP = 101,
    LINK_USB_2_0 = 288,
    BLOCK_OVERHEAD = 12
};
enum { OPTION_RESOLUTION = 9, NANOSECONDS = 9 }; /* of times: powers of ten */
#define BLOCK_SECTION       0x0a0d0d0au
#define BYTE_ORDER_MARK     0x1a2b3c4du
#define SECRETS_TLS_KEY_LOG 0x544c534bu

/* A block whose content is a few numbers, then bytes that are filled up to a multiple of four. */
static int write_block(FILE *file, uint32_t type, const uint32_t *numbers, size_t count, const void *bytes,
                       size_t length)
{
    static const uint8_t filling[3];
    size_t fill = (4 - length % 4) % 4;
    uint32_t total = (uint32_t)(BLOCK_OVERHEAD + count * sizeof *numbers + length + fill);
    uint32_t head[] = {type, total};
    (void)fwrite(head, sizeof head, 1, file);
    (void)fwrite(numbers, sizeof *numbers, count, file);
    (void)fwrite(bytes, 1, length, file);
    (void)fwrite(filling, 1, fill, file);
    (void)fwrite(&total, sizeof total, 1, file);
    return ferror(file) ? -1 : 0;
}

/* Two numbers of 16 bits side by side. */
static uint32_t pair(uint16_t first, uint16_t second)
{
    uint16_t parts[] = {first, second};
    uint32_t both;
    memcpy(&both, parts, sizeof both);
    return both;
}

static int write_section(FILE *file)
{
    const uint32_t section[] = {BYTE_ORDER_MARK, pair(1, 0), UINT32_MAX, UINT32_MAX}; /* version 1.0, of any length */
    return write_block(file, BLOCK_SECTION, section, sizeof section / sizeof section[0], "", 0);
}

int lk_pcapng_begin(FILE *file)
{
    const uint32_t interface[] = {pair(LINK_RAW_IP, 0), 0}; /* packets of any length */
    if (write_section(file) != 0)
        return -1;
    return write_block(file, BLOCK_INTERFACE, interface, sizeof interface / sizeof interface[0], "", 0);
}

int lk_pcapng_begin_usb(FILE *file)
{
    static const uint8_t resolution[] = {NANOSECONDS, 0, 0, 0, 0, 0, 0, 0}; /* one byte, filled up, and the end */
    const uint32_t interface[] = {pair(LINK_USB_2_0, 0), 0, pair(OPTION_RESOLUTION, 1)};
    if (write_section(file) != 0)
        return -1;
    return write_block(file, BLOCK_INTERFACE, interface, sizeof interface / sizeof interface[0], resolution,
                       sizeof resolution);
}

int lk_pcapng_secret(FILE *file, const char *line)
{
    char text[1024];
    int length = snprintf(text, sizeof text, "%s\n", line);
    if (length < 0 || (size_t)length >= sizeof text)
        return 0; /* no line of ours is as long */
    const uint32_t head[] = {SECRETS_TLS_KEY_LOG, (uint32_t)length};
    int result = write_block(file, BLOCK_SECRETS, head, 2, text, (size_t)length);
    explicit_bzero(text, sizeof text);
    return result;
}

int lk_pcapng_packet(FILE *file, uint64_t time, const uint8_t *packet, size_t length)
{
    const uint32_t head[] = {0, (uint32_t)(time >> 32), (uint32_t)time, (uint32_t)length, (uint32_t)length};
    return write_block(file, BLOCK_PACKET, head, sizeof head / sizeof head[0], packet, length);
}
