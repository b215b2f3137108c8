// SPDX-License-Identifier: Apache-2.0
// P2: what a look-up of lk_session_table says of a slot's limits is true, in any state of the table and its memory: at_limit exactly
// when the slot is limited and its next sequence number has reached the word where its hard limit stands, near_limit the same of the
// soft one. Two slots; nothing else is asked meanwhile.
//
// method: any-state 13
// sees: properties table.properties_q
// sees: watched table.watched
// sees: watched_word table.watched_word
// mutation: forgets_high_half record/lk_session_table.v s/next_q\[63:32\] != 32'd0 ||//
// mutation: one_more record/lk_session_table.v s/next_q\[31:0\] >= word_q/next_q[31:0] > word_q/
// mutation: never_reads record/lk_session_table.v s/limited ? FIND_LIMITED_LAST : FIND_LAST/FIND_LAST/
// mutation: keeps_the_last record/lk_session_table.v s/= {word_q, 2'b00};/= {word_q, near_limit_q, at_limit_q};/
`default_nettype none

module formal_session_table_limits (
    input wire        clk,
    input wire [15:0] slot,
    input wire [15:0] key_slot,
    input wire [4:0]  key_form,
    input wire [15:0] chain_slot,
    input wire [7:0]  chain_byte,
    input wire [4:0]  write_index,
    input wire [31:0] write_word,
    input wire [63:0] sequence_number,
    input wire [30:0] commit_properties
);
    localparam [3:0] DONE = 4'd11;
    reg [3:0] cycle_q = 4'd0;
    always @(posedge clk) cycle_q <= cycle_q + 4'd1;
    wire pulse = cycle_q == 4'd0;

    wire        busy, near_limit, at_limit;
    wire [5:0]  watched;
    wire [30:0] properties;
    wire [31:0] watched_word;
    wire [63:0] next;
    lk_session_table #(.SLOTS(2)) table (
        .clk(clk), .reset(1'b0), .erase_all(1'b0), .erase(1'b0), .find(pulse), .fetch_key(1'b0), .key_slot(key_slot), .advance(1'b0),
        .commit(1'b0), .loading(1'b0), .write(1'b0), .busy(busy), .slot(slot), .write_index(write_index), .write_word(write_word),
        .sequence_number(sequence_number), .commit_properties(commit_properties), .next(next), .near_limit(near_limit),
        .at_limit(at_limit), .key_form(key_form), .chain_valid(1'b0), .chain_slot(chain_slot), .chain_byte(chain_byte));

    reg  found_q;
    wire limited = properties[30];
    wire reached = limited && next >= {32'd0, watched_word};
    always @(posedge clk) if (pulse) found_q <= slot[0];
    always @* begin
        if (pulse) assume (!busy);
        if (cycle_q == DONE) begin
            assert (!busy);
            if (!limited) assert (!near_limit && !at_limit);
            if (watched == {found_q, 5'd6}) assert (near_limit == reached);
            if (watched == {found_q, 5'd7}) assert (at_limit == reached);
        end
    end
endmodule

`default_nettype wire
