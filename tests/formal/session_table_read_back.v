// SPDX-License-Identifier: Apache-2.0
// P3: nothing but `key_word` of lk_session_table depends on a word of a key. Two tables that get the same requests and hold the same
// but for their keys are the same in all else: outputs, registers, what they write. And `key_word` is zero unless `key_word_valid`, which
// comes only by fetch_key, in the 21 cycles that follow at most, of words 8 to 27 of key_slot: keys, and a chained IV. 256 slots.
//
// The memory is taken out (`word_q` is cut) and put back by what a memory does: a word that was read from the same place is the same in
// both tables unless it is one of a key. Other words are the same because the tables write the same to them, which is asserted.
//
// method: induction 10
// cut: lk_session_table/word_q
// sees: a_word a.word_q
// sees: b_word b.word_q
// sees: a_address a.memory_address
// sees: b_address b.memory_address
// sees: a_in a.memory_in
// sees: b_in b.memory_in
// sees: a_write a.memory_write
// sees: b_write b.memory_write
// sees: a_state a.state_q
// sees: b_state b.state_q
// sees: a_place a.address_q
// sees: b_place b.address_q
// sees: a_found a.found_q
// sees: b_found b.found_q
// sees: a_read a.read_q
// sees: b_read b.read_q
// sees: a_read_index a.read_index_q
// sees: b_read_index b.read_index_q
// sees: a_form a.form_q
// sees: b_form b.form_q
// sees: a_waits a.find_waits_q
// sees: b_waits b.find_waits_q
// sees: a_chain a.chain_word_q
// sees: b_chain b.chain_word_q
// sees: a_chain_count a.chain_count_q
// sees: b_chain_count b.chain_count_q
// sees: a_properties a.properties_q
// sees: b_properties b.properties_q
// mutation: reads_on record/lk_session_table.v s/FIND_LAST = 5'd5/FIND_LAST = 5'd8/
// mutation: shows_always record/lk_session_table.v s/assign key_word = key_q ? swapped : 32'd0;/assign key_word = swapped;/
// mutation: looks_up_key record/lk_session_table.v s/address_d = {found_d, 5'd0};/address_d = {found_d, 5'd6};/
// mutation: shows_by_iv record/lk_session_table.v s/if (read_q) begin/if (read_q || key_q) begin/
// mutation: fetches_all record/lk_session_table.v s/KEY_FIRST = 5'd8, KEY_128/KEY_FIRST = 5'd0, KEY_128/
`default_nettype none

module formal_session_table_read_back (
    input wire        clk,
    input wire        reset,
    input wire        erase_all,
    input wire        erase,
    input wire        find,
    input wire        fetch_key,
    input wire        advance,
    input wire        commit,
    input wire        write,
    input wire        loading,
    input wire [15:0] slot,
    input wire [15:0] key_slot,
    input wire [4:0]  key_form,
    input wire        chain_valid,
    input wire [15:0] chain_slot,
    input wire [7:0]  chain_byte,
    input wire [4:0]  write_index,
    input wire [31:0] a_written,
    input wire [31:0] b_written,
    input wire [63:0] sequence_number,
    input wire [30:0] commit_properties
);
    localparam [2:0] FIND = 3'd1, KEY = 3'd2;
    localparam [4:0] KEYS_FIRST = 5'd8, KEYS_LAST = 5'd27;
    localparam OUTPUTS = 213;
    wire [OUTPUTS-1:0] a_outputs, b_outputs;
    wire               a_key_valid, b_key_valid;
    wire [31:0]        a_key, b_key, a_word, b_word, a_in, b_in;
    wire [12:0]        a_address, b_address, a_place, b_place;
    wire [7:0]         a_found, b_found;
    wire [2:0]         a_state, b_state;
    wire [3:0]         a_form, b_form;
    wire [4:0]         a_read_index, b_read_index;
    wire [30:0]        a_properties, b_properties;
    wire [23:0]        a_chain, b_chain;
    wire [1:0]         a_chain_count, b_chain_count;
    wire               a_write, b_write, a_read, b_read, a_waits, b_waits;
    lk_session_table a (
        .clk(clk), .reset(reset), .erase_all(erase_all), .erase(erase), .find(find), .fetch_key(fetch_key), .key_slot(key_slot),
        .advance(advance), .commit(commit), .loading(loading), .write(write), .busy(a_outputs[198]), .slot(slot),
        .write_index(write_index), .write_word(a_written), .sequence_number(sequence_number),
        .commit_properties(commit_properties), .valid(a_outputs[197]), .encrypt_then_mac(a_outputs[207]),
        .opens(a_outputs[196]), .version(a_outputs[195:192]), .cipher(a_outputs[206:199]),
        .generation(a_outputs[191:176]), .next(a_outputs[175:112]), .iv(a_outputs[111:16]), .key_form(key_form),
        .key_word_valid(a_key_valid), .key_word_kind(a_outputs[209:208]), .key_word(a_key),
        .chain_valid(chain_valid), .chain_slot(chain_slot), .chain_byte(chain_byte), .chain_take(a_outputs[210]), .near_limit(a_outputs[211]),
        .at_limit(a_outputs[212]),
        .live(a_outputs[15:0]));
    lk_session_table b (
        .clk(clk), .reset(reset), .erase_all(erase_all), .erase(erase), .find(find), .fetch_key(fetch_key), .key_slot(key_slot),
        .advance(advance), .commit(commit), .loading(loading), .write(write), .busy(b_outputs[198]), .slot(slot),
        .write_index(write_index), .write_word(b_written), .sequence_number(sequence_number),
        .commit_properties(commit_properties), .valid(b_outputs[197]), .encrypt_then_mac(b_outputs[207]),
        .opens(b_outputs[196]), .version(b_outputs[195:192]), .cipher(b_outputs[206:199]),
        .generation(b_outputs[191:176]), .next(b_outputs[175:112]), .iv(b_outputs[111:16]), .key_form(key_form),
        .key_word_valid(b_key_valid), .key_word_kind(b_outputs[209:208]), .key_word(b_key),
        .chain_valid(chain_valid), .chain_slot(chain_slot), .chain_byte(chain_byte), .chain_take(b_outputs[210]), .near_limit(b_outputs[211]),
        .at_limit(b_outputs[212]),
        .live(b_outputs[15:0]));

    // The memory: what was read, of a key or not; only keys are written differently.
    reg       read_known_q = 1'b0;
    reg [4:0] read_place_q;
    always @(posedge clk) begin
        read_known_q <= 1'b1;
        read_place_q <= a_address[4:0];
    end
    always @* begin
        if (write_index < KEYS_FIRST) assume (a_written == b_written);
        if (read_known_q && read_place_q < KEYS_FIRST) assume (a_word == b_word);
        assert (a_address == b_address && a_write == b_write);
        if (a_write && a_address[4:0] < KEYS_FIRST) assert (a_in == b_in);
    end

    // Cycles in which words of a key may still come.
    reg [5:0] left_q = 6'd0;
    always @(posedge clk) left_q <= a_state == 3'd0 && fetch_key ? 6'd21 : left_q == 6'd0 ? 6'd0 : left_q - 6'd1;

    always @* begin
        assert (a_outputs == b_outputs && a_key_valid == b_key_valid);
        if (!a_key_valid) assert (a_key == 32'd0 && b_key == 32'd0);
        if (a_key_valid) assert (read_place_q >= KEYS_FIRST && read_place_q <= KEYS_LAST && left_q != 6'd0);
        // What makes the above inductive.
        assert (a_state == b_state && a_place == b_place && a_found == b_found && a_read == b_read && a_read_index == b_read_index);
        assert (a_properties == b_properties && a_form == b_form && a_waits == b_waits && a_chain == b_chain
                && a_chain_count == b_chain_count);
        assert (left_q <= 6'd21);
        if (a_state == FIND) assert (a_place[4:0] <= 5'd7);
        if (a_state == KEY) assert (a_place[4:0] >= KEYS_FIRST && a_place[4:0] <= KEYS_LAST
                                    && left_q + {1'b0, a_place[4:0]} >= 6'd29);
        if (a_read) assert (read_known_q && read_place_q <= 5'd7);
    end
endmodule

`default_nettype wire
