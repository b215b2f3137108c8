// SPDX-License-Identifier: Apache-2.0
// Takes one command after the other: checks it in the order of docs/protocol.md, does what is about slots, hands records to a
// lane, which announces their completions, and announces all others. A completion of its own waits for the records before it.
`default_nettype none
`include "lk_protocol.vh"

module lk_command_executor (
    input  wire        clk,
    input  wire        reset,
    // The command in work.
    input  wire        header_valid,
    input  wire        framing_error,
    input  wire [7:0]  opcode,
    input  wire [15:0] length,
    input  wire        payload_done,
    output wire        next,              // pulse: done with it
    // What the checks say.
    input  wire        uses_slot,
    input  wire [7:0]  header_status,
    input  wire [7:0]  slot_status,
    input  wire [7:0]  load_status,
    input  wire        load_done,
    // Where the payload goes, when no record is in work.
    output wire        payload_begins,    // up to the cycle before the first of it goes anywhere
    output wire        to_loader,
    output wire        to_nowhere,
    // Session table.
    input  wire        table_busy,        // also while the slot is being looked up
    input  wire        slot_valid,
    output wire        advance,
    output wire        commit,
    output wire        erase,
    output wire        erase_all,
    // Records.
    output wire        record_valid,      // this command is one, and nothing is wrong with it but what its payload shows
    input  wire        record_begins,     // pulse: from now on something of it may leave
    input  wire        record_done,       // pulse: all its payload has been consumed
    input  wire        records_owed,      // records before this command of which nobody has been told
    input  wire        records_run,       // records before this command that use their keys
    input  wire        keys_busy,         // also while they are wiped
    // Completions of all but records.
    output wire        complete_valid,
    input  wire        complete_ready,
    output wire [7:0]  complete_opcode,
    output wire [7:0]  complete_status,
    output wire        idle
);
    localparam [3:0] IDLE = 4'd0, CHECK = 4'd1, LOAD = 4'd2, RECORD = 4'd3, DISCARD = 4'd4, ERASE = 4'd5, ERASE_ALL = 4'd6,
                     SETTLE = 4'd7, COMPLETE = 4'd8, REPLACE = 4'd9;

    reg [3:0]  state_d, state_q = IDLE;
    reg [7:0]  status_d, status_q = `LK_STATUS_OK;

    wire seal = opcode == `LK_OPCODE_SEAL;
    wire open = opcode == `LK_OPCODE_OPEN;
    wire load = opcode == `LK_OPCODE_SLOT_LOAD;
    wire replaces = opcode == `LK_OPCODE_SLOT_REPLACE;
    wire erases_slot = opcode == `LK_OPCODE_SLOT_DELETE || replaces;
    wire erases_all = opcode == `LK_OPCODE_SLOT_DELETE_ALL;

    assign payload_begins = state_q == CHECK || state_q == REPLACE;
    assign to_loader = state_q == LOAD;
    assign to_nowhere = state_q == DISCARD;

    assign record_valid = state_q == RECORD;
    assign advance = record_valid && record_begins && seal;
    assign commit = state_q == LOAD && load_done && load_status == `LK_STATUS_OK;
    assign erase = state_q == ERASE && !records_run && !table_busy;
    assign erase_all = state_q == ERASE_ALL && !records_run && !table_busy;
    assign complete_valid = state_q == COMPLETE && !records_owed;
    assign next = (record_valid && record_done) || (complete_valid && complete_ready);
    assign idle = state_q == IDLE && !header_valid;

    // Nothing of a header is to be had without a command.
    assign complete_opcode = framing_error ? 8'd0 : opcode;
    assign complete_status = status_q;

    // After the look-up: what can be wrong before any of the payload is looked at.
    reg [7:0] check_status;
    always @* begin
        check_status = `LK_STATUS_OK;
        if (load) begin
            if (length != `LK_LOAD_PAYLOAD_BYTES) check_status = `LK_STATUS_BAD_LENGTH;
        end else if (slot_status != `LK_STATUS_OK) check_status = slot_status;
        else if (open && length < 16'd5) check_status = `LK_STATUS_BAD_LENGTH;
    end

    always @* begin
        state_d = state_q;
        status_d = status_q;
        case (state_q)
            IDLE: if (header_valid) begin
                status_d = framing_error ? `LK_STATUS_FRAMING : header_status;
                if (framing_error) state_d = COMPLETE;
                else if (header_status != `LK_STATUS_OK) state_d = DISCARD;
                else if (erases_all) state_d = ERASE_ALL;
                else state_d = uses_slot ? CHECK : COMPLETE;
            end
            CHECK: if (!table_busy) begin
                status_d = check_status;
                if (check_status != `LK_STATUS_OK) state_d = DISCARD;
                else if (load) state_d = LOAD;
                else state_d = erases_slot ? ERASE : RECORD;
            end
            LOAD: if (load_done) begin
                status_d = load_status;
                // What has been written to a slot that does not become valid is erased.
                state_d = load_status == `LK_STATUS_OK ? SETTLE : slot_valid ? COMPLETE : ERASE;
            end
            RECORD: if (record_done) state_d = IDLE;
            DISCARD: if (payload_done) state_d = COMPLETE;
            // To be replaced, a key is erased first; what was refused since is erased for good.
            ERASE: if (erase) state_d = replaces && status_q == `LK_STATUS_OK ? REPLACE : SETTLE;
            REPLACE: if (!table_busy && !keys_busy) state_d = LOAD;
            ERASE_ALL: if (erase_all) state_d = SETTLE;
            SETTLE: if (!table_busy && !keys_busy) state_d = COMPLETE;
            default: if (next) state_d = IDLE;
        endcase
        if (reset) state_d = IDLE;
    end

    always @(posedge clk) begin
        state_q <= state_d;
        status_q <= status_d;
    end
endmodule

`default_nettype wire
