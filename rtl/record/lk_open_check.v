// SPDX-License-Identifier: Apache-2.0
// What the header of a record to open shows to be wrong: lengths (RFC 8446 section 5.2, RFC 5246 section 6.2.3), then the
// sequence number. Combinational.
`default_nettype none
`include "lk_protocol.vh"

module lk_open_check (
    input  wire        tls1_3,
    input  wire        explicit_nonce,  // eight bytes of the record
    input  wire [15:0] payload_length,  // of the command
    input  wire [15:0] record_length,   // as the record's header says
    input  wire [63:0] sequence_number,
    output reg  [7:0]  status
);
    localparam [15:0] PLAINTEXT_MAX = 16'd16384;

    // Explicit nonce and tag; in TLS 1.3 the tag and at least a content type. With 2^14 bytes of plaintext that is the most, too:
    // in TLS 1.3 less than the 2^14 + 256 of the record.
    wire [15:0] overhead = tls1_3 ? 16'd17 : explicit_nonce ? 16'd24 : 16'd16;

    always @* begin
        status = `LK_STATUS_OK;
        if ({1'b0, payload_length} != {1'b0, record_length} + 17'd5) status = `LK_STATUS_BAD_LENGTH;
        else if (record_length < overhead) status = `LK_STATUS_RECORD_TOO_SHORT;
        else if (record_length > PLAINTEXT_MAX + overhead) status = `LK_STATUS_RECORD_OVERFLOW;
        else if (&sequence_number) status = `LK_STATUS_SEQUENCE_EXHAUSTED;
    end
endmodule

`default_nettype wire
