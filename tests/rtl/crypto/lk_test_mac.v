// SPDX-License-Identifier: Apache-2.0
// The hashes alone, and the MAC of records beside the two builds of it that have one hash, for their tests.
`default_nettype none

module lk_test_mac (
    input  wire         clk,
    input  wire         reset,
    input  wire         sha256,
    // The hashes.
    input  wire         hash_reset,
    input  wire         hash_initial,
    input  wire [2:0]   hash_state_index,
    input  wire         hash_state_shift,
    input  wire [31:0]  hash_state_in,
    output wire [31:0]  hash_state_out,
    input  wire         hash_start,
    input  wire         hash_discard,
    output wire         hash_ready,
    output wire [3:0]   hash_word_index,
    input  wire [31:0]  hash_word,
    // The MAC.
    input  wire         ssl3,
    input  wire         key_word_valid,
    input  wire [31:0]  key_word,
    input  wire         key_wipe,
    output wire         key_busy,
    input  wire         start,
    input  wire [103:0] header,
    input  wire [14:0]  data_bytes,
    input  wire [14:0]  stream_bytes,
    input  wire [7:0]   data_in,
    input  wire         data_valid,
    output wire         data_ready,
    output wire         busy,
    output wire         mac_valid,
    output wire [7:0]   mac_byte,
    input  wire         mac_taken,
    output wire         single_differs, // a build with one hash, of the one that is in use, does otherwise
    output wire         kept,           // a bit is set in the memory of keys and states
    output wire         working,        // a bit is set elsewhere, in what held a key, a state or a message
    input  wire [3:0]   memory_address,
    output wire [31:0]  memory_word
);
    wire hash_sound;
    wire [7:0] hash_byte;
    wire unused = &{1'b0, hash_sound, hash_byte, 1'b0};
    lk_hash hash (
        .clk(clk), .reset(reset || hash_reset), .sha256(sha256), .initial_state(hash_initial), .state_index(hash_state_index),
        .state_shift(hash_state_shift), .state_in(hash_state_in), .state_out(hash_state_out), .byte_half(1'b0), .byte_place(2'd0),
        .byte_taken(1'b0), .state_byte(hash_byte), .start(hash_start), .discard(hash_discard),
        .may_discard(1'b1), .ready(hash_ready), .sound(hash_sound),
        .word_index(hash_word_index), .word(hash_word));

    lk_record_mac both (
        .clk(clk), .reset(reset), .sha256(sha256), .ssl3(ssl3), .key_word_valid(key_word_valid), .key_word(key_word),
        .key_wipe(key_wipe), .key_busy(key_busy), .start(start), .header(header), .data_bytes(data_bytes),
        .stream_bytes(stream_bytes), .data_in(data_in), .data_valid(data_valid), .data_ready(data_ready), .busy(busy),
        .mac_valid(mac_valid), .mac_byte(mac_byte), .mac_taken(mac_taken));

    wire [11:0] outcome = {key_busy, data_ready, busy, mac_valid, mac_byte}, outcome_short, outcome_long;
    lk_record_mac #(.SHA256(0)) short_mac (
        .clk(clk), .reset(reset), .sha256(sha256), .ssl3(ssl3), .key_word_valid(key_word_valid && !sha256), .key_word(key_word),
        .key_wipe(key_wipe), .key_busy(outcome_short[11]), .start(start && !sha256), .header(header), .data_bytes(data_bytes),
        .stream_bytes(stream_bytes), .data_in(data_in), .data_valid(data_valid), .data_ready(outcome_short[10]),
        .busy(outcome_short[9]), .mac_valid(outcome_short[8]), .mac_byte(outcome_short[7:0]), .mac_taken(mac_taken && !sha256));
    lk_record_mac #(.SHA1(0)) long_mac (
        .clk(clk), .reset(reset), .sha256(sha256), .ssl3(ssl3), .key_word_valid(key_word_valid && sha256), .key_word(key_word),
        .key_wipe(key_wipe), .key_busy(outcome_long[11]), .start(start && sha256), .header(header), .data_bytes(data_bytes),
        .stream_bytes(stream_bytes), .data_in(data_in), .data_valid(data_valid), .data_ready(outcome_long[10]),
        .busy(outcome_long[9]), .mac_valid(outcome_long[8]), .mac_byte(outcome_long[7:0]), .mac_taken(mac_taken && sha256));
    assign single_differs = outcome != (sha256 ? outcome_long : outcome_short);

    wire [15:0] states, words;
    genvar i;
    generate
        for (i = 0; i < 16; i = i + 1) begin : memories
            assign states[i] = |both.memory[i];
            assign words[i] = |both.block[i];
        end
    endgenerate
    assign memory_word = both.memory[memory_address];
    assign kept = |states;
    assign working = |{words, both.padding.bytes_q,
        both.hash.short_hash.core.state_q, both.hash.short_hash.core.window_q, both.hash.short_hash.core.scheduled_q,
        both.hash.short_hash.core.sum_q, both.hash.short_hash.core.a_q, both.hash.short_hash.core.b_q,
        both.hash.short_hash.core.c_q, both.hash.short_hash.core.d_q,
        both.hash.long_hash.core.state_q, both.hash.long_hash.core.window_q, both.hash.long_hash.core.scheduled_q,
        both.hash.long_hash.core.sum_q, both.hash.long_hash.core.a_q, both.hash.long_hash.core.b_q,
        both.hash.long_hash.core.c_q, both.hash.long_hash.core.d_q, both.hash.long_hash.core.e_q,
        both.hash.long_hash.core.f_q, both.hash.long_hash.core.g_q};
endmodule

`default_nettype wire
