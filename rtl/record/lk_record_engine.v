// SPDX-License-Identifier: Apache-2.0
// The record engine: a stream of commands in, a stream of completions out (docs/protocol.md). AES-GCM and ChaCha20-Poly1305 in
// TLS 1.2 and 1.3, AES-CBC and NULL with their MACs from SSL 3.0 to TLS 1.2.
`default_nettype none
`include "lk_protocol.vh"

module lk_record_engine #(
    parameter SLOTS = 256,             // session slots, a power of two
    parameter LANES = 1,               // records in work at a time: 1 to 4
    parameter BUILD = 32'd1,           // fact BUILD
    parameter CLOCK_HERTZ = 60000000,  // fact CLOCK_HERTZ
    parameter GHASH_DIGIT = 8,         // bits of GHASH a cycle
    parameter CHACHA20_POLY1305 = 1,   // 0 leaves it out
    parameter CBC = 1                  // 0 leaves AES-CBC and NULL out
) (
    input  wire        clk,
    input  wire        reset,
    input  wire [31:0] command_data,
    input  wire        command_valid,
    output wire        command_ready,
    output wire [31:0] completion_data,
    output wire        completion_valid,
    output wire        completion_last,    // last word of a completion
    input  wire        completion_ready,
    input  wire        stream_reset,       // pulse: drop everything, zeroise the slots
    input  wire        selftest,           // pulse: and run the selftest, as after reset
    output wire        stream_reset_busy,  // high until that is finished; no command is taken meanwhile
    input  wire [7:0]  fact_address,
    output wire [31:0] fact_data,          // one cycle after the address; reading a pair's low word latches its high word
    output wire        working,            // a command is in work
    output wire        keyed,              // a slot holds a key
    output wire        failed              // a cipher failed its selftest, or framing is lost
);
    localparam SLOT_BITS = $clog2(SLOTS);

    // Dropping everything, and the time that zeroising takes: as after reset. The selftest ends with it, too.
    wire drop = stream_reset || selftest || tested;
    wire clear = reset || drop;
    reg  clearing_d, clearing_q = 1'b1;
    wire table_busy, keys_busy;
    always @* clearing_d = clear || (clearing_q && (table_busy || keys_busy));
    always @(posedge clk) clearing_q <= clearing_d;
    assign stream_reset_busy = clearing_q || testing;

    // The selftest has both streams to itself.
    localparam [31:0] CIPHERS = (32'd1 << `LK_CIPHER_AES_128_GCM) | (32'd1 << `LK_CIPHER_AES_256_GCM)
                              | (CHACHA20_POLY1305 != 0 ? 32'd1 << `LK_CIPHER_CHACHA20_POLY1305 : 32'd0)
                              | (CBC != 0 ? (32'd1 << `LK_CIPHER_AES_128_CBC_SHA) | (32'd1 << `LK_CIPHER_AES_256_CBC_SHA)
                                          | (32'd1 << `LK_CIPHER_AES_128_CBC_SHA256) | (32'd1 << `LK_CIPHER_AES_256_CBC_SHA256)
                                          | (32'd1 << `LK_CIPHER_NULL_SHA) | (32'd1 << `LK_CIPHER_NULL_SHA256) : 32'd0);
    wire        testing, tested, test_valid, test_ready;
    wire [1:0]  test_lane;
    wire [31:0] test_data, ciphers_tested, ciphers_failed, out_data;
    wire        out_valid, out_last, register_ready;
    lk_selftest #(.CIPHERS(CIPHERS), .LANES(LANES)) self_test (
        .clk(clk), .reset(reset), .request(selftest), .clearing(clearing_q || stream_reset || selftest), .pending(testing), .finished(tested),
        .lane(test_lane), .command_data(test_data), .command_valid(test_valid), .command_ready(register_ready && !clearing_q),
        .completion_data(out_data), .completion_valid(out_valid && testing), .completion_last(out_last),
        .completion_ready(test_ready), .ran(ciphers_tested), .failed(ciphers_failed));
    assign completion_data = out_data;
    assign completion_last = out_last;
    assign completion_valid = out_valid && !testing;

    // Commands.
    wire [31:0] in_data;
    wire        in_valid, in_ready;
    assign command_ready = register_ready && !stream_reset_busy;
    lk_stream_register in_register (
        .clk(clk), .reset(clear), .in_data(testing ? test_data : command_data),
        .in_valid((testing ? test_valid : command_valid) && !clearing_q), .in_ready(register_ready),
        .out_data(in_data), .out_valid(in_valid), .out_ready(in_ready));

    wire        header_valid, framing_error, lost, next, slot_comes;
    wire [7:0]  opcode, flags, content_type;
    wire [15:0] slot, slot_ahead, generation, length, padding;
    wire [31:0] tag, payload_data;
    wire [63:0] sequence_number;
    wire [2:0]  payload_count;
    wire        payload_valid, payload_ready, payload_done;
    lk_command_parser parser (
        .clk(clk), .reset(clear), .in_data(in_data), .in_valid(in_valid), .in_ready(in_ready), .header_valid(header_valid),
        .framing_error(framing_error), .lost(lost), .slot_comes(slot_comes), .slot_ahead(slot_ahead), .next(next),
        .opcode(opcode), .flags(flags), .content_type(content_type),
        .slot(slot), .generation(generation), .tag(tag), .length(length), .padding(padding), .sequence_number(sequence_number),
        .payload_data(payload_data), .payload_count(payload_count), .payload_valid(payload_valid),
        .payload_ready(payload_ready), .payload_done(payload_done));

    // The session table, and what fills it. A slot is looked up while the rest of the header comes in. A chained IV is not written
    // back while a slot is loaded.
    wire        payload_begins, to_loader, to_nowhere;
    wire        fetch_key, advance, commit, erase, erase_all;
    wire        slot_valid, slot_opens, slot_encrypt_then_mac, slot_near_limit, slot_at_limit, key_word_valid, load_write, load_done;
    wire [1:0]  key_word_kind;
    wire [3:0]  slot_version;
    wire [4:0]  load_index, key_form;
    wire [7:0]  slot_cipher;
    wire [15:0] slot_generation, live_slots, fetch_slot;
    wire [63:0] slot_next;
    wire [95:0] slot_iv;
    wire [31:0] key_word, load_word;
    wire [7:0]  loader_status;
    wire [14:0] load_properties;
    // A cipher that failed its test is not there.
    wire        load_failed = ciphers_failed[load_properties[4:0]] && !testing
                           && loader_status != `LK_STATUS_BAD_FIELD;
    wire [7:0]  load_status = load_failed ? `LK_STATUS_UNSUPPORTED : loader_status;
    wire        chain_valid, chain_take;
    wire [15:0] chain_slot;
    wire [7:0]  chain_byte;
    wire        tls1_3 = slot_version == 4'd4;
    // The command in work comes before keys, and so does an IV that is written back. A look-up waits in the table.
    wire table_taken = slot_comes || payload_begins || to_loader || advance || erase || erase_all || chain_valid;
    lk_slot_loader #(.CHACHA20_POLY1305(CHACHA20_POLY1305), .CBC(CBC)) loader (
        .clk(clk), .reset(clear), .begins(payload_begins), .in_use(slot_valid), .replaces(opcode == `LK_OPCODE_SLOT_REPLACE),
        .opened(slot_opens), .in_data(payload_data),
        .in_valid(to_loader && payload_valid), .done(load_done), .status(loader_status), .properties(load_properties),
        .write(load_write), .write_index(load_index), .write_word(load_word));
    lk_session_table #(.SLOTS(SLOTS)) session_table (
        .clk(clk), .reset(reset), .erase_all(erase_all || drop), .erase(erase), .find(slot_comes), .fetch_key(fetch_key),
        .key_slot(fetch_slot), .advance(advance), .commit(commit), .write(load_write), .busy(table_busy), .slot(slot_ahead), .write_index(load_index),
        .write_word(load_word), .sequence_number(sequence_number), .commit_properties({load_properties, generation}),
        .valid(slot_valid), .encrypt_then_mac(slot_encrypt_then_mac), .opens(slot_opens), .version(slot_version),
        .cipher(slot_cipher), .generation(slot_generation), .next(slot_next), .near_limit(slot_near_limit), .at_limit(slot_at_limit), .iv(slot_iv), .key_form(key_form),
        .key_word_valid(key_word_valid), .key_word_kind(key_word_kind), .key_word(key_word),
        .loading(payload_begins || to_loader), .chain_valid(chain_valid),
        .chain_slot(chain_slot), .chain_byte(chain_byte), .chain_take(chain_take), .live(live_slots));

    // Checks.
    wire       uses_slot, supported, key_128, by_sequence, classic, sha256, cbc, chained, slot_explicit_iv;
    lk_cipher_form #(.CHACHA20_POLY1305(CHACHA20_POLY1305), .CBC(CBC)) slot_form (
        .cipher(slot_cipher), .version(slot_version), .supported(supported), .key_128(key_128), .by_sequence(by_sequence),
        .classic(classic), .sha256(sha256), .cbc(cbc), .chained(chained), .explicit_iv(slot_explicit_iv));
    wire [7:0] header_status, slot_status;
    lk_header_check #(.SLOTS(SLOTS)) header_check (
        .opcode(opcode), .flags(flags), .content_type(content_type), .slot(slot), .length(length), .padding(padding),
        .sequence_number(sequence_number), .uses_slot(uses_slot), .status(header_status));
    lk_slot_check slot_check (
        .opcode(opcode), .generation(generation), .length(length), .padding(padding), .sequence_number(sequence_number),
        .slot_valid(slot_valid), .slot_generation(slot_generation), .slot_opens(slot_opens), .slot_tls1_3(tls1_3),
        .slot_explicit_iv(slot_explicit_iv), .slot_next(slot_next), .slot_at_limit(slot_at_limit), .status(slot_status));

    // The lanes.
    wire        lanes_payload_ready, record_valid, record_begins, record_done, records_owed, records_run, lanes_idle, keys_wiping;
    wire        complete_valid, complete_ready, announces;
    wire [7:0]  complete_opcode, complete_status, announced_opcode, announced_status;
    wire [15:0] sealed_length, opened_length;
    assign payload_ready = to_loader || to_nowhere || (record_valid && lanes_payload_ready);
    lk_lanes #(
        .LANES(LANES), .SLOT_BITS(SLOT_BITS), .GHASH_DIGIT(GHASH_DIGIT), .CHACHA20_POLY1305(CHACHA20_POLY1305),
        .CBC(CBC)) lanes (
        .clk(clk), .reset(clear), .lane_given(testing), .given_lane(test_lane),
        .about_slot(uses_slot && !framing_error && {16'd0, slot} < SLOTS), .slot(slot),
        .record_valid(record_valid), .generation(generation), .tag(tag), .content_type(content_type), .length(length),
        .padding(padding), .sequence_number(sequence_number), .open(slot_opens), .near_limit(slot_near_limit), .encrypt_then_mac(slot_encrypt_then_mac),
        .chained(chained), .version(slot_version), .cipher(slot_cipher),
        .iv(slot_iv), .payload_data(payload_data), .payload_count(payload_count), .payload_valid(payload_valid),
        .payload_ready(lanes_payload_ready), .payload_done(payload_done), .record_begins(record_begins),
        .record_done(record_done), .records_owed(records_owed), .records_run(records_run), .table_busy(table_busy),
        .table_taken(table_taken), .fetch_key(fetch_key), .fetch_slot(fetch_slot), .fetch_form(key_form),
        .key_word_valid(key_word_valid), .key_word_kind(key_word_kind), .key_word(key_word), .chain_valid(chain_valid),
        .chain_slot(chain_slot), .chain_byte(chain_byte), .chain_take(chain_take), .wipe(erase), .wipe_all(erase_all || drop),
        .wiping(keys_wiping), .key_busy(keys_busy), .other_valid(complete_valid), .other_ready(complete_ready),
        .other_opcode(complete_opcode), .other_status(complete_status), .other_blank(framing_error), .announces(announces),
        .announced_opcode(announced_opcode), .announced_status(announced_status), .sealed_length(sealed_length),
        .opened_length(opened_length), .out_data(out_data), .out_last(out_last), .out_valid(out_valid),
        .out_ready(testing ? test_ready : completion_ready), .idle(lanes_idle));

    // Control.
    wire executor_idle;
    lk_command_executor executor (
        .clk(clk), .reset(clear), .header_valid(header_valid), .framing_error(framing_error), .opcode(opcode),
        .length(length), .payload_done(payload_done), .next(next), .uses_slot(uses_slot),
        .header_status(header_status), .slot_status(slot_status), .load_status(load_status), .load_done(load_done),
        .payload_begins(payload_begins), .to_loader(to_loader), .to_nowhere(to_nowhere), .table_busy(table_busy),
        .slot_valid(slot_valid), .advance(advance), .commit(commit), .erase(erase), .erase_all(erase_all),
        .record_valid(record_valid), .record_begins(record_begins), .record_done(record_done), .records_owed(records_owed),
        .records_run(records_run), .keys_busy(keys_wiping), .complete_valid(complete_valid), .complete_ready(complete_ready),
        .complete_opcode(complete_opcode), .complete_status(complete_status), .idle(executor_idle));

    // What it does: for lights, and for the counters of the facts.
    assign working = !(executor_idle && lanes_idle) && !testing;
    assign keyed = live_slots != 16'd0 && !testing;
    assign failed = ciphers_failed != 32'd0 || lost;

    // Facts.
    lk_engine_facts #(
        .SLOTS(SLOTS), .LANES(LANES), .BUILD(BUILD), .CLOCK_HERTZ(CLOCK_HERTZ), .CBC(CBC)) facts (
        .clk(clk), .reset(reset), .busy(working), .command(next && !framing_error && !testing),
        .completion(announces && !testing), .opcode(announced_opcode), .status(announced_status), .sealed_length(sealed_length),
        .opened_length(opened_length), .live_slots(live_slots), .ciphers(CIPHERS & ~ciphers_failed),
        .ciphers_tested(ciphers_tested), .ciphers_failed(ciphers_failed), .lost(lost), .fact_address(fact_address),
        .fact_data(fact_data));

    wire unused = &{1'b0, supported, key_128, by_sequence, classic, sha256, cbc, 1'b0};
endmodule

`default_nettype wire
