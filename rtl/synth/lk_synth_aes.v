// SPDX-License-Identifier: Apache-2.0
// AES with its key schedule for keys of 128 and 256 bits, as a lane has them, to encrypt alone or to decrypt as well: a block to be
// measured, for comparison with cores that hold both.
`default_nettype none

module lk_synth_aes #(
    parameter DECRYPT = 0
) (
    input  wire         clk,
    input  wire         reset,
    input  wire         word_valid,
    input  wire [31:0]  word,
    input  wire         long_key,
    input  wire         wipe,
    output wire         key_busy,
    input  wire         start,
    input  wire         decrypt,
    input  wire [127:0] in,
    output wire         busy,
    output wire [127:0] out
);
    wire [7:0] unused_byte;
    lk_aes #(.DECRYPT(DECRYPT)) aes (
        .clk(clk), .reset(reset), .key_word_valid(word_valid), .key_word(word), .key_long(long_key), .key_wipe(wipe),
        .key_busy(key_busy), .start(start), .decrypt(decrypt), .in(in), .busy(busy), .out(out),
        .out_keep(1'b0), .out_next(1'b0), .out_byte(unused_byte));
endmodule

`default_nettype wire
