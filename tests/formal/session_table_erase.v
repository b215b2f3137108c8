// SPDX-License-Identifier: Apache-2.0
// P3: after erase, in any state of lk_session_table that is not busy, every word of the slot that was found last is zero when `busy`
// has fallen; it falls after 32 cycles, and no word of another slot changes. Two slots.
//
// The first cycle, in any state, has the pulse; so this is about any pulse at any time. Assumed: one operation at a time, and only
// while not busy, as the table's user promises (executor).
//
// method: any-state 35
// sees: watched table.watched
// sees: watched_word table.watched_word
// sees: found table.found_q
// mutation: leaves_last record/lk_session_table.v s/SLOT_LAST = 5'd31/SLOT_LAST = 5'd30/
// mutation: is_not_busy record/lk_session_table.v s/assign busy = state_q != IDLE/assign busy = (state_q != IDLE \&\& state_q != ERASE)/
// mutation: spares_first record/lk_session_table.v /state_d = ERASE;/,/end/s/5'd0/5'd1/
// mutation: erases_other record/lk_session_table.v /state_d = ERASE;/,/end/s/{found_q, 5'd0}/{!found_q, 5'd0}/
`default_nettype none

module formal_session_table_erase (
    input wire        clk,
    input wire        write,
    input wire [15:0] slot,
    input wire [4:0]  write_index,
    input wire [31:0] write_word,
    input wire [63:0] sequence_number,
    input wire [30:0] commit_properties,
    input wire [4:0]  key_form,
    input wire        loading,
    input wire        chain_valid,
    input wire [15:0] chain_slot,
    input wire [7:0]  chain_byte
);
    localparam [5:0] SLOT_WORDS = 6'd32;
    reg [5:0] cycle_q = 6'd0;
    wire      pulse = cycle_q == 6'd0;
    always @(posedge clk) cycle_q <= cycle_q + 6'd1;

    wire        busy;
    wire        found;
    wire [5:0]  watched;
    wire [31:0] watched_word;  // any
    lk_session_table #(.SLOTS(2)) table (
        .clk(clk), .reset(1'b0), .erase_all(1'b0), .erase(pulse), .find(1'b0), .fetch_key(1'b0), .advance(1'b0), .commit(1'b0),
        .write(!pulse && write), .busy(busy), .slot(slot), .write_index(write_index),
        .write_word(write_word), .sequence_number(sequence_number), .commit_properties(commit_properties),
        .key_form(key_form), .loading(loading), .chain_valid(chain_valid), .chain_slot(chain_slot), .chain_byte(chain_byte));

    reg        slot_q;
    reg        erased_q = 1'b0;
    reg [31:0] word_q;
    always @(posedge clk) begin
        if (pulse) begin
            slot_q <= found;
            word_q <= watched_word;
        end
        erased_q <= erased_q || (!pulse && !busy);
    end
    always @* begin
        if (pulse) assume (!busy);
        if (cycle_q == SLOT_WORDS + 6'd1 && !erased_q) assert (!busy);
        if (!pulse && !erased_q) begin
            if (watched[5] != slot_q) assert (watched_word == word_q);
            else if (!busy) assert (watched_word == 32'd0);
        end
    end
endmodule

`default_nettype wire
