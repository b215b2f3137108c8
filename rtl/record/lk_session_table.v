// SPDX-License-Identifier: Apache-2.0
// The session slots, in block RAM: 32 words each. Key words leave by key_word alone, for the lane (P3); erased means zeros in
// memory. One operation at a time: a pulse while not busy, except that find waits for its turn, and erase_all interrupts
// whatever runs.
//
//   word 0       valid, limited, encrypt-then-MAC, direction, version, cipher, generation
//   words 1-2    the lowest sequence number that sealing accepts (P2)
//   words 3-5    IV of an AEAD (TLS 1.2 AES-GCM: the salt in word 3)
//   words 6-7    of a limited slot: the soft and the hard limit of that number
//   words 8-15   key (AES-128: words 8-11)
//   words 16-23  MAC key (SHA-1: words 16-20)
//   words 24-27  CBC up to TLS 1.0: the IV of the next record, which the lane writes back
`default_nettype none

module lk_session_table #(
    parameter SLOTS = 256
) (
    input  wire        clk,
    input  wire        reset,             // erases all
    input  wire        erase_all,
    input  wire        erase,             // of the slot that was found last
    input  wire        find,
    input  wire        fetch_key,         // of key_slot; also its MAC key, and the IV of its next record
    input  wire [15:0] key_slot,
    input  wire        advance,           // the lowest number accepted becomes sequence_number + 1
    input  wire        commit,            // makes a slot whose keys and IV have been written valid
    input  wire        loading,           // words are about to be written, and a commit: a chained IV waits
    input  wire        write,             // one word; never busy
    output wire        busy,
    input  wire [15:0] slot,              // taken with find
    input  wire [4:0]  write_index,
    input  wire [31:0] write_word,
    input  wire [63:0] sequence_number,   // with advance and commit
    input  wire [30:0] commit_properties, // limited, encrypt-then-MAC, direction, version (4), cipher (8), generation (16)
    // What find found; holds until the next operation but fetch_key and advance.
    output wire        valid,
    output wire        encrypt_then_mac,
    output wire        opens,
    output wire [3:0]  version,
    output wire [7:0]  cipher,
    output wire [15:0] generation,
    output wire [63:0] next,
    output wire        near_limit,        // it has reached the soft limit,
    output wire        at_limit,          // and the hard one
    output wire [95:0] iv,                // first byte in [95:88]
    input  wire [4:0]  key_form,          // what is fetched: {chained IV, MAC key of SHA-256, MAC key, short key, key}
    output wire        key_word_valid,
    output wire [1:0]  key_word_kind,     // 0 key, 1 MAC key, 2 chained IV
    output wire [31:0] key_word,          // first byte in [31:24]
    // The IV of the next record of chain_slot, byte by byte.
    input  wire        chain_valid,
    input  wire [15:0] chain_slot,
    input  wire [7:0]  chain_byte,
    output wire        chain_take,
    output wire [15:0] live               // valid slots
);
    localparam SLOT_BITS = $clog2(SLOTS), BITS = SLOT_BITS + 5, WORDS = SLOTS * 32;
    localparam [4:0] FIND_LAST = 5'd5, FIND_LIMITED_LAST = 5'd7, KEY_FIRST = 5'd8, KEY_128_LAST = 5'd11, KEY_LAST = 5'd15, MAC_KEY_FIRST = 5'd16,
                     MAC_KEY_SHA1_LAST = 5'd20, MAC_KEY_LAST = 5'd23, CHAIN_FIRST = 5'd24, CHAIN_LAST = 5'd27,
                     ADVANCE_LAST = 5'd2, SLOT_LAST = 5'd31;
    localparam [2:0] IDLE = 3'd0, FIND = 3'd1, KEY = 3'd2, ADVANCE = 3'd3, COMMIT = 3'd4, ERASE = 3'd5, ERASE_ALL = 3'd6,
                     CHAIN = 3'd7;

    reg [2:0]           state_d, state_q = ERASE_ALL;
    reg [BITS-1:0]      address_d, address_q = {BITS{1'b0}};
    reg [SLOT_BITS-1:0] found_d, found_q = {SLOT_BITS{1'b0}};
    reg                 find_waits_d, find_waits_q = 1'b0;
    reg                 read_d, read_q = 1'b0;              // word_q holds word read_index_q of a find
    reg                 key_d, key_q = 1'b0;                // word_q holds a word of a key
    reg [4:0]           read_index_d, read_index_q = 5'd0;
    reg                 valid_d, valid_q = 1'b0;
    reg [30:0]          properties_d, properties_q = 31'd0;
    reg                 near_limit_d, near_limit_q = 1'b0;
    reg                 at_limit_d, at_limit_q = 1'b0;
    reg [63:0]          next_d, next_q = 64'd0;
    reg [95:0]          iv_d, iv_q = 96'd0;
    reg [1:0]           chain_count_d, chain_count_q = 2'd0;
    reg [23:0]          chain_word_d, chain_word_q = 24'd0; // bytes of the chained IV's next word
    reg [15:0]          live_d, live_q = 16'd0;

    reg [31:0] memory[0:WORDS-1];
    reg [31:0] word_q = 32'd0;
    reg [31:0] memory_in;
    reg        memory_write;

    wire [4:0]  index = address_q[4:0];
    wire [31:0] swapped = {word_q[7:0], word_q[15:8], word_q[23:16], word_q[31:24]};

    assign busy = state_q != IDLE || find_waits_q || read_q || key_q;
    assign valid = valid_q;
    wire limited;
    assign {limited, encrypt_then_mac, opens, version, cipher, generation} = properties_q;
    assign near_limit = near_limit_q;
    assign at_limit = at_limit_q;
    assign next = next_q;
    assign iv = iv_q;
    assign key_word_valid = key_q;
    assign key_word_kind = !read_index_q[4] ? 2'd0 : !read_index_q[3] ? 2'd1 : 2'd2;
    assign key_word = key_q ? swapped : 32'd0;
    assign chain_take = state_q == CHAIN && chain_valid;
    assign live = live_q;

    // Keys and chained IV stand one behind the other, with gaps.
    reg [3:0]  form_d, form_q = 4'd0;
    wire       has_chain = form_q[3], mac_sha256 = form_q[2], has_mac = form_q[1], key_128 = form_q[0];
    wire [4:0] fetch_first = key_form[0] ? KEY_FIRST : key_form[2] ? MAC_KEY_FIRST : CHAIN_FIRST;
    wire       key_ends = index == (key_128 ? KEY_128_LAST : KEY_LAST);
    wire       mac_ends = index == (mac_sha256 ? MAC_KEY_LAST : MAC_KEY_SHA1_LAST);
    wire       fetch_ends = (key_ends && !has_mac && !has_chain) || (mac_ends && !has_chain) || index == CHAIN_LAST;
    wire [4:0] fetch_next = key_ends ? (has_mac ? MAC_KEY_FIRST : CHAIN_FIRST) : mac_ends ? CHAIN_FIRST : index + 5'd1;

    // The word of a find that has come, as a limit. The number has come before it.
    wire reached = next_q[63:32] != 32'd0 || next_q[31:0] >= word_q;
    wire find_ends = index == (limited ? FIND_LIMITED_LAST : FIND_LAST);

    // The state machine: where it goes, and over which words.
    wire chain_word_ends = chain_take && chain_count_q == 2'd3;
    always @* begin
        state_d = state_q;
        address_d = address_q;
        found_d = find ? slot[SLOT_BITS-1:0] : found_q;
        find_waits_d = find || find_waits_q;
        form_d = form_q;
        case (state_q)
            IDLE: begin
                if (find || find_waits_q) begin
                    state_d = FIND;
                    find_waits_d = 1'b0;
                    address_d = {found_d, 5'd0};
                end else if (fetch_key) begin
                    state_d = KEY;
                    form_d = key_form[4:1];
                    address_d = {key_slot[SLOT_BITS-1:0], fetch_first};
                end else if (advance) begin
                    state_d = ADVANCE;
                    address_d = {found_q, 5'd1};
                end else if (commit) begin
                    state_d = COMMIT;
                    address_d = {found_q, 5'd0};
                end else if (erase) begin
                    state_d = ERASE;
                    address_d = {found_q, 5'd0};
                end else if (chain_valid && !loading) begin
                    state_d = CHAIN;
                    address_d = {chain_slot[SLOT_BITS-1:0], CHAIN_FIRST};
                end
            end
            ERASE_ALL: begin
                address_d = address_q + {{(BITS - 1) {1'b0}}, 1'b1};
                if ({{(32 - BITS) {1'b0}}, address_q} == WORDS - 1) state_d = IDLE;
            end
            CHAIN: if (chain_word_ends) begin
                address_d[4:0] = index + 5'd1;
                if (index == CHAIN_LAST) state_d = IDLE;
            end
            default: begin
                address_d[4:0] = state_q == KEY ? fetch_next : index + 5'd1;
                if ((state_q == FIND && find_ends) || (state_q == KEY && fetch_ends)
                    || ((state_q == ADVANCE || state_q == COMMIT) && index == ADVANCE_LAST)
                    || (state_q == ERASE && index == SLOT_LAST)) state_d = IDLE;
            end
        endcase
        if (reset || erase_all) begin
            state_d = ERASE_ALL;
            address_d = {BITS{1'b0}};
            find_waits_d = 1'b0;
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
            ADVANCE, COMMIT: memory_in = index == 5'd0 ? {1'b1, properties_q} : index == 5'd1 ? next_q[31:0] : next_q[63:32];
            CHAIN: begin
                memory_write = chain_word_ends;
                memory_in = {chain_byte, chain_word_q};
            end
            default: memory_in = 32'd0;
        endcase
    end

    wire [BITS-1:0] memory_address = loads ? {found_q, write_index} : address_q;
    always @(posedge clk) begin
        if (memory_write) memory[memory_address] <= memory_in;
        word_q <= memory[memory_address];
    end

`ifdef FORMAL
    (* anyconst *) wire [BITS-1:0] watched;  // tests/formal looks at any word
    wire [31:0] watched_word = memory[watched];
`endif

    // What is remembered of the slot found, and of a chained IV.
    always @* begin
        read_d = state_q == FIND;
        key_d = state_q == KEY;
        read_index_d = index;
        valid_d = valid_q;
        properties_d = properties_q;
        near_limit_d = near_limit_q;
        at_limit_d = at_limit_q;
        next_d = next_q;
        iv_d = iv_q;
        chain_count_d = chain_count_q + {1'b0, chain_take};
        chain_word_d = chain_take ? {chain_byte, chain_word_q[23:8]} : chain_word_q;
        live_d = live_q;
        if (read_q) begin
            case (read_index_q)
                5'd0: {valid_d, properties_d, near_limit_d, at_limit_d} = {word_q, 2'b00};
                5'd1: next_d[31:0] = word_q;
                5'd2: next_d[63:32] = word_q;
                5'd3: iv_d[95:64] = swapped;
                5'd4: iv_d[63:32] = swapped;
                5'd5: iv_d[31:0] = swapped;
                5'd6: near_limit_d = reached;
                default: at_limit_d = reached;
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
            chain_count_d = 2'd0;
            live_d = 16'd0;
        end
    end

    always @(posedge clk) begin
        state_q <= state_d;
        address_q <= address_d;
        found_q <= found_d;
        find_waits_q <= find_waits_d;
        form_q <= form_d;
        read_q <= read_d;
        key_q <= key_d;
        read_index_q <= read_index_d;
        valid_q <= valid_d;
        properties_q <= properties_d;
        near_limit_q <= near_limit_d;
        at_limit_q <= at_limit_d;
        next_q <= next_d;
        iv_q <= iv_d;
        chain_count_q <= chain_count_d;
        chain_word_q <= chain_word_d;
        live_q <= live_d;
    end

`ifdef FORMAL
    always @(posedge clk) if (!key_q) assert (key_word == 32'd0);
`endif

    wire unused = &{1'b0, slot, key_slot, chain_slot, 1'b0};
endmodule

`default_nettype wire
