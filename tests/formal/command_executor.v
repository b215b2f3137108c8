// SPDX-License-Identifier: Apache-2.0
// P2 in lk_command_executor: a record goes to a lane only by a command whose slot check was passed, and the table advances in the cycle
// in which the lane says that something of it may leave, and then only. A completion of the executor's own waits for the records that
// are owed one.
//
// Assumed: what the parser holds of a command, it holds until `next`; a record begins, and its payload ends, only while it is there.
//
// method: induction 10
// sees: state executor.state_q
// sees: status executor.status_q
// mutation: starts_unchecked record/lk_command_executor.v s/status_d = check_status;/status_d = `LK_STATUS_OK;/;s/if (check_status != `LK_STATUS_OK) state_d/if (1'b0) state_d/
// mutation: never_advances record/lk_command_executor.v s/assign advance = .*/assign advance = 1'b0;/
// mutation: advances_always record/lk_command_executor.v s/assign advance = .*/assign advance = record_valid \&\& record_begins;/
// mutation: overtakes record/lk_command_executor.v s/state_q == COMPLETE && !records_owed/state_q == COMPLETE/
// mutation: erases_in_use record/lk_command_executor.v s/state_q == ERASE && !records_run/state_q == ERASE/
`default_nettype none
`include "lk_protocol.vh"

module formal_command_executor (
    input wire        clk,
    input wire        reset,
    input wire        header_valid,
    input wire        framing_error,
    input wire [7:0]  opcode,
    input wire [7:0]  flags,
    input wire [7:0]  content_type,
    input wire [15:0] slot,
    input wire [15:0] length,
    input wire [15:0] padding,
    input wire [63:0] sequence_number,
    input wire [7:0]  slot_status,
    input wire        record_begins,
    input wire        record_done,
    input wire        records_owed,
    input wire        records_run,
    input wire        complete_ready
);
    localparam [3:0] IDLE = 4'd0, CHECK = 4'd1, RECORD = 4'd3;
    wire        next, advance, erase, erase_all, record_valid, complete_valid, payload_begins;
    wire [3:0]  state;
    wire [7:0]  status;

    wire       uses_slot;
    wire [7:0] header_status;
    lk_header_check #(.SLOTS(256)) header_check (
        .opcode(opcode), .flags(flags), .content_type(content_type), .slot(slot), .length(length), .padding(padding),
        .sequence_number(sequence_number), .uses_slot(uses_slot), .status(header_status));

    // What is left open is free.
    lk_command_executor executor (
        .clk(clk), .reset(reset), .header_valid(header_valid), .framing_error(framing_error), .opcode(opcode), .slot(slot),
        .length(length), .next(next), .uses_slot(uses_slot), .header_status(header_status), .slot_status(slot_status),
        .payload_begins(payload_begins), .advance(advance), .erase(erase), .erase_all(erase_all),
        .record_valid(record_valid), .record_begins(record_begins), .record_done(record_done), .records_owed(records_owed),
        .records_run(records_run), .complete_valid(complete_valid), .complete_ready(complete_ready));

    // The parser.
    wire [136:0] header = {framing_error, opcode, flags, content_type, slot, length, padding, sequence_number};
    reg          held_q = 1'b0;
    reg [136:0]  header_q;
    always @(posedge clk) begin
        held_q <= header_valid && !next && !reset;
        header_q <= header;
    end
    always @* if (held_q) assume (header_valid && header == header_q);

    // The lane.
    always @* if (record_begins || record_done) assume (record_valid);

    // What the slot check said of the command in work, when it was asked.
    reg  passed_q = 1'b0;
    wire passes = slot_status == `LK_STATUS_OK;
    always @(posedge clk) begin
        if (payload_begins) passed_q <= passes;
        if (next || reset) passed_q <= 1'b0;
    end

    wire seals = opcode == `LK_OPCODE_SEAL;
    always @* begin
        if (!reset) begin
            if (record_valid) assert (passed_q && (seals || opcode == `LK_OPCODE_OPEN));
            assert (advance == (record_begins && seals));
            if (complete_valid) assert (!records_owed);
            if (erase || erase_all) assert (!records_run);
        end
        // What makes the above inductive.
        if (state == RECORD) assert (status == `LK_STATUS_OK && passed_q && (seals || opcode == `LK_OPCODE_OPEN));
        if (state == CHECK) assert (header_status == `LK_STATUS_OK && uses_slot);
        if (state != IDLE) assert (held_q);
    end
endmodule

`default_nettype wire
