// SPDX-License-Identifier: Apache-2.0
// P3: after reset or erase_all, in whatever state lk_session_table was and whatever is asked of it meanwhile, every word of every slot
// is zero when `busy` has fallen; and it falls after as many cycles as there are words. Two slots.
//
// The first cycle, in any state, has the pulse; so this is about any pulse at any time. Assumed: no look-up is asked for until then (no
// command is taken meanwhile), for it would have its turn and make the table busy.
//
// method: any-state 67
// sees: watched_word table.watched_word
// mutation: leaves_last record/lk_session_table.v s/== WORDS - 1/== WORDS - 2/
// mutation: is_not_busy record/lk_session_table.v s/assign busy = state_q != IDLE/assign busy = (state_q != IDLE \&\& state_q != ERASE_ALL)/
// mutation: writes_meanwhile record/lk_session_table.v s/wire loads = state_q == IDLE && write;/wire loads = write;/
// mutation: waits_for_rest record/lk_session_table.v s/if (reset || erase_all) begin/if ((reset || erase_all) \&\& state_q == IDLE) begin/
// mutation: writes_ones record/lk_session_table.v s/default: memory_in = 32'd0;/default: memory_in = 32'd1;/
`default_nettype none

module formal_session_table_erase_all (
    input wire        clk,
    input wire        by_reset,
    input wire        find,
    input wire        fetch_key,
    input wire        advance,
    input wire        commit,
    input wire        erase,
    input wire        write,
    input wire [15:0] slot,
    input wire [15:0] key_slot,
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
    localparam [6:0] WORDS = 7'd64;
    reg [6:0] cycle_q = 7'd0;
    reg       erased_q = 1'b0;
    wire      pulse = cycle_q == 7'd0;
    always @(posedge clk) begin
        cycle_q <= cycle_q + 7'd1;
        erased_q <= erased_q || (!pulse && !busy);
    end

    wire        busy;
    wire [31:0] watched_word;  // any
    lk_session_table #(.SLOTS(2)) table (
        .clk(clk), .reset(pulse && by_reset), .erase_all(pulse && !by_reset), .erase(erase), .find(find && !busy), .fetch_key(fetch_key),
        .advance(advance), .commit(commit), .write(write), .busy(busy), .slot(slot), .key_slot(key_slot), .write_index(write_index),
        .write_word(write_word), .sequence_number(sequence_number), .commit_properties(commit_properties),
        .key_form(key_form), .loading(loading), .chain_valid(chain_valid), .chain_slot(chain_slot), .chain_byte(chain_byte));

    always @* begin
        if (cycle_q == WORDS + 7'd1 && !erased_q) assert (!busy);
        if (!pulse && !busy && !erased_q) assert (watched_word == 32'd0);
    end
endmodule

`default_nettype wire
