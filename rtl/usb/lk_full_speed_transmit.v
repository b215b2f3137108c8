// SPDX-License-Identifier: Apache-2.0
// Bytes to a full-speed line, four cycles a bit (USB 2.0 clauses 7.1.8 to 7.1.10): SYNC, bit stuffing, NRZI, and an EOP of two bits of SE0
// and one of J. The line's three outputs are registers: nothing but edges that are meant gets to the pins.
`default_nettype none

module lk_full_speed_transmit (
    input  wire       clk,       // four cycles a bit
    input  wire       reset,     // also: let go of the line
    input  wire       tx_valid,  // spans the packet
    input  wire [7:0] tx_data,
    output wire       tx_ready,  // this byte is taken
    output wire       dp,
    output wire       dm,
    output wire       enable     // drive the line
);
    localparam [7:0] SYNC = 8'h80;     // KJKJKJKK
    localparam [2:0] ONES_LIMIT = 3'd6;

    localparam [2:0] IDLE = 3'd0, BITS = 3'd1, FIRST_SE0 = 3'd2, SECOND_SE0 = 3'd3, LAST_J = 3'd4;

    reg [2:0] state_q, state_d;
    reg [1:0] phase_q, phase_d;    // cycle of the bit
    reg [6:0] bits_q, bits_d;      // of the byte, not yet on the line
    reg [2:0] left_q, left_d;      // how many
    reg [2:0] ones_q, ones_d;      // in a row
    reg       dp_q, dp_d, dm_q, dm_d, enable_q, enable_d;

    wire bit_ends = phase_q == 2'd3;
    wire stuff = ones_q == ONES_LIMIT;
    wire byte_ends = state_q == BITS && bit_ends && !stuff && left_q == 3'd0;
    wire starts = state_q == IDLE && tx_valid;
    wire fetch = byte_ends && tx_valid;
    wire [7:0] fetched = starts ? SYNC : tx_data;

    // The bit that the line shows next: a zero changes its level, a one does not.
    wire put = starts || (state_q == BITS && bit_ends && !(byte_ends && !tx_valid));
    wire one = (starts || fetch) ? fetched[0] : !stuff && bits_q[0];

    always @* begin
        state_d = state_q;
        phase_d = starts ? 2'd0 : phase_q + 2'd1;
        bits_d = bits_q;
        left_d = left_q;
        ones_d = ones_q;
        dp_d = dp_q;
        dm_d = dm_q;
        enable_d = enable_q;
        if (put) begin
            dp_d = dp_q == one;
            dm_d = dm_q == one;
            ones_d = one ? ones_q + 3'd1 : 3'd0;
        end
        if (starts || fetch) begin
            bits_d = fetched[7:1];
            left_d = 3'd7;
        end else if (put && !stuff) begin
            bits_d = {1'b0, bits_q[6:1]};
            left_d = left_q - 3'd1;
        end
        case (state_q)
            IDLE: begin
                enable_d = starts;
                if (starts) state_d = BITS;
            end
            BITS: if (byte_ends && !tx_valid) begin
                dp_d = 1'b0;
                dm_d = 1'b0;
                state_d = FIRST_SE0;
            end
            FIRST_SE0: if (bit_ends) state_d = SECOND_SE0;
            SECOND_SE0: if (bit_ends) begin
                dp_d = 1'b1;
                state_d = LAST_J;
            end
            default: if (bit_ends) begin
                enable_d = 1'b0;
                ones_d = 3'd0;
                state_d = IDLE;
            end
        endcase
    end

    always @(posedge clk) begin
        state_q <= reset ? IDLE : state_d;
        phase_q <= reset ? 2'd0 : phase_d;
        bits_q <= reset ? 7'd0 : bits_d;
        left_q <= reset ? 3'd0 : left_d;
        ones_q <= reset ? 3'd0 : ones_d;
        dp_q <= reset || dp_d;
        dm_q <= !reset && dm_d;
        enable_q <= !reset && enable_d;
    end

    assign tx_ready = fetch;
    assign dp = dp_q;
    assign dm = dm_q;
    assign enable = enable_q;
endmodule

`default_nettype wire
