// SPDX-License-Identifier: Apache-2.0
// The session slots, in block RAM: sixteen words each. Key words leave by key_word alone, for the lane (P3); erased means
// zeros in memory. One operation at a time: a pulse while not busy, except that erase_all interrupts whatever runs.
//
//   word 0     valid, direction, version, cipher, generation
//   words 1-2  the lowest sequence number that sealing accepts (P2)
//   words 3-5  IV (TLS 1.2 AES-GCM: the salt in word 3)
//   words 8-15 key (AES-128: words 8-11)
`default_nettype none

module lk_session_table #(
    parameter SLOTS = 256
) (
    input  wire        clk,
    input  wire        reset,             // erases all
    input  wire        erase_all,
    input  wire        erase,             // of the slot that was found last
    input  wire        find,
    input  wire        fetch_key,         // of key_slot
    input  wire [15:0] key_slot,
    input  wire        advance,           // the lowest number accepted becomes sequence_number + 1
    input  wire        commit,            // makes a slot whose key and IV have been written valid
    input  wire        write,             // one word; never busy
    output wire        busy,
    input  wire [15:0] slot,              // taken with find
    input  wire [3:0]  write_index,
    input  wire [31:0] write_word,
    input  wire [63:0] sequence_number,   // with advance and commit
    input  wire [28:0] commit_properties, // direction, version (4), cipher (8), generation (16)
    // What find found; holds until the next operation but fetch_key and advance.
    output wire        valid,
    output wire        opens,
    output wire [3:0]  version,
    output wire [7:0]  cipher,
    input  wire        key_128,           // the key that is fetched is short; until it has been
    output wire [15:0] generation,
    output wire [63:0] next,
    output wire [95:0] iv,                // first byte in [95:88]
    output wire        key_word_valid,
    output wire [31:0] key_word,          // first byte in [31:24]
    output wire [15:0] live               // valid slots
);
    localparam SLOT_BITS = $clog2(SLOTS), BITS = SLOT_BITS + 4, WORDS = SLOTS * 16;
    localparam [3:0] FIND_LAST = 4'd5, KEY_FIRST = 4'd8, KEY_128_LAST = 4'd11, KEY_LAST = 4'd15,
                     ADVANCE_LAST = 4'd2, SLOT_LAST = 4'd15;
    localparam [2:0] IDLE = 3'd0, FIND = 3'd1, KEY = 3'd2, ADVANCE = 3'd3, COMMIT = 3'd4, ERASE = 3'd5, ERASE_ALL = 3'd6;

    reg [2:0]      state_d, state_q = ERASE_ALL;
    reg [BITS-1:0] address_d, address_q = {BITS{1'b0}};
    reg            read_d, read_q = 1'b0;              // word_q holds word read_index_q of a find
    reg            key_d, key_q = 1'b0;                // word_q holds a word of the key
    reg [3:0]      read_index_d, read_index_q = 4'd0;
    reg            valid_d, valid_q = 1'b0;
    reg [28:0]     properties_d, properties_q = 29'd0;
    reg [63:0]     next_d, next_q = 64'd0;
    reg [95:0]     iv_d, iv_q = 96'd0;
    reg [15:0]     live_d, live_q = 16'd0;

    reg [31:0] memory[0:WORDS-1];
    reg [31:0] word_q = 32'd0;
    reg [31:0] memory_in;
    reg        memory_write;

    wire [3:0]           index = address_q[3:0];
    reg  [SLOT_BITS-1:0] found_d, found_q = {SLOT_BITS{1'b0}};
    wire [SLOT_BITS-1:0] found = found_q;
    wire [31:0]          swapped = {word_q[7:0], word_q[15:8], word_q[23:16], word_q[31:24]};

    assign busy = state_q != IDLE || read_q || key_q;
    assign valid = valid_q;
    assign {opens, version, cipher, generation} = properties_q;
    assign next = next_q;
    assign iv = iv_q;
    assign key_word_valid = key_q;
    assign key_word = key_q ? swapped : 32'd0;
    assign live = live_q;

    // The state machine: where it goes, and over which words.
    always @* begin
        state_d = state_q;
        address_d = address_q;
        found_d = found_q;
        case (state_q)
            IDLE: begin
                if (find) begin
                    state_d = FIND;
                    found_d = slot[SLOT_BITS-1:0];
                    address_d = {slot[SLOT_BITS-1:0], 4'd0};
                end else if (fetch_key) begin
                    state_d = KEY;
                    address_d = {key_slot[SLOT_BITS-1:0], KEY_FIRST};
                end else if (advance) begin
                    state_d = ADVANCE;
                    address_d = {found, 4'd1};
                end else if (commit) begin
                    state_d = COMMIT;
                    address_d = {found, 4'd0};
                end else if (erase) begin
                    state_d = ERASE;
                    address_d = {found, 4'd0};
                end
            end
            ERASE_ALL: begin
                address_d = address_q + {{(BITS - 1) {1'b0}}, 1'b1};
                if ({{(32 - BITS) {1'b0}}, address_q} == WORDS - 1) state_d = IDLE;
            end
            default: begin
                address_d = {address_q[BITS-1:4], index + 4'd1};
                if ((state_q == FIND && index == FIND_LAST) || (state_q == KEY && index == KEY_LAST)
                    || (state_q == KEY && index == KEY_128_LAST && key_128)
                    || ((state_q == ADVANCE || state_q == COMMIT) && index == ADVANCE_LAST)
                    || (state_q == ERASE && index == SLOT_LAST)) begin
                    state_d = IDLE;
                    address_d = {found, 4'd0};
                end
            end
        endcase
        if (reset || erase_all) begin
            state_d = ERASE_ALL;
            address_d = {BITS{1'b0}};
            found_d = {SLOT_BITS{1'b0}};
        end
    end

    // What is written.
    wire loads = state_q == IDLE && write;
    always @* begin
        memory_write = 1'b1;
        memory_in = 32'd0;
        case (state_q)
            IDLE: begin
                memory_write = write;
                memory_in = write_word;
            end
            FIND, KEY: memory_write = 1'b0;
            ADVANCE, COMMIT: memory_in = index == 4'd0 ? {1'b1, 2'd0, properties_q} : index == 4'd1 ? next_q[31:0] : next_q[63:32];
            default: memory_in = 32'd0;
        endcase
    end

    wire [BITS-1:0] memory_address = loads ? {found, write_index} : address_q;
    always @(posedge clk) begin
        if (memory_write) memory[memory_address] <= memory_in;
        word_q <= memory[memory_address];
    end

`ifdef FORMAL
    (* anyconst *) wire [BITS-1:0] watched;  // tests/formal looks at any word
    wire [31:0] watched_word = memory[watched];
`endif

    // What is remembered of the slot found.
    always @* begin
        read_d = state_q == FIND;
        key_d = state_q == KEY;
        read_index_d = index;
        valid_d = valid_q;
        properties_d = properties_q;
        next_d = next_q;
        iv_d = iv_q;
        live_d = live_q;
        if (read_q) begin
            case (read_index_q)
                4'd0: {valid_d, properties_d} = {word_q[31], word_q[28:0]};
                4'd1: next_d[31:0] = word_q;
                4'd2: next_d[63:32] = word_q;
                4'd3: iv_d[95:64] = swapped;
                4'd4: iv_d[63:32] = swapped;
                default: iv_d[31:0] = swapped;
            endcase
        end else if (state_q == IDLE && advance) begin
            next_d = sequence_number + 64'd1;
        end else if (state_q == IDLE && commit) begin
            next_d = sequence_number;
            properties_d = commit_properties;
            live_d = live_q + 16'd1;
        end else if (state_q == IDLE && erase) begin
            valid_d = 1'b0;
            iv_d = 96'd0;
            live_d = live_q - {15'd0, valid_q};
        end
        if (reset || erase_all) begin
            read_d = 1'b0;
            key_d = 1'b0;
            valid_d = 1'b0;
            iv_d = 96'd0;
            live_d = 16'd0;
        end
    end

    always @(posedge clk) begin
        state_q <= state_d;
        address_q <= address_d;
        found_q <= found_d;
        read_q <= read_d;
        key_q <= key_d;
        read_index_q <= read_index_d;
        valid_q <= valid_d;
        properties_q <= properties_d;
        next_q <= next_d;
        iv_q <= iv_d;
        live_q <= live_d;
    end

`ifdef FORMAL
    always @(posedge clk) if (!key_q) assert (key_word == 32'd0);
`endif

    wire unused = &{1'b0, slot, key_slot, 1'b0};
endmodule

`default_nettype wire
