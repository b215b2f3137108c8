// SPDX-License-Identifier: Apache-2.0
// The ciphers of rtl/crypto side by side, for their tests: AES with its key schedule, CBC on it, GHASH with four digits, and AES-GCM.
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
    input  wire         aes_decrypt,
    input  wire         cbc,            // CBC has AES
    input  wire         cbc_start,
    input  wire         cbc_decrypt,
    input  wire [7:0]   cbc_in,
    input  wire         cbc_in_valid,
    output wire         cbc_in_ready,
    output wire [7:0]   cbc_out,
    output wire         cbc_out_valid,
    input  wire         cbc_out_ready,
    output wire [7:0]   cbc_last_byte,
    input  wire         cbc_last_shift,
    // AES-GCM, with an AES of its own.
    input  wire         gcm_key_valid,
    output wire         gcm_key_busy,
    input  wire         gcm_start,
    input  wire         gcm_decrypt,
    input  wire [95:0]  gcm_nonce,
    input  wire [127:0] gcm_aad,
    input  wire [3:0]   gcm_aad_bytes,
    input  wire [14:0]  gcm_bytes,
    input  wire [7:0]   gcm_in,
    input  wire         gcm_in_valid,
    output wire         gcm_in_ready,
    output wire [7:0]   gcm_out,
    output wire         gcm_last,
    output wire         gcm_done,
    output wire         gcm_tag_valid,
    output wire [127:0] gcm_tag,
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
        .last_round(last_round), .round(reads ? round : aes_round), .round_key(round_key));

    wire         cbc_aes_start, cbc_keep, cbc_next, gcm_keep, gcm_next;
    wire [7:0]   cbc_byte, gcm_byte;
    wire [127:0] cbc_aes_in;
    wire         reads = !(aes_busy || aes_start || cbc);

    lk_aes_cipher cipher (
        .clk(clk), .reset(reset), .last_round(last_round), .start(cbc ? cbc_aes_start : aes_start),
        .decrypt(cbc ? cbc_decrypt : aes_decrypt), .in(cbc ? cbc_aes_in : aes_in), .busy(aes_busy), .out(aes_out),
        .round(aes_round), .round_key(round_key), .unsubstituted(unsubstituted), .substituted(substituted));

    lk_aes_cbc block_chaining (
        .clk(clk), .reset(reset), .start(cbc_start), .decrypt(cbc_decrypt), .in_data(cbc_in), .in_valid(cbc_in_valid),
        .in_ready(cbc_in_ready), .out_data(cbc_out), .out_valid(cbc_out_valid), .out_ready(cbc_out_ready),
        .last_byte(cbc_last_byte), .last_shift(cbc_last_shift), .aes_start(cbc_aes_start), .aes_in(cbc_aes_in),
        .aes_busy(aes_busy), .aes_out(aes_out), .aes_keep(cbc_keep), .aes_next(cbc_next), .aes_byte(cbc_byte));
    lk_aes_bytes bytes (.clk(clk), .reset(reset), .keep(cbc_keep), .block(aes_out), .next(cbc_next), .first(cbc_byte));

    wire         gcm_schedule_busy, gcm_aes_start, gcm_aes_busy;
    wire [127:0] gcm_aes_in, gcm_aes_out;
    lk_aes #(.DECRYPT(0)) gcm_aes (
        .clk(clk), .reset(reset), .key_word_valid(gcm_key_valid), .key_word(key_word), .key_long(key_long), .key_wipe(key_wipe),
        .key_busy(gcm_schedule_busy), .start(gcm_aes_start), .decrypt(1'b0), .in(gcm_aes_in), .busy(gcm_aes_busy),
        .out(gcm_aes_out), .out_keep(gcm_keep), .out_next(gcm_next), .out_byte(gcm_byte));
    lk_aes_gcm gcm (
        .clk(clk), .reset(reset), .key_word_valid(gcm_key_valid), .key_wipe(key_wipe), .key_busy(gcm_key_busy),
        .schedule_busy(gcm_schedule_busy), .aes_start(gcm_aes_start), .aes_in(gcm_aes_in), .aes_busy(gcm_aes_busy),
        .aes_out(gcm_aes_out), .aes_keep(gcm_keep), .aes_next(gcm_next), .aes_byte(gcm_byte),
        .start(gcm_start), .decrypt(gcm_decrypt), .nonce(gcm_nonce), .aad(gcm_aad),
        .aad_bytes(gcm_aad_bytes), .data_bytes(gcm_bytes), .data_in(gcm_in), .data_valid(gcm_in_valid),
        .data_ready(gcm_in_ready), .data_out(gcm_out), .data_last(gcm_last), .data_done(gcm_done), .tag_valid(gcm_tag_valid),
        .tag(gcm_tag));

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
