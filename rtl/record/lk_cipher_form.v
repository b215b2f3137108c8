// SPDX-License-Identifier: Apache-2.0
// What a cipher's number (docs/suites.md) says about keys and records. Combinational.
`default_nettype none
`include "lk_protocol.vh"

module lk_cipher_form #(
    parameter CHACHA20_POLY1305 = 1    // the build has it
) (
    input  wire [7:0] cipher,
    output wire       supported,
    output wire       key_128,         // bits; otherwise 256
    output wire       by_sequence      // TLS 1.2: all of the nonce is made of IV and sequence number, as in TLS 1.3, and the
                                       // record carries none of it (RFC 7905); otherwise it carries eight bytes (RFC 5288)
);
    assign key_128 = cipher == `LK_CIPHER_AES_128_GCM;
    assign by_sequence = cipher == `LK_CIPHER_CHACHA20_POLY1305;
    assign supported = key_128 || cipher == `LK_CIPHER_AES_256_GCM || (by_sequence && CHACHA20_POLY1305 != 0);
endmodule

`default_nettype wire
