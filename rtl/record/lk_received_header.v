// SPDX-License-Identifier: Apache-2.0
// Keeps the first bytes of a record to open: its header and, where it carries one, the explicit nonce.
`default_nettype none

module lk_received_header (
    input  wire         clk,
    input  wire         reset,
    input  wire         begins,    // pulse: a new record
    input  wire         explicit_nonce,
    input  wire [7:0]   in_data,
    input  wire         in_valid,  // taken at once
    output wire [103:0] bytes,     // first byte in [103:96]
    output wire         header,    // five bytes are there
    output wire         all        // all of them are there
);
    localparam [3:0] HEADER_BYTES = 4'd5, NONCE_END = 4'd13;

    reg [103:0] bytes_d, bytes_q = 104'd0;
    reg [3:0]   count_d, count_q = 4'd0;

    assign bytes = bytes_q;
    assign header = count_q >= HEADER_BYTES;
    assign all = count_q == (explicit_nonce ? NONCE_END : HEADER_BYTES);

    integer i;
    always @* begin
        bytes_d = bytes_q;
        count_d = count_q;
        if (in_valid) begin
            count_d = count_q + 4'd1;
            for (i = 0; i < 13; i = i + 1) begin
                if (count_q == i[3:0]) bytes_d[103-8*i-:8] = in_data;
            end
        end
        if (reset || begins) count_d = 4'd0;
    end

    always @(posedge clk) begin
        bytes_q <= bytes_d;
        count_q <= count_d;
    end
endmodule

`default_nettype wire
