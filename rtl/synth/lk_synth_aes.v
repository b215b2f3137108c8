// SPDX-License-Identifier: Apache-2.0
// AES encryption with its key schedule for keys of 128 and 256 bits, as a lane has them: a block to be measured, for comparison with cores that hold both.
`default_nettype none

module lk_synth_aes (
    input  wire         clk,
    input  wire         reset,
    input  wire         word_valid,
    input  wire [31:0]  word,
    input  wire         long_key,
    input  wire         wipe,
    output wire         key_busy,
    input  wire         start,
    input  wire [127:0] in,
    output wire         busy,
    output wire [127:0] out
);
    wire [3:0]   last_round, round;
    wire [127:0] round_key;
    wire [31:0]  unsubstituted, substituted;

    lk_aes_key_schedule key_schedule (
        .clk(clk), .reset(reset), .word_valid(word_valid), .word(word), .long_key(long_key), .wipe(wipe), .busy(key_busy),
        .unsubstituted(unsubstituted), .substituted(substituted), .last_round(last_round), .round(round), .round_key(round_key));

    lk_aes_encrypt encrypt (
        .clk(clk), .reset(reset), .last_round(last_round), .start(start), .in(in), .busy(busy), .out(out), .round(round),
        .round_key(round_key), .unsubstituted(unsubstituted), .substituted(substituted));
endmodule

`default_nettype wire
