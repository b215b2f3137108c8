// SPDX-License-Identifier: Apache-2.0
// The form of one protected record: its header as it goes on the wire, nonce, associated data and lengths, for sealing and
// for opening. TLS 1.3: RFC 8446 sections 5.2 and 5.3. TLS 1.2: RFC 5246 section 6.2.3.3 with RFC 5288 section 3 (AES-GCM) or
// RFC 7905 section 2 (ChaCha20-Poly1305). Combinational. First byte of each field in its highest bits.
`default_nettype none

module lk_record_format (
    input  wire         open,
    input  wire         tls1_3,
    input  wire         explicit_nonce,   // the record carries eight bytes of the nonce; never in TLS 1.3
    input  wire [95:0]  iv,               // with an explicit nonce: the salt in [95:64]
    input  wire [63:0]  sequence_number,
    input  wire [7:0]   content_type,     // sealing: as the command says
    input  wire [15:0]  length,           // sealing: bytes of plaintext
    input  wire [15:0]  padding,          // sealing: zeros to add
    input  wire [103:0] received,         // opening: header, and explicit nonce
    output wire [103:0] header,           // header, and explicit nonce
    output wire [3:0]   header_bytes,
    output wire [7:0]   outer_type,
    output wire [95:0]  nonce,
    output wire [15:0]  next_nonce,       // the last two bytes of the nonce of the next sequence number, whose others are most often the same
    output wire [127:0] aad,
    output wire [3:0]   aad_bytes,
    output wire [14:0]  data_bytes,       // encrypted
    output wire [15:0]  record_bytes      // the whole record
);
    localparam [7:0]  APPLICATION_DATA = 8'd23;
    localparam [15:0] LEGACY_VERSION = 16'h0303, TAG_BYTES = 16'd16, NONCE_BYTES = 16'd8;

    // Lengths of fragments: the received one, or of what sealing makes.
    wire [15:0] overhead = explicit_nonce ? TAG_BYTES + NONCE_BYTES : TAG_BYTES;
    wire [15:0] inner = tls1_3 ? length + padding + 16'd1 : length;
    wire [15:0] fragment = open ? received[79:64] : inner + overhead;
    wire [15:0] data = open ? fragment - overhead : inner;
    assign data_bytes = data[14:0];
    assign record_bytes = fragment + 16'd5;

    wire [15:0] version = open ? received[95:80] : LEGACY_VERSION;
    wire [63:0] carried = open ? received[63:0] : sequence_number;
    assign outer_type = open ? received[103:96] : tls1_3 ? APPLICATION_DATA : content_type;
    assign header = {outer_type, version, fragment, carried};
    assign header_bytes = explicit_nonce ? 4'd13 : 4'd5;

    assign nonce = explicit_nonce ? {iv[95:64], carried} : iv ^ {32'd0, sequence_number};
    wire [15:0] next_sequence_number = sequence_number[15:0] + 16'd1;
    assign next_nonce = iv[15:0] ^ next_sequence_number;
    assign aad = tls1_3 ? {outer_type, version, fragment, 88'd0} : {sequence_number, outer_type, version, data, 24'd0};
    assign aad_bytes = tls1_3 ? 4'd5 : 4'd13;

    wire unused = &{1'b0, data[15], 1'b0};
endmodule

`default_nettype wire
