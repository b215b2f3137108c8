// SPDX-License-Identifier: Apache-2.0
// P3: what is erased stays so. Looking up and fetching keys, in any state of lk_session_table that is not busy, change no word of its
// memory, and end: after eleven cycles at most without a request the table is at rest again. Two slots.
//
// method: any-state 12
// sees: watched_word table.watched_word
// mutation: find_writes record/lk_session_table.v s/FIND, KEY: memory_write = 1'b0;/KEY: memory_write = 1'b0;/
// mutation: fetch_writes record/lk_session_table.v s/FIND, KEY: memory_write = 1'b0;/FIND: memory_write = 1'b0;/
// mutation: rest_writes record/lk_session_table.v s/memory_write = write;/memory_write = 1'b1;/
`default_nettype none

module formal_session_table_rest (
    input wire        clk,
    input wire        find,
    input wire        fetch_key,
    input wire [15:0] slot,
    input wire [15:0] key_slot,
    input wire [3:0]  write_index,
    input wire [31:0] write_word,
    input wire [63:0] sequence_number,
    input wire [28:0] commit_properties
);
    reg [3:0] cycle_q = 4'd0;
    always @(posedge clk) cycle_q <= cycle_q + 4'd1;
    wire pulse = cycle_q == 4'd0;

    wire        busy;
    wire [31:0] watched_word;  // any
    wire [7:0]  cipher;
    wire        key_128;
    lk_cipher_form form (.cipher(cipher), .supported(), .key_128(key_128), .by_sequence());
    lk_session_table #(.SLOTS(2)) table (
        .cipher(cipher), .key_128(key_128),
        .clk(clk), .reset(1'b0), .erase_all(1'b0), .erase(1'b0), .find(pulse && find), .fetch_key(pulse && fetch_key),
        .advance(1'b0), .commit(1'b0), .write(1'b0), .busy(busy), .slot(slot), .key_slot(key_slot), .write_index(write_index),
        .write_word(write_word), .sequence_number(sequence_number), .commit_properties(commit_properties));

    reg [31:0] word_q;
    always @(posedge clk) if (pulse) word_q <= watched_word;
    always @* begin
        if (pulse) assume (!busy);
        if (!pulse) assert (watched_word == word_q);
        if (cycle_q == 4'd11) assert (!busy);
    end
endmodule

`default_nettype wire
