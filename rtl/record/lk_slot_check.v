// SPDX-License-Identifier: Apache-2.0
// Whether a command fits the slot that it names (all opcodes about a slot but SLOT_LOAD), and for all but OPEN the rest that can
// be wrong before a payload is looked at: lengths, then the sequence number. Combinational.
`default_nettype none
`include "lk_protocol.vh"

module lk_slot_check (
    input  wire [7:0]  opcode,
    input  wire [15:0] generation,
    input  wire [15:0] length,
    input  wire [15:0] padding,
    input  wire [63:0] sequence_number,
    input  wire        slot_valid,
    input  wire [15:0] slot_generation,
    input  wire        slot_opens,
    input  wire        slot_tls1_3,
    input  wire        slot_explicit_iv, // sixteen bytes of IV stand in front of the plaintext
    input  wire [63:0] slot_next,        // the lowest sequence number that sealing accepts (P2)
    input  wire        slot_at_limit,    // its key seals no more
    output reg  [7:0]  status
);
    localparam [16:0] PLAINTEXT_MAX = 17'd16384, IV_BYTES = 17'd16;

    wire seal = opcode == `LK_OPCODE_SEAL;
    wire open = opcode == `LK_OPCODE_OPEN;
    wire replace = opcode == `LK_OPCODE_SLOT_REPLACE;
    wire [16:0] inner = {1'b0, length} + {1'b0, padding};  // without the content type
    wire seal_fits = slot_explicit_iv ? inner >= IV_BYTES && inner <= PLAINTEXT_MAX + IV_BYTES : inner <= PLAINTEXT_MAX;

    always @* begin
        status = `LK_STATUS_OK;
        if (!slot_valid) status = `LK_STATUS_SLOT_EMPTY;
        else if (slot_generation != generation) status = `LK_STATUS_STALE_GENERATION;
        else if ((seal && slot_opens) || (open && !slot_opens)) status = `LK_STATUS_WRONG_DIRECTION;
        else if (seal && !slot_tls1_3 && padding != 16'd0) status = `LK_STATUS_BAD_FIELD;
        else if (seal ? !seal_fits : !open && length != (replace ? `LK_LOAD_PAYLOAD_BYTES : 16'd0)) status = `LK_STATUS_BAD_LENGTH;
        else if (seal && sequence_number < slot_next) status = `LK_STATUS_SEQUENCE_REUSED;
        else if (seal && &sequence_number) status = `LK_STATUS_SEQUENCE_EXHAUSTED;
        else if (seal && slot_at_limit) status = `LK_STATUS_RECORD_LIMIT;
    end
endmodule

`default_nettype wire
