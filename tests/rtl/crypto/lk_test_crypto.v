// SPDX-License-Identifier: Apache-2.0
// The ciphers of rtl/crypto side by side, for their tests: AES with its key schedule, and GHASH with four digits.
`default_nettype none

module lk_test_crypto (
    input  wire         clk,
    input  wire         reset,
    input  wire         key_word_valid,
    input  wire [31:0]  key_word,
    input  wire         key_long,
    input  wire         key_wipe,
    output wire         key_busy,
    input  wire         aes_start,
    input  wire [127:0] aes_in,
    output wire         aes_busy,
    output wire [127:0] aes_out,
    input  wire [3:0]   round,          // reads a round key while AES rests
    output wire [127:0] round_key,
    input  wire [127:0] hash_key,
    input  wire         first,
    input  wire         unit,
    input  wire [127:0] block,
    input  wire         block_valid,
    output wire [3:0]   block_ready,
    output wire [3:0]   hash_busy,
    output wire [511:0] hash            // digit 4 lowest, then 8, 16, 32
);
    wire [3:0]  last_round, aes_round;
    wire [31:0] unsubstituted, substituted;

    lk_aes_key_schedule key_schedule (
        .clk(clk), .reset(reset), .word_valid(key_word_valid), .word(key_word), .long_key(key_long), .wipe(key_wipe),
        .busy(key_busy), .unsubstituted(unsubstituted), .substituted(substituted),
        .last_round(last_round), .round(aes_busy || aes_start ? aes_round : round), .round_key(round_key));

    lk_aes_encrypt encrypt (
        .clk(clk), .reset(reset), .last_round(last_round), .start(aes_start), .in(aes_in), .busy(aes_busy), .out(aes_out),
        .round(aes_round), .round_key(round_key), .unsubstituted(unsubstituted), .substituted(substituted));

    genvar i;
    generate
        for (i = 0; i < 4; i = i + 1) begin : digits
            lk_ghash #(.DIGIT(4 << i)) ghash (
                .clk(clk), .reset(reset), .hash_key(hash_key), .first(first), .unit(unit), .block(block), .block_valid(block_valid),
                .block_ready(block_ready[i]), .busy(hash_busy[i]), .hash(hash[128*i+:128]));
        end
    endgenerate
endmodule

`default_nettype wire
