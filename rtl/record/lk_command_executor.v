// SPDX-License-Identifier: Apache-2.0
// Takes one command after the other: checks it in the order of docs/protocol.md, does it, and announces its completion. While
// the lane finishes a record, the next command is already parsed, looked up and checked; completions stay in the order of the
// commands.
`default_nettype none
`include "lk_protocol.vh"

module lk_command_executor (
    input  wire        clk,
    input  wire        reset,
    // The command in work.
    input  wire        header_valid,
    input  wire        framing_error,
    input  wire [7:0]  opcode,
    input  wire [15:0] slot,
    input  wire [15:0] generation,
    input  wire [31:0] tag,
    input  wire [15:0] length,
    input  wire        payload_done,
    output wire        next,              // pulse: done with it
    // What the checks say.
    input  wire        uses_slot,
    input  wire [7:0]  header_status,
    input  wire [7:0]  slot_status,
    input  wire [7:0]  open_status,
    input  wire [7:0]  load_status,
    input  wire        load_done,
    // Where the payload goes.
    output wire        payload_begins,    // pulse before the first of it goes anywhere
    output wire        to_loader,
    output wire        to_received,
    output wire        to_lane,
    output wire        to_nowhere,
    input  wire        received_header,
    input  wire        received_all,
    // Session table.
    input  wire        table_busy,        // also while the slot is being looked up
    input  wire        slot_valid,
    output wire        fetch_key,
    output wire        advance,
    output wire        commit,
    output wire        erase,
    output wire        erase_all,
    // Lane and record buffer.
    input  wire        lane_idle,
    input  wire        lane_in_done,
    input  wire        lane_key_busy,
    input  wire        lane_done,
    input  wire        lane_authentic,
    input  wire        lane_typeless,
    input  wire [7:0]  lane_type,
    input  wire [14:0] lane_bytes,
    input  wire [15:0] record_bytes,      // of the record that sealing makes
    input  wire        bank_free,
    output wire        lane_start,
    output wire        lane_key_wipe,
    output wire        keep,              // the plaintext in the record buffer may go out
    // Completions.
    output wire        complete_valid,
    input  wire        complete_ready,
    output reg  [7:0]  complete_opcode,
    output reg  [7:0]  complete_status,
    output reg  [7:0]  complete_type,
    output reg  [15:0] complete_slot,
    output reg  [15:0] complete_generation,
    output reg  [31:0] complete_tag,
    output reg  [15:0] complete_length,
    output wire        idle
);
    localparam [3:0] IDLE = 4'd0, CHECK = 4'd1, LOAD = 4'd2, RECEIVE = 4'd3, START = 4'd4, STREAM = 4'd5, DISCARD = 4'd6,
                     ERASE = 4'd7, ERASE_ALL = 4'd8, SETTLE = 4'd9, COMPLETE = 4'd10;

    reg [3:0]  state_d, state_q = IDLE;
    reg [7:0]  status_d, status_q = `LK_STATUS_OK;
    reg [15:0] key_slot_d, key_slot_q = 16'd0;   // whose key the lane holds
    reg        key_valid_d, key_valid_q = 1'b0;
    // A record is being opened; its result is there; whom to tell.
    reg        opening_d, opening_q = 1'b0;
    reg        opened_d, opened_q = 1'b0;
    reg [63:0] opening_for_d, opening_for_q = 64'd0;

    wire seal = opcode == `LK_OPCODE_SEAL;
    wire open = opcode == `LK_OPCODE_OPEN;
    wire load = opcode == `LK_OPCODE_SLOT_LOAD;
    wire erases_slot = opcode == `LK_OPCODE_SLOT_DELETE;
    wire erases_all = opcode == `LK_OPCODE_SLOT_DELETE_ALL;
    wire key_here = key_valid_q && key_slot_q == slot;
    wire lane_free = lane_idle && !opening_q;
    wire opened = opened_q || (opening_q && lane_done);
    wire announces = complete_valid && complete_ready;

    assign payload_begins = state_q == CHECK;
    assign to_loader = state_q == LOAD;
    assign to_received = state_q == RECEIVE && !received_all && !(received_header && open_status != `LK_STATUS_OK);
    assign to_lane = state_q == STREAM;
    assign to_nowhere = state_q == DISCARD;

    assign fetch_key = state_q == START && !key_here && lane_free && !table_busy;
    assign lane_start = state_q == START && key_here && lane_free && !lane_key_busy && !table_busy
                      && (seal ? complete_ready : bank_free);
    assign advance = lane_start && seal;
    assign commit = state_q == LOAD && load_done && load_status == `LK_STATUS_OK;
    assign erase = state_q == ERASE && lane_free && !table_busy;
    assign erase_all = state_q == ERASE_ALL && lane_free && !table_busy;
    assign lane_key_wipe = (erase && key_here) || erase_all;
    assign next = (state_q == STREAM && lane_in_done) || (state_q == COMPLETE && announces && !opened);
    assign idle = state_q == IDLE && !header_valid && lane_free;

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
                else if (erases_slot) state_d = ERASE;
                else state_d = open ? RECEIVE : START;
            end
            LOAD: if (load_done) begin
                status_d = load_status;
                // What has been written to a slot that does not become valid is erased.
                state_d = load_status == `LK_STATUS_OK ? SETTLE : slot_valid ? COMPLETE : ERASE;
            end
            RECEIVE: if (received_header && open_status != `LK_STATUS_OK) begin
                status_d = open_status;
                state_d = DISCARD;
            end else if (received_all) state_d = START;
            START: if (lane_start) state_d = STREAM;
            STREAM: if (lane_in_done) state_d = IDLE;
            DISCARD: if (payload_done) state_d = COMPLETE;
            ERASE: if (erase) state_d = SETTLE;
            ERASE_ALL: if (erase_all) state_d = SETTLE;
            SETTLE: if (!table_busy && !lane_key_busy) state_d = COMPLETE;
            default: if (next) state_d = IDLE;
        endcase
        if (reset) state_d = IDLE;
    end

    always @* begin
        key_slot_d = fetch_key ? slot : key_slot_q;
        key_valid_d = (key_valid_q || fetch_key) && !lane_key_wipe;
        opening_d = opening_q;
        opened_d = opened;
        opening_for_d = opening_for_q;
        if (lane_start && open) begin
            opening_d = 1'b1;
            opening_for_d = {slot, generation, tag};
        end else if (opened && announces) begin
            opening_d = 1'b0;
            opened_d = 1'b0;
        end
        if (reset) begin
            key_valid_d = 1'b0;
            opening_d = 1'b0;
            opened_d = 1'b0;
        end
    end

    // Announcements: a record that has been opened; a record of which sealing begins; everything else when it is over.
    assign complete_valid = opened || (lane_start && seal) || (state_q == COMPLETE && !opening_q);
    assign keep = opened && announces && complete_length != 16'd0;
    always @* begin
        complete_opcode = opcode;
        complete_status = status_q;
        complete_type = 8'd0;
        complete_slot = slot;
        complete_generation = generation;
        complete_tag = tag;
        complete_length = 16'd0;
        if (opened) begin
            complete_opcode = `LK_OPCODE_OPEN;
            {complete_slot, complete_generation, complete_tag} = opening_for_q;
            complete_status = !lane_authentic ? `LK_STATUS_BAD_RECORD_MAC
                            : lane_typeless ? `LK_STATUS_NO_CONTENT_TYPE : `LK_STATUS_OK;
            if (lane_authentic && !lane_typeless) begin
                complete_type = lane_type;
                complete_length = {1'b0, lane_bytes};
            end
        end else if (state_q == START) begin
            complete_length = record_bytes;
        end else if (framing_error) begin
            complete_opcode = 8'd0;
            complete_slot = 16'd0;
            complete_generation = 16'd0;
            complete_tag = 32'd0;
        end
    end

    always @(posedge clk) begin
        state_q <= state_d;
        status_q <= status_d;
        key_slot_q <= key_slot_d;
        key_valid_q <= key_valid_d;
        opening_q <= opening_d;
        opened_q <= opened_d;
        opening_for_q <= opening_for_d;
    end

`ifdef FORMAL
    always @(posedge clk) if (!reset) begin
        if (keep) assert (lane_authentic);                                        // P1
        if (complete_valid && complete_status != `LK_STATUS_OK) assert (complete_length == 16'd0);
        if (lane_start && seal) assert (status_q == `LK_STATUS_OK && advance);    // P2
        assert (!opened_q || opening_q);
    end
`endif
endmodule

`default_nettype wire
