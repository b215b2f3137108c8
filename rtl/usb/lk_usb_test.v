// SPDX-License-Identifier: Apache-2.0
// The electrical test modes of a high-speed device (USB 2.0 clauses 7.1.20 and 9.4.9): a line held at J or at K, a NAK for every IN
// token, or one packet again and again. lk_usb_reset stands still meanwhile; only the loss of power ends a test.
`default_nettype none

module lk_usb_test (
    input  wire       clk,
    input  wire       reset,
    input  wire [2:0] selector,     // table 9-7; 0: no test
    output wire       active,
    output wire       nak,          // every IN token is NAKed, and nothing else answered
    output wire       raw,          // the line is held: bytes go out as they are, without end
    output wire [7:0] level,        // these bytes: ones without NRZI are J, zeros are K (clause 7.1.7.5)
    // lk_usb_transmit: DATA0 packets
    output wire       packet_start,
    input  wire       packet_busy,
    input  wire       data_next,
    output reg  [7:0] data,
    output wire       data_last
);
    localparam [2:0] TEST_J = 3'd1, TEST_K = 3'd2, TEST_SE0_NAK = 3'd3, TEST_PACKET = 3'd4;
    localparam [5:0] GAP = 6'd40;   // at least 88 bit times, at most 125 us (clause 7.1.20)
    localparam [5:0] LAST = 6'd52;  // of 53 bytes

    reg [5:0] gap_q, gap_d;
    reg [5:0] index_q, index_d;
    reg       start_q, start_d;

    always @* begin
        gap_d = (packet_busy || start_q || selector != TEST_PACKET) ? GAP : gap_q - 6'd1;
        start_d = selector == TEST_PACKET && gap_q == 6'd0;
        index_d = start_q ? 6'd0 : index_q + {5'd0, data_next};
        if (start_d) gap_d = GAP;
    end

    always @(posedge clk) begin
        gap_q <= reset ? GAP : gap_d;
        index_q <= reset ? 6'd0 : index_d;
        start_q <= !reset && start_d;
    end

    // Many changes of the line, few, runs of ones with bit stuffing, and one bit that moves.
    always @* begin
        data = 8'hFF;
        if (index_q < 6'd9) data = 8'h00;
        else if (index_q < 6'd17) data = 8'hAA;
        else if (index_q < 6'd25) data = 8'hEE;
        else case (index_q)
            6'd25: data = 8'hFE;
            6'd37: data = 8'h7F;
            6'd45, 6'd52: data = 8'h7E;
            6'd38, 6'd46: data = 8'hBF;
            6'd39, 6'd47: data = 8'hDF;
            6'd40, 6'd48: data = 8'hEF;
            6'd41, 6'd49: data = 8'hF7;
            6'd42, 6'd50: data = 8'hFB;
            6'd43, 6'd51: data = 8'hFD;
            6'd44: data = 8'hFC;
            default: ;
        endcase
    end

    assign active = selector != 3'd0;
    assign nak = selector == TEST_SE0_NAK;
    assign raw = selector == TEST_J || selector == TEST_K;
    assign level = (selector == TEST_J) ? 8'hFF : 8'h00;
    assign packet_start = start_q;
    assign data_last = index_q == LAST;
endmodule

`default_nettype wire
