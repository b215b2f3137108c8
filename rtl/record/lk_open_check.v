// SPDX-License-Identifier: Apache-2.0
// What the header of a record to open shows to be wrong: lengths (RFC 8446 section 5.2, RFC 5246 section 6.2.3, RFC 7366), then
// the sequence number. Combinational.
`default_nettype none
`include "lk_protocol.vh"

module lk_open_check (
    input  wire        tls1_3,
    input  wire        explicit_nonce,    // AEAD: eight bytes of the record
    input  wire        classic,           // no AEAD, but a MAC,
    input  wire        sha256,            // of SHA-256, or of SHA-1
    input  wire        cbc,
    input  wire        explicit_iv,       // CBC: the record carries it
    input  wire        encrypt_then_mac,  // CBC
    input  wire        ssl3,
    input  wire [15:0] payload_length,    // of the command
    input  wire [15:0] record_length,     // as the record's header says
    input  wire [63:0] sequence_number,
    output reg  [7:0]  status
);
    localparam [15:0] PLAINTEXT_MAX = 16'd16384;

    // AEAD: explicit nonce and tag; in TLS 1.3 the tag and at least a content type. With 2^14 bytes of plaintext that is the most,
    // too: in TLS 1.3 less than the 2^14 + 256 of the record.
    wire [15:0] overhead = tls1_3 ? 16'd17 : explicit_nonce ? 16'd24 : 16'd16;

    // CBC: at least one block, and a byte of padding behind a MAC that is encrypted; at most 256 bytes of it, in SSL 3.0 a block.
    wire [15:0] mac = sha256 ? 16'd32 : 16'd20;
    wire [15:0] iv = explicit_iv ? 16'd16 : 16'd0;
    wire [15:0] shortest_body = encrypt_then_mac ? mac + 16'd16 : sha256 ? 16'd48 : 16'd32;
    wire [15:0] shortest = !classic ? overhead : cbc ? iv + shortest_body : mac;
    wire [15:0] more = !classic ? overhead : !cbc ? mac : iv + mac + (ssl3 ? 16'd16 : 16'd256);
    // Whole blocks: the IV is one, and so is the MAC of SHA-256.
    wire [3:0]  blocks_end = record_length[3:0] - (encrypt_then_mac ? mac[3:0] : 4'd0);

    always @* begin
        status = `LK_STATUS_OK;
        if ({1'b0, payload_length} != {1'b0, record_length} + 17'd5) status = `LK_STATUS_BAD_LENGTH;
        else if (record_length < shortest) status = `LK_STATUS_RECORD_TOO_SHORT;
        else if (record_length > PLAINTEXT_MAX + more) status = `LK_STATUS_RECORD_OVERFLOW;
        else if (cbc && blocks_end != 4'd0) status = `LK_STATUS_BAD_RECORD_MAC;
        else if (&sequence_number) status = `LK_STATUS_SEQUENCE_EXHAUSTED;
    end
endmodule

`default_nettype wire
