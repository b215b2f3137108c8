// SPDX-License-Identifier: Apache-2.0
// The compression of SHA-256 (FIPS 180-4 section 6.2.2), one step a cycle: 65 cycles a block, the one before the first step among
// them. The count depends on nothing (P5). The state goes in and out word by word, the last one first.
//
// A step's sum of h, K and W is made one cycle ahead, when h is still g: so there is no register for h. The last four steps
// make the eight words that are added to the state, two a step, each half of it turning by a word.
`default_nettype none

module lk_sha256 (
    input  wire         clk,
    input  wire         reset,       // zeros over everything
    input  wire         state_shift, // while ready: the state moves on by a word, state[31:0] goes out
    input  wire [31:0]  state_in,
    input  wire         state_turn,  // while ready: each half of the state moves on by a word, which comes in again
    output wire [31:0]  state_out,   // the last word
    output wire [63:0]  state_bytes, // of each half one byte of each word, in [63:56] and [31:24] the first byte of all
    input  wire         start,       // while ready: compresses a block
    input  wire         discard,     // with start: and leaves the state as it is,
    input  wire         may_discard, // if this, held, agrees
    output wire         ready,       // from registers alone
    output wire         sound,       // as lk_guard says, of what decides when the state is a hash
    output wire [3:0]   word_index,  // the word of the block that is wanted: all sixteen in turn, from start on
    input  wire [31:0]  word         // in the same cycle; first byte in [31:24]
);
    localparam [6:0] LAST_STEP = 7'd64;
    localparam WINDOW = 15;

    // The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
    function [31:0] constant;
        input [5:0] index;
        case (index)
            6'd0: constant = 32'h428a2f98;
            6'd1: constant = 32'h71374491;
            6'd2: constant = 32'hb5c0fbcf;
            6'd3: constant = 32'he9b5dba5;
            6'd4: constant = 32'h3956c25b;
            6'd5: constant = 32'h59f111f1;
            6'd6: constant = 32'h923f82a4;
            6'd7: constant = 32'hab1c5ed5;
            6'd8: constant = 32'hd807aa98;
            6'd9: constant = 32'h12835b01;
            6'd10: constant = 32'h243185be;
            6'd11: constant = 32'h550c7dc3;
            6'd12: constant = 32'h72be5d74;
            6'd13: constant = 32'h80deb1fe;
            6'd14: constant = 32'h9bdc06a7;
            6'd15: constant = 32'hc19bf174;
            6'd16: constant = 32'he49b69c1;
            6'd17: constant = 32'hefbe4786;
            6'd18: constant = 32'h0fc19dc6;
            6'd19: constant = 32'h240ca1cc;
            6'd20: constant = 32'h2de92c6f;
            6'd21: constant = 32'h4a7484aa;
            6'd22: constant = 32'h5cb0a9dc;
            6'd23: constant = 32'h76f988da;
            6'd24: constant = 32'h983e5152;
            6'd25: constant = 32'ha831c66d;
            6'd26: constant = 32'hb00327c8;
            6'd27: constant = 32'hbf597fc7;
            6'd28: constant = 32'hc6e00bf3;
            6'd29: constant = 32'hd5a79147;
            6'd30: constant = 32'h06ca6351;
            6'd31: constant = 32'h14292967;
            6'd32: constant = 32'h27b70a85;
            6'd33: constant = 32'h2e1b2138;
            6'd34: constant = 32'h4d2c6dfc;
            6'd35: constant = 32'h53380d13;
            6'd36: constant = 32'h650a7354;
            6'd37: constant = 32'h766a0abb;
            6'd38: constant = 32'h81c2c92e;
            6'd39: constant = 32'h92722c85;
            6'd40: constant = 32'ha2bfe8a1;
            6'd41: constant = 32'ha81a664b;
            6'd42: constant = 32'hc24b8b70;
            6'd43: constant = 32'hc76c51a3;
            6'd44: constant = 32'hd192e819;
            6'd45: constant = 32'hd6990624;
            6'd46: constant = 32'hf40e3585;
            6'd47: constant = 32'h106aa070;
            6'd48: constant = 32'h19a4c116;
            6'd49: constant = 32'h1e376c08;
            6'd50: constant = 32'h2748774c;
            6'd51: constant = 32'h34b0bcb5;
            6'd52: constant = 32'h391c0cb3;
            6'd53: constant = 32'h4ed8aa4a;
            6'd54: constant = 32'h5b9cca4f;
            6'd55: constant = 32'h682e6ff3;
            6'd56: constant = 32'h748f82ee;
            6'd57: constant = 32'h78a5636f;
            6'd58: constant = 32'h84c87814;
            6'd59: constant = 32'h8cc70208;
            6'd60: constant = 32'h90befffa;
            6'd61: constant = 32'ha4506ceb;
            6'd62: constant = 32'hbef9a3f7;
            default: constant = 32'hc67178f2;
        endcase
    endfunction

    reg [6:0]           step_d, step_q = 7'd0;          // 0: waits, or prepares the first
    reg                 discard_d, discard_q = 1'b0;
    reg [255:0]         state_d, state_q = 256'd0;
    reg [31:0]          a_d, a_q = 32'd0, b_d, b_q = 32'd0, c_d, c_q = 32'd0, d_d, d_q = 32'd0;
    reg [31:0]          e_d, e_q = 32'd0, f_d, f_q = 32'd0, g_d, g_q = 32'd0;
    reg [31:0]          sum_d, sum_q = 32'd0;           // h + K + W of the step
    reg [32*WINDOW-1:0] window_d, window_q = {(32 * WINDOW) {1'b0}};  // words before the one that is added; the latest lowest
    reg [31:0]          scheduled_d, scheduled_q = 32'd0;

    wire loads = step_q == 7'd0;
    wire advances = start || !loads;
    wire finishes = step_q > LAST_STEP - 7'd4 && !(discard_q && may_discard);

    lk_guard #(.WIDTH(7)) guard (.clk(clk), .reset(reset), .next(step_d), .now(step_q), .sound(sound));

    assign state_out = state_q[31:0];
    assign state_bytes = {state_q[255:248], state_q[215:208], state_q[175:168], state_q[135:128],
                          state_q[127:120], state_q[87:80], state_q[47:40], state_q[7:0]};
    assign ready = loads;
    assign word_index = step_q[3:0];

    // Words 16 to 63 are made one cycle before they are added.
    wire [31:0] added = step_q < 7'd16 ? word : scheduled_q;
    wire [31:0] near = window_q[32*0+:32];
    wire [31:0] far = window_q[32*13+:32];
    wire [31:0] near_mixed = {near[16:0], near[31:17]} ^ {near[18:0], near[31:19]} ^ {10'd0, near[31:10]};
    wire [31:0] far_mixed = {far[6:0], far[31:7]} ^ {far[17:0], far[31:18]} ^ {3'd0, far[31:3]};

    wire [31:0] choice = (e_q & f_q) ^ (~e_q & g_q);
    wire [31:0] majority = (a_q & b_q) ^ (a_q & c_q) ^ (b_q & c_q);
    wire [31:0] a_mixed = {a_q[1:0], a_q[31:2]} ^ {a_q[12:0], a_q[31:13]} ^ {a_q[21:0], a_q[31:22]};
    wire [31:0] e_mixed = {e_q[5:0], e_q[31:6]} ^ {e_q[10:0], e_q[31:11]} ^ {e_q[24:0], e_q[31:25]};
    wire [31:0] first = sum_q + (e_mixed + choice);
    wire [31:0] a_made = first + (a_mixed + majority);
    wire [31:0] e_made = first + d_q;
    wire [31:0] final_a = finishes ? a_made : 32'd0;
    wire [31:0] final_e = finishes ? e_made : 32'd0;

    always @* begin
        step_d = step_q == LAST_STEP ? 7'd0 : step_q + {6'd0, advances};
        discard_d = start ? discard : discard_q;
        state_d = state_q;
        if (finishes || state_turn)
            state_d = {state_q[159:128] + final_a, state_q[255:160], state_q[31:0] + final_e, state_q[127:32]};
        else if (state_shift) state_d = {state_in, state_q[255:32]};
        a_d = a_q;
        b_d = b_q;
        c_d = c_q;
        d_d = d_q;
        e_d = e_q;
        f_d = f_q;
        g_d = g_q;
        sum_d = sum_q;
        window_d = window_q;
        scheduled_d = scheduled_q;
        if (advances) begin
            a_d = loads ? state_q[255:224] : a_made;
            b_d = loads ? state_q[223:192] : a_q;
            c_d = loads ? state_q[191:160] : b_q;
            d_d = loads ? state_q[159:128] : c_q;
            e_d = loads ? state_q[127:96] : e_made;
            f_d = loads ? state_q[95:64] : e_q;
            g_d = loads ? state_q[63:32] : f_q;
            sum_d = (loads ? state_q[31:0] : g_q) + (constant(step_q[5:0]) + added);
            window_d = {window_q[32*(WINDOW-1)-1:0], added};
            scheduled_d = (near_mixed + window_q[32*5+:32]) + (far_mixed + window_q[32*14+:32]);
        end
        if (reset) begin
            step_d = 7'd0;
            state_d = 256'd0;
            a_d = 32'd0;
            b_d = 32'd0;
            c_d = 32'd0;
            d_d = 32'd0;
            e_d = 32'd0;
            f_d = 32'd0;
            g_d = 32'd0;
            sum_d = 32'd0;
            window_d = {(32 * WINDOW) {1'b0}};
            scheduled_d = 32'd0;
        end
    end

    always @(posedge clk) begin
        step_q <= step_d;
        discard_q <= discard_d;
        state_q <= state_d;
        a_q <= a_d;
        b_q <= b_d;
        c_q <= c_d;
        d_q <= d_d;
        e_q <= e_d;
        f_q <= f_d;
        g_q <= g_d;
        sum_q <= sum_d;
        window_q <= window_d;
        scheduled_q <= scheduled_d;
    end
endmodule

`default_nettype wire
