// SPDX-License-Identifier: Apache-2.0
// The compression of SHA-1 (FIPS 180-4 section 6.1.2), one step a cycle: 81 cycles a block, the one before the first step among
// them. The count depends on nothing (P5). The state goes in and out word by word, the last one first.
//
// A step's sum of e, K and W is made one cycle ahead, when e is still d: so there is no register for e. The last five steps
// make the five words that are added to the state, the last of it first, which turns by a word with each of them.
`default_nettype none

module lk_sha1 (
    input  wire         clk,
    input  wire         reset,       // zeros over everything
    input  wire         state_shift, // while ready: the state moves on by a word, state[31:0] goes out
    input  wire [31:0]  state_in,
    input  wire         state_turn,  // while ready: the state moves on by a word, which comes in again
    output wire [31:0]  state_out,   // the last word
    output wire [31:0]  state_bytes, // one byte each of the first word and of the next three, in [31:24] the first byte of all
    input  wire         start,       // while ready: compresses a block
    input  wire         discard,     // with start: and leaves the state as it is,
    input  wire         may_discard, // if this, held, agrees
    output wire         ready,       // from registers alone
    output wire         sound,       // as lk_guard says, of what decides when the state is a hash
    output wire [3:0]   word_index,  // the word of the block that is wanted: all sixteen in turn, from start on
    input  wire [31:0]  word         // in the same cycle; first byte in [31:24]
);
    localparam [6:0] LAST_STEP = 7'd80;
    localparam WINDOW = 15;

    function [31:0] constant;
        input [1:0] phase;
        case (phase)
            2'd0: constant = 32'h5a827999;
            2'd1: constant = 32'h6ed9eba1;
            2'd2: constant = 32'h8f1bbcdc;
            default: constant = 32'hca62c1d6;
        endcase
    endfunction

    reg [6:0]           step_d, step_q = 7'd0;          // 0: waits, or prepares the first
    reg [1:0]           phase_d, phase_q = 2'd0;        // of the step
    reg                 discard_d, discard_q = 1'b0;
    reg [159:0]         state_d, state_q = 160'd0;
    reg [31:0]          a_d, a_q = 32'd0, b_d, b_q = 32'd0, c_d, c_q = 32'd0, d_d, d_q = 32'd0;
    reg [31:0]          sum_d, sum_q = 32'd0;           // e + K + W of the step
    reg [32*WINDOW-1:0] window_d, window_q = {(32 * WINDOW) {1'b0}};  // words before the one that is added; the latest lowest
    reg [31:0]          scheduled_d, scheduled_q = 32'd0;

    wire       loads = step_q == 7'd0;
    wire       advances = start || !loads;
    wire [1:0] next_phase = step_q >= 7'd60 ? 2'd3 : step_q >= 7'd40 ? 2'd2 : step_q >= 7'd20 ? 2'd1 : 2'd0;

    lk_guard #(.WIDTH(7)) guard (.clk(clk), .reset(reset), .next(step_d), .now(step_q), .sound(sound));

    assign state_out = state_q[31:0];
    assign state_bytes = {state_q[159:152], state_q[119:112], state_q[79:72], state_q[39:32]};
    assign ready = loads;
    assign word_index = step_q[3:0];

    // Words 16 to 79 are made one cycle before they are added.
    wire [31:0] added = step_q < 7'd16 ? word : scheduled_q;
    wire [31:0] mixed = window_q[32*1+:32] ^ window_q[32*6+:32] ^ window_q[32*12+:32] ^ window_q[32*14+:32];

    reg [31:0] f;
    always @* begin
        case (phase_q)
            2'd0: f = (b_q & c_q) | (~b_q & d_q);
            2'd2: f = (b_q & c_q) | (b_q & d_q) | (c_q & d_q);
            default: f = b_q ^ c_q ^ d_q;
        endcase
    end
    wire [31:0] made = {a_q[26:0], a_q[31:27]} + f + sum_q;

    // What becomes c, d and e has been turned on the way there.
    wire        finishes = step_q > LAST_STEP - 7'd5 && !(discard_q && may_discard);
    wire [31:0] final_word = !finishes ? 32'd0 : step_q > LAST_STEP - 7'd2 ? made : {made[1:0], made[31:2]};

    always @* begin
        step_d = step_q == LAST_STEP ? 7'd0 : step_q + {6'd0, advances};
        phase_d = next_phase;
        discard_d = start ? discard : discard_q;
        state_d = state_q;
        if (finishes || state_turn) state_d = {state_q[31:0] + final_word, state_q[159:32]};
        else if (state_shift) state_d = {state_in, state_q[159:32]};
        a_d = a_q;
        b_d = b_q;
        c_d = c_q;
        d_d = d_q;
        sum_d = sum_q;
        window_d = window_q;
        scheduled_d = scheduled_q;
        if (advances) begin
            a_d = loads ? state_q[159:128] : made;
            b_d = loads ? state_q[127:96] : a_q;
            c_d = loads ? state_q[95:64] : {b_q[1:0], b_q[31:2]};
            d_d = loads ? state_q[63:32] : c_q;
            sum_d = (loads ? state_q[31:0] : d_q) + (constant(next_phase) + added);
            window_d = {window_q[32*(WINDOW-1)-1:0], added};
            scheduled_d = {mixed[30:0], mixed[31]};
        end
        if (reset) begin
            step_d = 7'd0;
            state_d = 160'd0;
            a_d = 32'd0;
            b_d = 32'd0;
            c_d = 32'd0;
            d_d = 32'd0;
            sum_d = 32'd0;
            window_d = {(32 * WINDOW) {1'b0}};
            scheduled_d = 32'd0;
        end
    end

    always @(posedge clk) begin
        step_q <= step_d;
        phase_q <= phase_d;
        discard_q <= discard_d;
        state_q <= state_d;
        a_q <= a_d;
        b_q <= b_d;
        c_q <= c_d;
        d_q <= d_d;
        sum_q <= sum_d;
        window_q <= window_d;
        scheduled_q <= scheduled_d;
    end
endmodule

`default_nettype wire
