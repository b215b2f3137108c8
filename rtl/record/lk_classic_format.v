// SPDX-License-Identifier: Apache-2.0
// The form of one record that is protected by a MAC: its header, what the MAC begins with, and lengths, for sealing and for
// opening. AES-CBC: RFC 6101 section 5.2.3.2, RFC 2246, RFC 4346 and RFC 5246 section 6.2.3.2, RFC 7366; NULL: section 6.2.3.1.
// Combinational. First byte of each field in its highest bits.
`default_nettype none

module lk_classic_format (
    input  wire         open,
    input  wire         cbc,               // otherwise NULL
    input  wire         sha256,            // otherwise SHA-1
    input  wire         encrypt_then_mac,  // CBC
    input  wire         explicit_iv,       // CBC: 16 bytes in front of the ciphertext, and of the plaintext in SEAL's payload
    input  wire [3:0]   version,
    input  wire [63:0]  sequence_number,
    input  wire [7:0]   content_type,      // sealing: as the command says
    input  wire [15:0]  length,            // sealing: of the payload
    input  wire [39:0]  received,          // opening: the header
    output wire [39:0]  header,
    output wire [14:0]  plaintext_bytes,   // sealing
    output wire [3:0]   padding,           // sealing with CBC: what each byte of padding says, and one less than there are
    output wire [14:0]  body_bytes,        // of ciphertext, or of what NULL does not encrypt; without IV, and MAC outside
    output wire [14:0]  mac_bytes,         // of what the MAC covers; not when CBC opens with the MAC unpadded
    output wire [87:0]  mac_header,        // sequence number, type, version
    output wire [15:0]  record_bytes
);
    localparam [7:0] MAJOR = 8'd3;

    wire        mac_inside = cbc && !encrypt_then_mac;
    wire [15:0] mac = sha256 ? 16'd32 : 16'd20;
    wire [15:0] iv = explicit_iv ? 16'd16 : 16'd0;

    // Without IV; and, where it is not encrypted, without MAC.
    wire [15:0] plaintext = length - iv;
    wire [15:0] unpadded = mac_inside ? plaintext + mac : plaintext;
    wire [15:0] sealed = cbc ? {unpadded[15:4] + 12'd1, 4'd0} : plaintext;
    wire [15:0] rest = received[15:0] - iv;
    wire [15:0] opened = mac_inside ? rest : rest - mac;
    wire [15:0] body = open ? opened : sealed;
    wire [15:0] covered = encrypt_then_mac ? body + iv : open ? body : plaintext;
    wire [15:0] fragment = sealed + iv + (mac_inside ? 16'd0 : mac);

    assign header = open ? received : {content_type, MAJOR, 4'd0, version, fragment};
    assign plaintext_bytes = plaintext[14:0];
    assign padding = 4'd15 - unpadded[3:0];
    assign body_bytes = body[14:0];
    assign mac_bytes = covered[14:0];
    assign mac_header = {sequence_number, header[39:16]};
    assign record_bytes = fragment + 16'd5;

    wire unused = &{1'b0, body[15], covered[15], 1'b0};
endmodule

`default_nettype wire
