// SPDX-License-Identifier: Apache-2.0
// P2: while a slot of lk_session_table stays loaded, what the table says is its next sequence number only grows: every look-up gives
// the number after the last one sealed (at first, the number loaded), whatever was done with other slots between. And a slot is
// valid from commit until it is erased, not before and not after.
//
// Assumed, as the table's user promises (executor, loader, slot_check): one operation at a time, while not busy; after a look-up
// each time, unless it changes nothing (keys may be fetched of any slot between); commit only for a slot that a look-up found empty;
// advance only for one that a look-up found valid, with a number not below `next` and not the last there is (property slot_check);
// words 0 to 2 are not written directly, and key and IV only to a slot that is not valid.
//
// method: induction 12
// sees: state table.state_q
// sees: address table.address_q
// sees: found table.found_q
// sees: find_waits table.find_waits_q
// sees: read table.read_q
// sees: watched table.watched
// sees: watched_word table.watched_word
// mutation: forgets record/lk_session_table.v s/next_d = sequence_number + 64'd1;/next_d = next_q;/
// mutation: repeats record/lk_session_table.v s/next_d = sequence_number + 64'd1;/next_d = sequence_number;/
// mutation: drops_high_half record/lk_session_table.v s/next_q\[31:0\] : next_q\[63:32\]/next_q[31:0] : 32'd0/
// mutation: writes_other_slot record/lk_session_table.v /advance) begin/,/end/s/{found_q, 5'd1}/{1'b0, 5'd1}/
// mutation: stays_valid record/lk_session_table.v /state_d = ERASE;/,/end/s/5'd0/5'd3/
`default_nettype none

module formal_session_table_sequence (
    input wire        clk,
    input wire        reset,
    input wire        erase_all,
    input wire        erase,
    input wire        find,
    input wire        fetch_key,
    input wire        advance,
    input wire        commit,
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
    localparam [2:0] FIND = 3'd1, KEY = 3'd2, ADVANCE = 3'd3, COMMIT = 3'd4, ERASE = 3'd5, ERASE_ALL = 3'd6, CHAIN = 3'd7;
    wire        busy, valid, opens, found, find_waits, read;
    wire [2:0]  state;
    wire [5:0]  address, watched;
    wire [31:0] watched_word;
    wire [63:0] next;
    lk_session_table #(.SLOTS(2)) table (
        .clk(clk), .reset(reset), .erase_all(erase_all), .erase(erase), .find(find), .fetch_key(fetch_key), .key_slot(key_slot),
        .advance(advance), .commit(commit), .write(write), .busy(busy), .slot(slot), .write_index(write_index), .write_word(write_word),
        .sequence_number(sequence_number), .commit_properties(commit_properties),
        .key_form(key_form), .loading(loading), .chain_valid(chain_valid), .chain_slot(chain_slot), .chain_byte(chain_byte), .valid(valid), .opens(opens), .next(next));

    // The slot that is followed, any; whether it is loaded, and the lowest number that it may ever be given again.
    wire       followed = watched[5];
    wire       here = found == followed;
    reg        loaded_q = 1'b0;
    reg [63:0] floor_q = 64'd0;
    reg        fresh_q = 1'b0;  // what the table shows is of a look-up that nothing has outdated
    wire       clears = reset || erase_all;
    always @(posedge clk) begin
        if (find && !busy) fresh_q <= 1'b1;
        if (commit || erase) fresh_q <= 1'b0;
        if (here && commit) begin
            loaded_q <= 1'b1;
            floor_q <= sequence_number;
        end
        if (here && advance) floor_q <= sequence_number + 64'd1;
        if (here && erase) loaded_q <= 1'b0;
        if (clears) begin
            loaded_q <= 1'b0;
            fresh_q <= 1'b0;
        end
    end

    wire [2:0] operations = {2'd0, find} + {2'd0, fetch_key} + {2'd0, advance} + {2'd0, commit} + {2'd0, erase} + {2'd0, write};
    always @* begin
        assume (operations <= 3'd1 && (operations == 3'd0 || !busy));
        if (commit || write || erase || advance) assume (fresh_q);
        if (commit || write) assume (!valid);
        if (write) assume (write_index >= 5'd3);
        if (advance) assume (valid && sequence_number >= next && sequence_number != 64'hffff_ffff_ffff_ffff);
    end

    // While nothing of it changes, memory and look-up agree with what was loaded and sealed: said of the watched word, so of every one.
    wire rests = state == 3'd0 || state == KEY || state == CHAIN;
    wire [4:0] index = address[4:0];
    always @* begin
        assert (!find_waits);
        if (state == CHAIN) assert (index >= 5'd24 && index <= 5'd27);
        if (state == FIND || state == ADVANCE || state == COMMIT || state == ERASE) assert (address[5] == found);
        if (state == FIND) assert (index <= 5'd7);
        if (state == KEY) assert (index >= 5'd8);
        if (state == ADVANCE) assert (index == 5'd1 || index == 5'd2);
        if (state == COMMIT) assert (index <= 5'd2);
        if (rests) begin
            if (watched[4:0] == 5'd0) assert (watched_word[31] == loaded_q);
            if (watched[4:0] == 5'd1 && loaded_q) assert (watched_word == floor_q[31:0]);
            if (watched[4:0] == 5'd2 && loaded_q) assert (watched_word == floor_q[63:32]);
        end
        if (rests && !read) begin
            if (fresh_q && here && watched[4:0] == 5'd0) assert (valid == loaded_q);
            if (fresh_q && here && loaded_q && watched[4:0] == 5'd1) assert (next[31:0] == floor_q[31:0]);
            if (fresh_q && here && loaded_q && watched[4:0] == 5'd2) assert (next[63:32] == floor_q[63:32]);
        end
        if (state == ERASE && here) begin
            assert (!loaded_q && !fresh_q);
            if (watched[4:0] < index) assert (watched_word == 32'd0);
        end
        if (state == ERASE && !here && loaded_q) begin
            if (watched[4:0] == 5'd0) assert (watched_word[31]);
            if (watched[4:0] == 5'd1) assert (watched_word == floor_q[31:0]);
            if (watched[4:0] == 5'd2) assert (watched_word == floor_q[63:32]);
        end
        if (state == ERASE && !here && !loaded_q && watched[4:0] == 5'd0) assert (!watched_word[31]);
        if (state == ERASE_ALL) begin
            assert (!loaded_q && !fresh_q);
            if (watched < address) assert (watched_word == 32'd0);
        end
    end
endmodule

`default_nettype wire
