// SPDX-License-Identifier: Apache-2.0
// What a command's header shows to be wrong by itself: opcode, then reserved fields, then the slot number. Combinational.
`default_nettype none
`include "lk_protocol.vh"

module lk_header_check #(
    parameter SLOTS = 256
) (
    input  wire [7:0]  opcode,
    input  wire [7:0]  flags,
    input  wire [7:0]  content_type,
    input  wire [15:0] slot,
    input  wire [15:0] length,
    input  wire [15:0] padding,
    input  wire [63:0] sequence_number,
    output wire        uses_slot,  // the opcode is about one slot
    output reg  [7:0]  status
);
    wire seal = opcode == `LK_OPCODE_SEAL;
    wire numbered = seal || opcode == `LK_OPCODE_OPEN || opcode == `LK_OPCODE_SLOT_LOAD || opcode == `LK_OPCODE_SLOT_REPLACE;
    wire general = opcode == `LK_OPCODE_NOP || opcode == `LK_OPCODE_SLOT_DELETE_ALL;
    assign uses_slot = numbered || opcode == `LK_OPCODE_SLOT_DELETE;

    wire bad_type = seal ? content_type == 8'd0 : content_type != 8'd0;
    wire bad_padding = !seal && padding != 16'd0;
    wire bad_sequence = !numbered && sequence_number != 64'd0;

    always @* begin
        status = `LK_STATUS_OK;
        if (!uses_slot && !general) status = `LK_STATUS_UNKNOWN_OPCODE;
        else if (flags != 8'd0 || bad_type || bad_padding || bad_sequence) status = `LK_STATUS_BAD_FIELD;
        else if (uses_slot && {16'd0, slot} >= SLOTS) status = `LK_STATUS_BAD_SLOT;
        else if (general && length != 16'd0) status = `LK_STATUS_BAD_LENGTH;
    end
endmodule

`default_nettype wire
