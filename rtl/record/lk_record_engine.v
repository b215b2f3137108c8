// SPDX-License-Identifier: Apache-2.0
// The record engine: a stream of commands in, a stream of completions out (docs/protocol.md). One lane, AES-128-GCM,
// AES-256-GCM and ChaCha20-Poly1305, TLS 1.2 and 1.3.
`default_nettype none

module lk_record_engine #(
    parameter SLOTS = 256,             // session slots, a power of two
    parameter BUILD = 32'd1,           // fact BUILD
    parameter CLOCK_HERTZ = 60000000,  // fact CLOCK_HERTZ
    parameter GHASH_DIGIT = 8,         // bits of GHASH a cycle
    parameter CHACHA20_POLY1305 = 1    // 0 leaves it out
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
    output wire        stream_reset_busy,  // high until that is finished; no command is taken meanwhile
    input  wire [7:0]  fact_address,
    output wire [31:0] fact_data           // one cycle after the address; reading a pair's low word latches its high word
);
    // Dropping everything, and the time that zeroising takes: as after reset.
    wire clear = reset || stream_reset;
    reg  clearing_d, clearing_q = 1'b1;
    wire table_busy, lane_key_busy;
    always @* clearing_d = clear || (clearing_q && (table_busy || lane_key_busy));
    always @(posedge clk) clearing_q <= clearing_d;
    assign stream_reset_busy = clearing_q;

    // Commands.
    wire [31:0] in_data;
    wire        in_valid, in_ready, register_ready;
    assign command_ready = register_ready && !clearing_q;
    lk_stream_register in_register (
        .clk(clk), .reset(clear), .in_data(command_data), .in_valid(command_valid && !clearing_q), .in_ready(register_ready),
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

    // The session table, and what fills it. A slot is looked up while the rest of the header comes in.
    wire        payload_begins, to_loader, to_received, to_lane, to_nowhere;
    wire        fetch_key, advance, commit, erase, erase_all;
    wire        slot_valid, slot_opens, key_word_valid, load_write, load_done;
    wire [3:0]  slot_version, load_index;
    wire [7:0]  slot_cipher;
    wire [15:0] slot_generation, live_slots;
    wire [63:0] slot_next;
    wire [95:0] slot_iv;
    wire [31:0] key_word, load_word;
    wire [7:0]  load_status;
    wire [12:0] load_properties;
    wire        tls1_3 = slot_version == 4'd4;
    wire        cipher_supported, cipher_key_128, cipher_by_sequence;
    wire        explicit_nonce = !tls1_3 && !cipher_by_sequence;
    lk_cipher_form #(.CHACHA20_POLY1305(CHACHA20_POLY1305)) cipher_form (
        .cipher(slot_cipher), .supported(cipher_supported), .key_128(cipher_key_128), .by_sequence(cipher_by_sequence));
    lk_slot_loader #(.CHACHA20_POLY1305(CHACHA20_POLY1305)) loader (
        .clk(clk), .reset(clear), .begins(payload_begins), .in_use(slot_valid), .in_data(payload_data),
        .in_valid(to_loader && payload_valid), .done(load_done), .status(load_status), .properties(load_properties),
        .write(load_write), .write_index(load_index), .write_word(load_word));
    lk_session_table #(.SLOTS(SLOTS)) session_table (
        .clk(clk), .reset(reset), .erase_all(erase_all || stream_reset), .erase(erase), .find(slot_comes), .fetch_key(fetch_key),
        .advance(advance), .commit(commit), .write(load_write), .busy(table_busy), .slot(slot_ahead), .write_index(load_index),
        .write_word(load_word), .sequence_number(sequence_number), .commit_properties({load_properties, generation}),
        .valid(slot_valid), .opens(slot_opens), .version(slot_version), .cipher(slot_cipher), .key_128(cipher_key_128),
        .generation(slot_generation), .next(slot_next), .iv(slot_iv), .key_word_valid(key_word_valid), .key_word(key_word), .live(live_slots));

    // Payload as bytes: first the header of a record to open, the rest to the lane.
    wire [7:0]   byte_data;
    wire         byte_valid, byte_ready, narrow_ready, lane_in_ready, narrow_empty;
    wire         received_header, received_all;
    wire [103:0] received;
    assign payload_ready = to_loader || to_nowhere || ((to_received || to_lane) && narrow_ready);
    assign byte_ready = to_received || (to_lane && lane_in_ready);
    lk_stream_narrow narrow (
        .clk(clk), .reset(clear || next || to_nowhere), .in_data(payload_data), .in_count(payload_count),
        .in_valid((to_received || to_lane) && payload_valid), .in_ready(narrow_ready), .out_data(byte_data),
        .out_valid(byte_valid), .out_ready(byte_ready), .empty(narrow_empty));
    lk_received_header received_bytes (
        .clk(clk), .reset(clear), .begins(payload_begins), .explicit_nonce(explicit_nonce), .in_data(byte_data),
        .in_valid(to_received && byte_valid), .bytes(received), .header(received_header), .all(received_all));

    // Checks.
    wire       uses_slot;
    wire [7:0] header_status, slot_status, open_status;
    lk_header_check #(.SLOTS(SLOTS)) header_check (
        .opcode(opcode), .flags(flags), .content_type(content_type), .slot(slot), .length(length), .padding(padding),
        .sequence_number(sequence_number), .uses_slot(uses_slot), .status(header_status));
    lk_slot_check slot_check (
        .opcode(opcode), .generation(generation), .length(length), .padding(padding), .sequence_number(sequence_number),
        .slot_valid(slot_valid), .slot_generation(slot_generation), .slot_opens(slot_opens), .slot_tls1_3(tls1_3),
        .slot_next(slot_next), .status(slot_status));
    lk_open_check open_check (
        .tls1_3(tls1_3), .explicit_nonce(explicit_nonce), .payload_length(length), .record_length(received[79:64]),
        .sequence_number(sequence_number), .status(open_status));

    // The lane.
    wire [103:0] header;
    wire [3:0]   header_bytes, aad_bytes;
    wire [7:0]   outer_type;
    wire [95:0]  nonce;
    wire [127:0] aad;
    wire [14:0]  data_bytes, lane_bytes;
    wire [15:0]  record_bytes, next_nonce;
    wire         lane_start, lane_key_wipe, lane_in_done, lane_idle, lane_done, lane_authentic, lane_typeless;
    wire [7:0]   lane_type, sealed_data, store_data;
    wire         sealed_last, sealed_valid, sealed_ready, store_last, store_valid;
    lk_record_format format (
        .open(slot_opens), .tls1_3(tls1_3), .explicit_nonce(explicit_nonce), .iv(slot_iv), .sequence_number(sequence_number),
        .content_type(content_type), .length(length), .padding(padding), .received(received), .header(header), .header_bytes(header_bytes),
        .outer_type(outer_type), .nonce(nonce), .next_nonce(next_nonce), .aad(aad), .aad_bytes(aad_bytes), .data_bytes(data_bytes),
        .record_bytes(record_bytes));
    lk_record_lane #(.GHASH_DIGIT(GHASH_DIGIT), .CHACHA20_POLY1305(CHACHA20_POLY1305)) lane (
        .clk(clk), .reset(clear), .key_word_valid(key_word_valid), .key_word(key_word), .key_wipe(lane_key_wipe || stream_reset),
        .key_busy(lane_key_busy), .cipher(slot_cipher), .start(lane_start), .open(slot_opens), .tls1_3(tls1_3), .header(header),
        .header_bytes(header_bytes), .content_type(slot_opens ? outer_type : content_type), .nonce(nonce), .next_nonce(next_nonce), .aad(aad),
        .aad_bytes(aad_bytes), .plaintext_bytes(length[14:0]), .data_bytes(data_bytes), .in_data(byte_data),
        .in_valid(to_lane && byte_valid), .in_ready(lane_in_ready), .in_done(lane_in_done), .out_data(sealed_data),
        .out_last(sealed_last), .out_valid(sealed_valid), .out_ready(sealed_ready), .store_data(store_data),
        .store_last(store_last), .store_valid(store_valid), .idle(lane_idle), .done(lane_done),
        .authentic(lane_authentic), .typeless(lane_typeless), .opened_type(lane_type), .opened_bytes(lane_bytes));

    // What opening keeps until it is verified.
    wire        bank_free, keep, send_begins, send_valid, send_ready, sent;
    wire [12:0] send_words;
    wire [31:0] send_data;
    lk_record_buffer record_buffer (
        .clk(clk), .reset(clear), .bank_free(bank_free), .fill_begins(lane_start), .in_data(store_data), .in_last(store_last),
        .in_valid(store_valid), .keep(keep), .send_begins(send_begins), .send_words(send_words), .out_data(send_data),
        .out_valid(send_valid), .out_ready(send_ready), .sent(sent));

    // Control.
    wire        complete_valid, complete_ready, executor_idle, builder_idle;
    wire [7:0]  complete_opcode, complete_status, complete_type;
    wire [15:0] complete_slot, complete_generation, complete_length;
    wire [31:0] complete_tag;
    lk_command_executor executor (
        .clk(clk), .reset(clear), .header_valid(header_valid), .framing_error(framing_error), .opcode(opcode), .slot(slot),
        .generation(generation), .tag(tag), .length(length), .payload_done(payload_done), .next(next), .uses_slot(uses_slot),
        .header_status(header_status), .slot_status(slot_status), .open_status(open_status), .load_status(load_status),
        .load_done(load_done), .payload_begins(payload_begins), .to_loader(to_loader), .to_received(to_received),
        .to_lane(to_lane), .to_nowhere(to_nowhere), .received_header(received_header), .received_all(received_all),
        .table_busy(table_busy), .slot_valid(slot_valid), .fetch_key(fetch_key), .advance(advance),
        .commit(commit), .erase(erase), .erase_all(erase_all), .lane_idle(lane_idle), .lane_in_done(lane_in_done),
        .lane_key_busy(lane_key_busy), .lane_done(lane_done), .lane_authentic(lane_authentic), .lane_typeless(lane_typeless),
        .lane_type(lane_type), .lane_bytes(lane_bytes), .record_bytes(record_bytes), .bank_free(bank_free),
        .lane_start(lane_start), .lane_key_wipe(lane_key_wipe), .keep(keep), .complete_valid(complete_valid),
        .complete_ready(complete_ready), .complete_opcode(complete_opcode), .complete_status(complete_status),
        .complete_type(complete_type), .complete_slot(complete_slot), .complete_generation(complete_generation),
        .complete_tag(complete_tag), .complete_length(complete_length), .idle(executor_idle));

    // Completions.
    lk_completion_builder builder (
        .clk(clk), .reset(clear), .valid(complete_valid), .ready(complete_ready), .opcode(complete_opcode),
        .status(complete_status), .content_type(complete_type), .slot(complete_slot), .generation(complete_generation),
        .tag(complete_tag), .length(complete_length), .sealed_data(sealed_data), .sealed_last(sealed_last),
        .sealed_valid(sealed_valid), .sealed_ready(sealed_ready), .send_begins(send_begins), .send_words(send_words),
        .send_data(send_data), .send_valid(send_valid), .send_ready(send_ready), .sent(sent), .out_data(completion_data),
        .out_last(completion_last), .out_valid(completion_valid), .out_ready(completion_ready), .idle(builder_idle));

    // Facts.
    lk_engine_facts #(
        .SLOTS(SLOTS), .BUILD(BUILD), .CLOCK_HERTZ(CLOCK_HERTZ), .CHACHA20_POLY1305(CHACHA20_POLY1305)) facts (
        .clk(clk), .reset(reset), .busy(!(executor_idle && builder_idle)), .command(next && !framing_error),
        .completion(complete_valid && complete_ready), .opcode(complete_opcode), .status(complete_status),
        .sealed_length(length), .opened_length(complete_length), .live_slots(live_slots), .lost(lost),
        .fact_address(fact_address), .fact_data(fact_data));

    wire unused = &{1'b0, narrow_empty, cipher_supported, 1'b0};
endmodule

`default_nettype wire
