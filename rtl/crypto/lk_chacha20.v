// SPDX-License-Identifier: Apache-2.0
// ChaCha20 blocks (RFC 8439 section 2.3), one quarter round a cycle in a pipeline of two stages: 80 cycles a block, the next
// block made while the words of the one before are taken. How long it takes depends on nothing but the number of blocks (P5).
//
// The state stands in LUT RAM, one memory for each row of the four by four words, so a quarter round reads and writes one
// word of each. A result can be read two cycles after its quarter round has begun. Quarter rounds therefore go in an order in
// which only d is wanted sooner, by the first one of each round, and gets it straight from the second stage: columns 0 1 2 3,
// diagonals 0 1 2 3, columns 2 3 0 1, diagonals 2 3 0 1, and again.
//
// The last round also writes to a buffer of two blocks; the initial state is added there, word by word as it goes out.
`default_nettype none

module lk_chacha20 #(
    parameter COUNTER_BITS = 32              // the highest bits of a longer block counter are zeros
) (
    input  wire                    clk,
    input  wire                    reset,
    input  wire                    key_word_valid, // eight of them make a key
    input  wire [31:0]             key_word,       // first byte in [31:24]
    input  wire                    key_wipe,       // pulse: zeros over key and state
    output wire                    key_busy,
    input  wire                    start,          // pulse, while not key_busy: what is left of other blocks is dropped
    input  wire [95:0]             nonce,          // first byte in [95:88]; held while there are words
    input  wire [COUNTER_BITS-1:0] counter,        // of the first block; taken with start
    input  wire [COUNTER_BITS-1:0] blocks,         // how many are made; taken with start
    output wire                    word_valid,
    output wire [31:0]             word,           // sixteen a block; first byte in [31:24]
    input  wire                    word_taken
);
    localparam [6:0] LAST_STEP = 7'd79;
    localparam [4:0] LAST_ROUND = 5'd19;

    // "expand 32-byte k"
    function [31:0] constant;
        input [1:0] index;
        case (index)
            2'd0: constant = 32'h61707865;
            2'd1: constant = 32'h3320646e;
            2'd2: constant = 32'h79622d32;
            default: constant = 32'h6b206574;
        endcase
    endfunction

    // Words are little-endian; the ports have the first byte highest.
    function [31:0] swap;
        input [31:0] in;
        swap = {in[7:0], in[15:8], in[23:16], in[31:24]};
    endfunction

    // Words 12 to 15 of the initial state.
    function [31:0] last_row;
        input [1:0]              index;
        input [COUNTER_BITS-1:0] block_counter;
        input [95:0]             block_nonce;
        case (index)
            2'd0: last_row = {{(32 - COUNTER_BITS) {1'b0}}, block_counter};
            2'd1: last_row = swap(block_nonce[95:64]);
            2'd2: last_row = swap(block_nonce[63:32]);
            default: last_row = swap(block_nonce[31:0]);
        endcase
    endfunction

    // Which quarter round is begun, of which block.
    reg                    running_d, running_q = 1'b0;
    reg [6:0]              step_d, step_q = 7'd0;
    reg [COUNTER_BITS-1:0] counter_d, counter_q = {COUNTER_BITS{1'b0}};
    reg [COUNTER_BITS-1:0] left_d, left_q = {COUNTER_BITS{1'b0}};  // blocks to begin
    reg                    bank_d, bank_q = 1'b0;                  // of the buffer
    reg [1:0]              full_d, full_q = 2'd0;
    // The word that goes out.
    reg [COUNTER_BITS-1:0] out_counter_d, out_counter_q = {COUNTER_BITS{1'b0}};
    reg                    out_bank_d, out_bank_q = 1'b0;
    reg [3:0]              out_index_d, out_index_q = 4'd0;
    // Key and wiping.
    reg [2:0]              key_index_d, key_index_q = 3'd0;
    reg                    wiping_d, wiping_q = 1'b0;
    reg [2:0]              wipe_index_d, wipe_index_q = 3'd0;

    wire begins = left_q != {COUNTER_BITS{1'b0}} && !full_q[~bank_q] && (!running_q || step_q == LAST_STEP);

    // First stage: where the words of this quarter round are.
    wire [4:0]  round = step_q[6:2];
    wire        first_round = round == 5'd0;
    wire        diagonal = round[0];
    wire [1:0]  a_index = {step_q[1] ^ round[1], step_q[0]};
    wire [1:0]  b_index = a_index + {1'b0, diagonal};
    wire [1:0]  c_index = a_index ^ {diagonal, 1'b0};
    wire [1:0]  d_index = a_index - {1'b0, diagonal};

    reg [31:0] a_state[0:3];
    reg [31:0] b_state[0:7];  // from 4 on the key, words 0 to 3
    reg [31:0] c_state[0:7];  // from 4 on the key, words 4 to 7
    reg [31:0] d_state[0:3];

    // Second stage.
    reg        valid_q = 1'b0, last_q = 1'b0, completes_q = 1'b0, valid_bank_q = 1'b0;
    reg [31:0] a_q = 32'd0, b_q = 32'd0, c_q = 32'd0, d_q = 32'd0;
    reg [1:0]  a_index_q = 2'd0, b_index_q = 2'd0, c_index_q = 2'd0, d_index_q = 2'd0;

    wire [31:0] a_out = a_q + b_q;
    wire [31:0] d_turns = d_q ^ a_out;
    wire [31:0] d_out = {d_turns[23:0], d_turns[31:24]};
    wire [31:0] c_out = c_q + d_out;
    wire [31:0] b_turns = b_q ^ c_out;
    wire [31:0] b_out = {b_turns[24:0], b_turns[31:25]};

    wire [31:0] a_in = first_round ? constant(a_index) : a_state[a_index];
    wire [31:0] b_in = b_state[{first_round, b_index}];
    wire [31:0] c_in = c_state[{first_round, c_index}];
    wire [31:0] d_in = first_round ? last_row(d_index, counter_q, nonce) : step_q[1:0] == 2'd0 ? d_out : d_state[d_index];

    wire [31:0] a_half = a_in + b_in;
    wire [31:0] d_turned = d_in ^ a_half;
    wire [31:0] d_half = {d_turned[15:0], d_turned[31:16]};
    wire [31:0] c_half = c_in + d_half;
    wire [31:0] b_turned = b_in ^ c_half;
    wire [31:0] b_half = {b_turned[19:0], b_turned[31:20]};

    // What is written: results; words of the key; while wiping, results of nothing, which are zeros.
    wire        writes = valid_q || wiping_q;
    wire        b_key = key_word_valid && !key_index_q[2];
    wire        c_key = key_word_valid && key_index_q[2];
    wire [31:0] key_in = swap(key_word);
    wire [31:0] b_write = key_word_valid ? key_in : b_out;
    wire [31:0] c_write = key_word_valid ? key_in : c_out;
    wire [2:0]  key_address = {1'b1, key_index_q[1:0]};
    wire [1:0]  a_address = wiping_q ? wipe_index_q[1:0] : a_index_q;
    wire [2:0]  b_address = wiping_q ? wipe_index_q : key_word_valid ? key_address : {1'b0, b_index_q};
    wire [2:0]  c_address = wiping_q ? wipe_index_q : key_word_valid ? key_address : {1'b0, c_index_q};
    wire [1:0]  d_address = wiping_q ? wipe_index_q[1:0] : d_index_q;

    // The buffer of blocks, and the key once more, to be added.
    reg  [31:0] a_buffer[0:7];
    reg  [31:0] b_buffer[0:7];
    reg  [31:0] c_buffer[0:7];
    reg  [31:0] d_buffer[0:7];
    reg  [31:0] key_copy[0:7];
    wire        stores = last_q || wiping_q;
    wire [2:0]  a_place = wiping_q ? wipe_index_q : {valid_bank_q, a_index_q};
    wire [2:0]  b_place = wiping_q ? wipe_index_q : {valid_bank_q, b_index_q};
    wire [2:0]  c_place = wiping_q ? wipe_index_q : {valid_bank_q, c_index_q};
    wire [2:0]  d_place = wiping_q ? wipe_index_q : {valid_bank_q, d_index_q};

    always @(posedge clk) begin
        if (writes) a_state[a_address] <= a_out;
        if (writes || b_key) b_state[b_address] <= b_write;
        if (writes || c_key) c_state[c_address] <= c_write;
        if (writes) d_state[d_address] <= d_out;
        if (stores) a_buffer[a_place] <= a_out;
        if (stores) b_buffer[b_place] <= b_out;
        if (stores) c_buffer[c_place] <= c_out;
        if (stores) d_buffer[d_place] <= d_out;
        if (key_word_valid || wiping_q) key_copy[wiping_q ? wipe_index_q : key_index_q] <= b_write;
    end

    // Out.
    wire [2:0]  out_place = {out_bank_q, out_index_q[1:0]};
    wire [31:0] key_word_out = key_copy[{!out_index_q[2], out_index_q[1:0]}];
    wire [31:0] a_mixed = a_buffer[out_place];
    wire [31:0] b_mixed = b_buffer[out_place];
    wire [31:0] c_mixed = c_buffer[out_place];
    wire [31:0] d_mixed = d_buffer[out_place];
    reg  [31:0] mixed, initial_word;
    always @* begin
        mixed = out_index_q[2] ? b_mixed : a_mixed;
        initial_word = out_index_q[2] ? key_word_out : constant(out_index_q[1:0]);
        if (out_index_q[3]) begin
            mixed = out_index_q[2] ? d_mixed : c_mixed;
            initial_word = out_index_q[2] ? last_row(out_index_q[1:0], out_counter_q, nonce) : key_word_out;
        end
    end
    assign word = swap(mixed + initial_word);
    assign word_valid = full_q[out_bank_q];
    assign key_busy = wiping_q || key_index_q != 3'd0;

    always @* begin
        running_d = running_q && step_q != LAST_STEP;
        step_d = step_q + {6'd0, running_q};
        counter_d = counter_q;
        left_d = left_q;
        bank_d = bank_q;
        if (begins) begin
            running_d = 1'b1;
            step_d = 7'd0;
            counter_d = counter_q + {{(COUNTER_BITS - 1) {1'b0}}, 1'b1};
            left_d = left_q - {{(COUNTER_BITS - 1) {1'b0}}, 1'b1};
            bank_d = !bank_q;
        end
        if (start) begin
            running_d = 1'b0;
            counter_d = counter - {{(COUNTER_BITS - 1) {1'b0}}, 1'b1};
            left_d = blocks;
            bank_d = 1'b1;
        end
        if (reset || key_wipe || key_word_valid) begin
            running_d = 1'b0;
            left_d = {COUNTER_BITS{1'b0}};
        end
    end

    wire stays = !(start || reset || key_wipe || key_word_valid);
    always @* begin
        full_d = full_q;
        out_counter_d = out_counter_q;
        out_bank_d = out_bank_q;
        out_index_d = out_index_q;
        if (word_valid && word_taken) begin
            out_index_d = out_index_q + 4'd1;
            if (out_index_q == 4'd15) begin
                full_d[out_bank_q] = 1'b0;
                out_bank_d = !out_bank_q;
                out_counter_d = out_counter_q + {{(COUNTER_BITS - 1) {1'b0}}, 1'b1};
            end
        end
        if (completes_q) full_d[valid_bank_q] = 1'b1;
        if (start) begin
            out_counter_d = counter;
            out_bank_d = 1'b0;
            out_index_d = 4'd0;
        end
        if (!stays) full_d = 2'd0;
    end

    always @* begin
        key_index_d = key_index_q + {2'd0, key_word_valid};
        wiping_d = wiping_q && wipe_index_q != 3'd7;
        wipe_index_d = wipe_index_q + 3'd1;
        if (reset || key_wipe) begin
            key_index_d = 3'd0;
            wiping_d = 1'b1;
            wipe_index_d = 3'd0;
        end
    end

    always @(posedge clk) begin
        running_q <= running_d;
        step_q <= step_d;
        counter_q <= counter_d;
        left_q <= left_d;
        bank_q <= bank_d;
        full_q <= full_d;
        out_counter_q <= out_counter_d;
        out_bank_q <= out_bank_d;
        out_index_q <= out_index_d;
        key_index_q <= key_index_d;
        wiping_q <= wiping_d;
        wipe_index_q <= wipe_index_d;
        valid_q <= running_q && stays;
        last_q <= running_q && stays && round == LAST_ROUND;
        completes_q <= running_q && stays && step_q == LAST_STEP;
        valid_bank_q <= bank_q;
        a_index_q <= a_index;
        b_index_q <= b_index;
        c_index_q <= c_index;
        d_index_q <= d_index;
        if (reset || key_wipe || wiping_q) begin
            a_q <= 32'd0;
            b_q <= 32'd0;
            c_q <= 32'd0;
            d_q <= 32'd0;
        end else if (running_q) begin
            a_q <= a_half;
            b_q <= b_half;
            c_q <= c_half;
            d_q <= d_half;
        end
    end
endmodule

`default_nettype wire
