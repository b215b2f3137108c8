// SPDX-License-Identifier: Apache-2.0
// What a cipher's number (docs/suites.md) and a version say about keys and records. Combinational.
`default_nettype none
`include "lk_protocol.vh"

module lk_cipher_form #(
    parameter CHACHA20_POLY1305 = 1,   // the build has it
    parameter CBC = 1                  // it has AES-CBC and NULL with their MACs
) (
    input  wire [7:0] cipher,
    input  wire [3:0] version,         // the minor byte
    output wire       supported,       // that cipher, in that version
    output wire       key_128,         // bits; otherwise 256
    output wire       by_sequence,     // AEAD, TLS 1.2: all of the nonce is made of IV and sequence number, as in TLS 1.3, and the
                                       // record carries none of it (RFC 7905); otherwise it carries eight bytes (RFC 5288)
    output wire       classic,         // no AEAD: with a MAC, and
    output wire       sha256,          // that is of SHA-256; otherwise SHA-1
    output wire       cbc,             // and with AES-CBC; otherwise not encrypted
    output wire       chained,         // whose IV is the last block of the record before;
    output wire       explicit_iv      // or which a record carries
);
    localparam [3:0] SSL3 = 4'd0, TLS1_0 = 4'd1, TLS1_2 = 4'd3, TLS1_3 = 4'd4;

    wire aes_gcm_128 = cipher == `LK_CIPHER_AES_128_GCM;
    wire aes_gcm_256 = cipher == `LK_CIPHER_AES_256_GCM;
    wire cbc_sha1 = cipher == `LK_CIPHER_AES_128_CBC_SHA || cipher == `LK_CIPHER_AES_256_CBC_SHA;
    wire cbc_sha256 = cipher == `LK_CIPHER_AES_128_CBC_SHA256 || cipher == `LK_CIPHER_AES_256_CBC_SHA256;
    wire null_sha1 = cipher == `LK_CIPHER_NULL_SHA;
    wire null_sha256 = cipher == `LK_CIPHER_NULL_SHA256;

    wire aead = aes_gcm_128 || aes_gcm_256 || (by_sequence && CHACHA20_POLY1305 != 0);
    assign by_sequence = cipher == `LK_CIPHER_CHACHA20_POLY1305;
    assign key_128 = aes_gcm_128
                  || (CBC != 0 && (cipher == `LK_CIPHER_AES_128_CBC_SHA || cipher == `LK_CIPHER_AES_128_CBC_SHA256));
    assign cbc = CBC != 0 && (cbc_sha1 || cbc_sha256);
    assign sha256 = CBC != 0 && (cbc_sha256 || null_sha256);
    assign classic = CBC != 0 && (cbc_sha1 || cbc_sha256 || null_sha1 || null_sha256);
    assign chained = cbc && version <= TLS1_0;
    assign explicit_iv = cbc && version > TLS1_0;
    // SSL 3.0 has a MAC of its own, which is made with SHA-1 (RFC 6101 section 5.2.3.1).
    assign supported = (aead && (version == TLS1_2 || version == TLS1_3))
                     || (classic && version <= TLS1_2 && !(sha256 && version == SSL3));
endmodule

`default_nettype wire
