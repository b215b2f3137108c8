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
    output wire [255:0] state,         // first byte in [255:248], zeros behind that of SHA-1
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
    wire [159:0] short_state;
    wire [255:0] long_state;
    wire         short_ready, long_ready, short_sound, long_sound;
    wire [3:0]   short_index, long_index;

    generate
        if (SHA1 != 0) begin : short_hash
            lk_sha1 core (
                .clk(clk), .reset(reset), .state_shift(state_shift && !sha256), .state_in(word_in), .state(short_state),
                .start(start && !sha256), .discard(discard), .may_discard(may_discard), .ready(short_ready),
                .sound(short_sound), .word_index(short_index), .word(word));
        end else begin : no_short_hash
            assign short_state = 160'd0;
            assign short_ready = 1'b1;
            assign short_sound = 1'b1;
            assign short_index = 4'd0;
        end
        if (SHA256 != 0) begin : long_hash
            lk_sha256 core (
                .clk(clk), .reset(reset), .state_shift(state_shift && sha256), .state_in(word_in), .state(long_state),
                .start(start && sha256), .discard(discard), .may_discard(may_discard), .ready(long_ready),
                .sound(long_sound), .word_index(long_index), .word(word));
        end else begin : no_long_hash
            assign long_state = 256'd0;
            assign long_ready = 1'b1;
            assign long_sound = 1'b1;
            assign long_index = 4'd0;
        end
    endgenerate

    assign state = long_state | {short_state, 96'd0};
    assign state_out = long_state[31:0] | short_state[31:0];
    assign ready = long_ready && short_ready;
    assign sound = long_sound && short_sound;
    assign word_index = long_index | short_index;
endmodule

`default_nettype wire
