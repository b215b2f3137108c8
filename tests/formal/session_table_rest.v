// SPDX-License-Identifier: Apache-2.0
// P3: what is erased stays so. Looking up and fetching keys, in any state of lk_session_table that is not busy, change no word of its
// memory, and end: after 22 cycles at most without a request the table is at rest again. Two slots.
//
// method: any-state 23
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
    input wire [4:0]  write_index,
    input wire [31:0] write_word,
    input wire [63:0] sequence_number,
    input wire [30:0] commit_properties,
    input wire [4:0]  key_form,
    input wire        loading,
    input wire [15:0] chain_slot,
    input wire [7:0]  chain_byte
);
    reg [4:0] cycle_q = 5'd0;
    always @(posedge clk) cycle_q <= cycle_q + 5'd1;
    wire pulse = cycle_q == 5'd0;

    wire        busy;
    wire [31:0] watched_word;  // any
    lk_session_table #(.SLOTS(2)) table (
        .clk(clk), .reset(1'b0), .erase_all(1'b0), .erase(1'b0), .find(pulse && find), .fetch_key(pulse && fetch_key),
        .advance(1'b0), .commit(1'b0), .write(1'b0), .busy(busy), .slot(slot), .key_slot(key_slot), .write_index(write_index),
        .write_word(write_word), .sequence_number(sequence_number), .commit_properties(commit_properties),
        .key_form(key_form), .loading(loading), .chain_valid(1'b0), .chain_slot(chain_slot), .chain_byte(chain_byte));

    reg [31:0] word_q;
    always @(posedge clk) if (pulse) word_q <= watched_word;
    always @* begin
        if (pulse) assume (!busy);
        if (!pulse) assert (watched_word == word_q);
        if (cycle_q == 5'd22) assert (!busy);
    end
endmodule

`default_nettype wire
