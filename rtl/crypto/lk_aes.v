// SPDX-License-Identifier: Apache-2.0
// AES with its key: the key schedule and the cipher, for the modes that take turns with them (lk_aes_gcm, lk_aes_cbc).
`default_nettype none

module lk_aes #(
    parameter DECRYPT = 1                // 0 leaves decryption out
) (
    input  wire         clk,
    input  wire         reset,
    input  wire         key_word_valid,  // four or eight words, then wait for key_busy to fall
    input  wire [31:0]  key_word,        // first byte of the key in [31:24]
    input  wire         key_long,        // with the words: there are eight of them, not four
    input  wire         key_wipe,        // pulse: forgets the key, and what was in work
    output wire         key_busy,
    // As lk_aes_cipher says.
    input  wire         start,
    input  wire         decrypt,
    input  wire [127:0] in,
    output wire         busy,
    output wire [127:0] out,
    // As lk_aes_bytes says: of `out`.
    input  wire         out_keep,
    input  wire         out_next,
    output wire [7:0]   out_byte
);
    wire [31:0]  unsubstituted, substituted;
    wire [3:0]   last_round, round;
    wire [127:0] round_key;

    lk_aes_key_schedule key_schedule (
        .clk(clk), .reset(reset), .word_valid(key_word_valid), .word(key_word), .long_key(key_long), .wipe(key_wipe),
        .busy(key_busy), .unsubstituted(unsubstituted), .substituted(substituted), .last_round(last_round), .round(round),
        .round_key(round_key));

    lk_aes_cipher #(.DECRYPT(DECRYPT)) cipher (
        .clk(clk), .reset(reset || key_wipe), .last_round(last_round), .start(start), .decrypt(decrypt), .in(in), .busy(busy),
        .out(out), .round(round), .round_key(round_key), .unsubstituted(unsubstituted), .substituted(substituted));

    lk_aes_bytes bytes (
        .clk(clk), .reset(reset || key_wipe || key_word_valid), .keep(out_keep), .block(out), .next(out_next), .first(out_byte));
endmodule

`default_nettype wire
