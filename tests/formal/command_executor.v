// SPDX-License-Identifier: Apache-2.0
// P2 in lk_command_executor: a record goes to a lane only by a command whose slot check was passed, and the table advances in the cycle
// in which the lane says that something of it may leave, and then only. A completion of the executor's own waits for the records that
// are owed one. And a key is loaded into a slot that had another only when that has been erased by the same command, with nothing
// running that may use it, and the table and the lanes have come to rest since (P3): so no nonce of the old key meets the new one.
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
// mutation: replaces_in_place record/lk_command_executor.v s/state_d = erases_slot ? ERASE : RECORD/state_d = replaces ? LOAD : erases_slot ? ERASE : RECORD/
// mutation: replaces_hastily record/lk_command_executor.v s/REPLACE: if (!table_busy \&\& !keys_busy)/REPLACE: if (1'b1)/
// mutation: keeps_half_a_key record/lk_command_executor.v s/slot_valid ? COMPLETE : ERASE/COMPLETE/
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
    input wire        complete_ready,
    input wire        loaded,        // the slot has a key when the command comes
    input wire        load_done,
    input wire [7:0]  load_status,
    input wire        table_busy,
    input wire        keys_busy
);
    localparam [3:0] IDLE = 4'd0, CHECK = 4'd1, LOAD = 4'd2, RECORD = 4'd3, DISCARD = 4'd4, ERASE = 4'd5, ERASE_ALL = 4'd6,
                     SETTLE = 4'd7, COMPLETE = 4'd8, REPLACE = 4'd9;
    wire        next, advance, commit, erase, erase_all, record_valid, complete_valid, to_loader;
    wire [3:0]  state;
    wire [7:0]  status;

    wire       uses_slot;
    wire [7:0] header_status;
    lk_header_check #(.SLOTS(256)) header_check (
        .opcode(opcode), .flags(flags), .content_type(content_type), .slot(slot), .length(length), .padding(padding),
        .sequence_number(sequence_number), .uses_slot(uses_slot), .status(header_status));

    // The slot: what the command in work has done to it.
    reg  erased_q = 1'b0, rested_q = 1'b0, written_q = 1'b0;
    always @(posedge clk) begin
        erased_q <= (erased_q || erase) && !next && !reset;
        rested_q <= (rested_q || (erased_q && !table_busy && !keys_busy)) && !next && !reset;
        written_q <= (written_q || to_loader) && !erase && !next && !reset;
    end

    // What is left open is free.
    lk_command_executor executor (
        .clk(clk), .reset(reset), .header_valid(header_valid), .framing_error(framing_error), .opcode(opcode),
        .length(length), .next(next), .uses_slot(uses_slot), .header_status(header_status), .slot_status(slot_status),
        .load_status(load_status), .load_done(load_done), .to_loader(to_loader),
        .table_busy(table_busy), .slot_valid(loaded && !erased_q), .keys_busy(keys_busy), .advance(advance), .commit(commit),
        .erase(erase), .erase_all(erase_all),
        .record_valid(record_valid), .record_begins(record_begins), .record_done(record_done), .records_owed(records_owed),
        .records_run(records_run), .complete_valid(complete_valid), .complete_ready(complete_ready));

    // The parser.
    wire [137:0] header = {loaded, framing_error, opcode, flags, content_type, slot, length, padding, sequence_number};
    reg          held_q = 1'b0;
    reg [137:0]  header_q;
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
        if (state == CHECK) passed_q <= passes;
        if (next || reset) passed_q <= 1'b0;
    end

    wire seals = opcode == `LK_OPCODE_SEAL;
    wire loads = opcode == `LK_OPCODE_SLOT_LOAD;
    wire replaces = opcode == `LK_OPCODE_SLOT_REPLACE;
    wire untouched = state == IDLE || state == CHECK || state == RECORD || state == DISCARD || state == ERASE_ALL;
    wire made_room = loads || (replaces && passed_q && rested_q);
    always @* begin
        if (!reset) begin
            if (record_valid) assert (passed_q && (seals || opcode == `LK_OPCODE_OPEN));
            assert (advance == (record_begins && seals));
            if (complete_valid) assert (!records_owed);
            if (erase || erase_all) assert (!records_run);
            if (to_loader || commit) assert (made_room);
        end
        if (state == COMPLETE && written_q && status != `LK_STATUS_OK) assert (loaded && !erased_q);
        // What makes the above inductive.
        if (state == RECORD) assert (status == `LK_STATUS_OK && passed_q && (seals || opcode == `LK_OPCODE_OPEN));
        if (state == CHECK) assert (header_status == `LK_STATUS_OK && uses_slot);
        if (state != IDLE) assert (held_q);
        if (state == REPLACE) assert (replaces && passed_q && erased_q && status == `LK_STATUS_OK);
        if (state == LOAD) assert (made_room);
        if (state == ERASE && replaces && status == `LK_STATUS_OK) assert (passed_q && !written_q);
        if (state == SETTLE && status != `LK_STATUS_OK) assert (!written_q);
        if (state == REPLACE || untouched) assert (!written_q);
        if (untouched) assert (!erased_q && !rested_q);
    end
endmodule

`default_nettype wire
