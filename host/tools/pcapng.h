/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Captures in the pcapng format, with the secrets in them: a Decryption Secrets Block is what Wireshark reads without
 * being told of a key log. (libpcap writes the older format alone, which has no place for secrets.)
 */
#ifndef LK_TOOLS_PCAPNG_H
#define LK_TOOLS_PCAPNG_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/** Begins a file whose packets are IP packets, without anything in front. @return 0, or -1 with errno. */
int lk_pcapng_begin(FILE *file);

/** Begins a file whose packets are those of a USB 2.0 bus, from PID to CRC; times are in nanoseconds. @return as above.
 */
int lk_pcapng_begin_usb(FILE *file);

/** A line of a key log, without its newline; before the packets that it opens. @return 0, or -1 with errno. */
int lk_pcapng_secret(FILE *file, const char *line);

/** A packet of so many bytes; time since 1970, in microseconds unless the file was begun otherwise. @return 0, or -1
 * with errno. */
int lk_pcapng_packet(FILE *file, uint64_t time, const uint8_t *packet, size_t length);

#endif
