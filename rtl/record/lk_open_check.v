// SPDX-License-Identifier: Apache-2.0
// What the header of a record to open shows to be wrong: lengths (RFC 8446 section 5.2, RFC 5246 section 6.2.3), then the
// sequence number. Combinational.
`default_nettype none
`include "lk_protocol.vh"

module lk_open_check (
    input  wire        tls1_3,
    input  wire [15:0] payload_length,  // of the command
    input  wire [15:0] record_length,   // as the record's header says
    input  wire [63:0] sequence_number,
    output reg  [7:0]  status
);
    // Explicit nonce and tag; in TLS 1.3 the tag and at least a content type.
    localparam [15:0] SHORTEST_1_2 = 16'd24, SHORTEST_1_3 = 16'd17;
    // 2^14 + 24; in TLS 1.3 2^14 + 1 + 16, which is less than the 2^14 + 256 of the record.
    localparam [15:0] LONGEST_1_2 = 16'd16408, LONGEST_1_3 = 16'd16401;

    always @* begin
        status = `LK_STATUS_OK;
        if ({1'b0, payload_length} != {1'b0, record_length} + 17'd5) status = `LK_STATUS_BAD_LENGTH;
        else if (record_length < (tls1_3 ? SHORTEST_1_3 : SHORTEST_1_2)) status = `LK_STATUS_RECORD_TOO_SHORT;
        else if (record_length > (tls1_3 ? LONGEST_1_3 : LONGEST_1_2)) status = `LK_STATUS_RECORD_OVERFLOW;
        else if (&sequence_number) status = `LK_STATUS_SEQUENCE_EXHAUSTED;
    end
endmodule

`default_nettype wire
