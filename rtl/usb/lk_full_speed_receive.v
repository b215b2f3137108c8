// SPDX-License-Identifier: Apache-2.0
// Samples of a full-speed line, four a bit, to bytes (USB 2.0 clauses 7.1.8 to 7.1.10): clock recovery, NRZI, bit unstuffing, SYNC, EOP.
//
// A bit is taken two samples after the first one of its level: between one and three samples into the bit, wherever within a sample the
// edge was, and if the line passed through SE0 or SE1 on the way. So an edge may be off by a whole sample, 20.8 ns, either way; clause
// 7.1.15.1 leaves 20.0 ns to the receiver, all differences between the clocks counted.
`default_nettype none

module lk_full_speed_receive (
    input  wire       clk,        // four cycles a bit
    input  wire       reset,      // also while this side sends
    input  wire       j,          // the line; neither: SE0 or SE1
    input  wire       k,
    input  wire       se0,        // for three samples now; j and k are two samples older, so no bit of an EOP is ever taken
    output wire       rx_active,  // from SYNC to the J after SE0
    output wire       rx_valid,
    output wire       rx_error,
    output wire [7:0] rx_data
);
    // The end of SYNC, KJKJKJKK: six bits of it, so that a first bit or two may get lost.
    localparam [5:0] SYNC = 6'b100000; // first bit lowest
    localparam [2:0] ONES_LIMIT = 3'd6;
    localparam [4:0] IDLE_LIMIT = 5'd31; // samples without an edge, seven bits and more: there is no packet any more

    localparam [1:0] HUNT = 2'd0, BYTES = 2'd1, ENDING = 2'd2, SPOILED = 2'd3;

    reg [1:0] state_q, state_d;
    reg       level_q, level_d;      // of the line, 1 is J
    reg       before_q, before_d;    // of the bit that was taken last
    reg [1:0] phase_q, phase_d;      // samples since the level's first one
    reg [4:0] still_q, still_d;      // samples without an edge
    reg [7:0] bits_q, bits_d;        // last bits, newest highest
    reg [2:0] count_q, count_d;      // of bits in the byte to come
    reg [2:0] ones_q, ones_d;        // in a row
    reg       valid_q, valid_d;
    reg       error_q, error_d;

    wire edge_seen = (j || k) && j != level_q;
    wire take = phase_q == 2'd1 && !edge_seen && !se0;
    wire one = level_q == before_q;
    wire stuffed = ones_q == ONES_LIMIT;

    always @* begin
        state_d = state_q;
        level_d = (j || k) ? j : level_q;
        before_d = before_q;
        phase_d = edge_seen ? 2'd0 : phase_q + 2'd1;
        still_d = edge_seen ? 5'd0 : (still_q == IDLE_LIMIT) ? still_q : still_q + 5'd1;
        bits_d = bits_q;
        count_d = count_q;
        ones_d = ones_q;
        valid_d = 1'b0;
        error_d = 1'b0;

        if (take) begin
            before_d = level_q;
            ones_d = one ? ones_q + {2'd0, ones_q != 3'd7} : 3'd0;
            if (state_q == HUNT || !stuffed) bits_d = {one, bits_q[7:1]};
        end
        case (state_q)
            HUNT: if (take && bits_d[7:2] == SYNC) begin
                state_d = BYTES;
                count_d = 3'd0;
                ones_d = 3'd1; // SYNC ends with a one, which counts (clause 7.1.9)
            end
            BYTES: if (se0) begin
                // A hub may stretch the last bit into one more (clause 7.1.9.1); any other part of a byte is damage.
                error_d = count_q > 3'd1;
                state_d = ENDING;
            end else if (take && stuffed) begin
                error_d = one;
                if (one) state_d = SPOILED;
            end else if (take) begin
                count_d = count_q + 3'd1;
                valid_d = count_q == 3'd7;
            end
            ENDING: if (!se0 && (j || k)) state_d = HUNT;
            default: if (se0) state_d = ENDING;
                     else if (still_q == IDLE_LIMIT) state_d = HUNT;
        endcase
        if (state_d == HUNT && state_q != HUNT) bits_d = 8'hFF;
    end

    always @(posedge clk) begin
        state_q <= reset ? HUNT : state_d;
        level_q <= reset || level_d;
        before_q <= reset || before_d;
        phase_q <= reset ? 2'd0 : phase_d;
        still_q <= reset ? 5'd0 : still_d;
        bits_q <= reset ? 8'hFF : bits_d;
        count_q <= reset ? 3'd0 : count_d;
        ones_q <= reset ? 3'd0 : ones_d;
        valid_q <= !reset && valid_d;
        error_q <= !reset && error_d;
    end

    assign rx_active = state_q != HUNT;
    assign rx_valid = valid_q;
    assign rx_error = error_q;
    assign rx_data = bits_q;
endmodule

`default_nettype wire
