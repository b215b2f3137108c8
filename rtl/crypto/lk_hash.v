// SPDX-License-Identifier: Apache-2.0
// SHA-1 and SHA-256 behind one set of ports: one of them works at a time. Either can be left out. The one that rests since the reset
// has zeros everywhere, so what they give is joined without a choice.
`default_nettype none

module lk_hash #(
    parameter SHA1 = 1,
    parameter SHA256 = 1
) (
    input  wire         clk,
    input  wire         reset,         // zeros over everything
    input  wire         sha256,        // held from the first state_shift until the next reset
    input  wire         initial_state, // state_shift takes a word of the initial state, not state_in
    input  wire [2:0]   state_index,   // of the word that goes in
    input  wire         state_shift,   // while ready: the last word goes out, another comes in first
    input  wire [31:0]  state_in,
    output wire [31:0]  state_out,
    // The state as bytes, each once, in their order, while ready.
    input  wire         byte_half,     // it is of SHA-256's last four words
    input  wire [1:0]   byte_place,    // in its word
    input  wire         byte_taken,    // the next one is wanted
    output wire [7:0]   state_byte,
    input  wire         start,         // while ready: compresses a block
    input  wire         discard,       // with start: and leaves the state as it is,
    input  wire         may_discard,   // if this, held, agrees
    output wire         ready,         // from registers alone
    output wire         sound,         // as lk_guard says
    output wire [3:0]   word_index,    // the word of the block that is wanted, all sixteen in turn, from start on
    input  wire [31:0]  word           // in the same cycle
);
    // FIPS 180-4 sections 5.3.1 and 5.3.3.
    function [31:0] initial_word;
        input [3:0] index;
        case (index)
            4'd0: initial_word = 32'h67452301;
            4'd1: initial_word = 32'hefcdab89;
            4'd2: initial_word = 32'h98badcfe;
            4'd3: initial_word = 32'h10325476;
            4'd4: initial_word = 32'hc3d2e1f0;
            4'd8: initial_word = 32'h6a09e667;
            4'd9: initial_word = 32'hbb67ae85;
            4'd10: initial_word = 32'h3c6ef372;
            4'd11: initial_word = 32'ha54ff53a;
            4'd12: initial_word = 32'h510e527f;
            4'd13: initial_word = 32'h9b05688c;
            4'd14: initial_word = 32'h1f83d9ab;
            4'd15: initial_word = 32'h5be0cd19;
            default: initial_word = 32'd0;
        endcase
    endfunction

    wire [31:0]  word_in = initial_state ? initial_word({sha256, state_index}) : state_in;
    wire [31:0]  short_out, long_out, short_bytes;
    wire [63:0]  long_bytes;
    wire         short_ready, long_ready, short_sound, long_sound;
    wire [3:0]   short_index, long_index;

    // As bytes are taken the state turns. All of SHA-1's five words turn with each byte: after four of them the next word stands where
    // the first one did, and byte i of a word stands i places below. SHA-256's halves are four words each: they turn with three
    // bytes of four. In the end both are where they were.
    wire [31:0]  bytes = short_bytes | (byte_half ? long_bytes[31:0] : long_bytes[63:32]);
    assign state_byte = byte_place == 2'd0 ? bytes[31:24] : byte_place == 2'd1 ? bytes[23:16]
                      : byte_place == 2'd2 ? bytes[15:8] : bytes[7:0];

    generate
        if (SHA1 != 0) begin : short_hash
            lk_sha1 core (
                .clk(clk), .reset(reset), .state_shift(state_shift && !sha256), .state_in(word_in), .state_turn(byte_taken),
                .state_out(short_out), .state_bytes(short_bytes), .start(start && !sha256), .discard(discard),
                .may_discard(may_discard), .ready(short_ready), .sound(short_sound), .word_index(short_index), .word(word));
        end else begin : no_short_hash
            assign short_out = 32'd0;
            assign short_bytes = 32'd0;
            assign short_ready = 1'b1;
            assign short_sound = 1'b1;
            assign short_index = 4'd0;
        end
        if (SHA256 != 0) begin : long_hash
            lk_sha256 core (
                .clk(clk), .reset(reset), .state_shift(state_shift && sha256), .state_in(word_in),
                .state_turn(byte_taken && byte_place != 2'd3), .state_out(long_out), .state_bytes(long_bytes),
                .start(start && sha256), .discard(discard), .may_discard(may_discard), .ready(long_ready), .sound(long_sound), .word_index(long_index), .word(word));
        end else begin : no_long_hash
            assign long_out = 32'd0;
            assign long_bytes = 64'd0;
            assign long_ready = 1'b1;
            assign long_sound = 1'b1;
            assign long_index = 4'd0;
        end
    endgenerate

    assign state_out = long_out | short_out;
    assign ready = long_ready && short_ready;
    assign sound = long_sound && short_sound;
    assign word_index = long_index | short_index;
endmodule

`default_nettype wire
