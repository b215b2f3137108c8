// SPDX-License-Identifier: Apache-2.0
// P2: lk_slot_check lets no sealing pass whose sequence number is below the slot's next one, or is the last there is (so that the
// next one never wraps), or whose key has reached its hard limit; nor one for a slot that is empty, of another generation, or there to open. Nor does it let a record be
// opened with a slot that is there to seal, or a key be replaced by a payload that is no key.
//
// The module is combinational: one step from any state is all there is.
//
// method: any-state 1
// mutation: reuses record/lk_slot_check.v s/sequence_number < slot_next/sequence_number + 64'd1 < slot_next/
// mutation: compares_low_half record/lk_slot_check.v s/sequence_number < slot_next/sequence_number[31:0] < slot_next[31:0]/
// mutation: wraps record/lk_slot_check.v s/seal && &sequence_number/1'b0/
// mutation: ignores_limit record/lk_slot_check.v s/seal \&\& slot_at_limit/1'b0/
// mutation: ignores_generation record/lk_slot_check.v s/slot_generation != generation/slot_generation[7:0] != generation[7:0]/
// mutation: ignores_direction record/lk_slot_check.v s/(open && !slot_opens)/1'b0/
// mutation: replaces_by_anything record/lk_slot_check.v s/!open \&\& length/!open \&\& !replace \&\& length/
`default_nettype none
`include "lk_protocol.vh"

module formal_slot_check (
    input wire        clk,
    input wire [7:0]  opcode,
    input wire [15:0] generation,
    input wire [15:0] length,
    input wire [15:0] padding,
    input wire [63:0] sequence_number,
    input wire        slot_valid,
    input wire [15:0] slot_generation,
    input wire        slot_opens,
    input wire        slot_tls1_3,
    input wire        slot_explicit_iv,
    input wire [63:0] slot_next,
    input wire        slot_at_limit
);
    wire [7:0] status;
    lk_slot_check check (
        .opcode(opcode), .generation(generation), .length(length), .padding(padding), .sequence_number(sequence_number),
        .slot_valid(slot_valid), .slot_generation(slot_generation), .slot_opens(slot_opens), .slot_tls1_3(slot_tls1_3),
        .slot_explicit_iv(slot_explicit_iv), .slot_next(slot_next), .slot_at_limit(slot_at_limit), .status(status));

    wire passes = status == `LK_STATUS_OK;
    always @* begin
        if (passes) assert (slot_valid && slot_generation == generation);
        if (passes && opcode == `LK_OPCODE_SEAL) begin
            assert (!slot_opens);
            assert (sequence_number >= slot_next);
            assert (!slot_at_limit);
            assert (sequence_number != 64'hffff_ffff_ffff_ffff);
        end
        if (passes && opcode == `LK_OPCODE_OPEN) assert (slot_opens);
        if (passes && opcode == `LK_OPCODE_SLOT_REPLACE) assert (length == `LK_LOAD_PAYLOAD_BYTES);
    end
endmodule

`default_nettype wire
