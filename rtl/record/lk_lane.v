// SPDX-License-Identifier: Apache-2.0
// One lane with all that belongs to it: its control, the key and the cipher in lk_record_lane, the record buffer for what it
// opens, and its stream of completions. A record comes in as the fields of its command and its slot, and the words of its
// payload.
//
// A lane alone sends sealed records as they are made, a byte a cycle. One of several keeps them until they are whole, or until
// 16 KiB of them have gathered: then they go out by a word a cycle, and the other lanes' completions soon have their turn.
`default_nettype none

module lk_lane #(
    parameter GHASH_DIGIT = 8,
    parameter CHACHA20_POLY1305 = 1,
    parameter CBC = 1,
    parameter ALONE = 1
) (
    input  wire        clk,
    input  wire        reset,
    // The record: held from valid to done.
    input  wire        record_valid,
    input  wire [15:0] slot,
    input  wire [15:0] generation,
    input  wire [31:0] tag,
    input  wire [7:0]  content_type,
    input  wire [15:0] length,
    input  wire [15:0] padding,
    input  wire [63:0] sequence_number,
    input  wire        open,             // of the slot, from here on
    input  wire        near_limit,        // of the slot's key: the completion of a record that is sealed tells it
    input  wire        encrypt_then_mac,
    input  wire [3:0]  version,
    input  wire [7:0]  cipher,
    input  wire [95:0] iv,
    input  wire [31:0] payload_data,
    input  wire [2:0]  payload_count,
    input  wire        payload_valid,
    output wire        payload_ready,
    input  wire        payload_done,     // nothing of it is left
    output wire        record_begins,    // pulse
    output wire        record_done,      // pulse
    // The key.
    output wire        fetch_key,        // the slot's is wanted
    output wire [4:0]  key_form,         // and this of it, as lk_session_table says
    input  wire        key_granted,
    input  wire        key_coming,
    input  wire        key_word_valid,
    input  wire [1:0]  key_word_kind,
    input  wire [31:0] key_word,
    input  wire        wipe,             // pulse: the key of that slot is erased
    input  wire        wipe_all,         // pulse: of every slot
    input  wire [15:0] wipe_slot,
    output wire        key_busy,         // also while it is wiped
    output wire        wiping,
    // The IV of that slot's next record, where IVs are chained.
    output wire        chain_valid,
    output wire [15:0] chain_slot,
    output wire [7:0]  chain_byte,
    input  wire        chain_take,
    // A completion that is no record's, but of the same slot, generation and tag; announced while the lane announces none.
    input  wire        other_valid,
    input  wire [7:0]  other_opcode,
    input  wire [7:0]  other_status,
    input  wire        other_blank,      // zeros in place of those three
    output wire        other_ready,
    // What is announced.
    input  wire        turn,             // in this cycle it may be
    output wire        announces,        // pulse, with:
    output wire [7:0]  announced_opcode,
    output wire [7:0]  announced_status,
    output wire [15:0] announced_length,
    // Completions.
    input  wire        may_deliver,      // the oldest may go out
    output wire        delivered,        // pulse: it has
    output wire [31:0] out_data,
    output wire        out_last,
    output wire        out_valid,
    input  wire        out_ready,
    output wire        owing,            // a record is being opened, and nobody has been told of it
    output wire        free,             // no record in the lane, and none owed
    output wire        idle              // and no completion on its way
);
    wire tls1_3 = version == 4'd4;
    // Cipher and version are there a cycle before record_valid: what they say comes out of a register.
    wire       supported, key_here;
    wire [6:0] form;
    reg  [6:0] form_q = 7'd0;
    lk_cipher_form #(.CHACHA20_POLY1305(CHACHA20_POLY1305), .CBC(CBC)) cipher_form (
        .cipher(cipher), .version(version), .supported(supported), .key_128(form[6]), .by_sequence(form[5]), .classic(form[4]),
        .sha256(form[3]), .cbc(form[2]), .chained(form[1]), .explicit_iv(form[0]));
    always @(posedge clk) form_q <= form;
    wire key_128 = form_q[6], by_sequence = form_q[5], classic = form_q[4], sha256 = form_q[3], cbc = form_q[2];
    wire chained = form_q[1], explicit_iv = form_q[0];
    wire explicit_nonce = !tls1_3 && !by_sequence && !classic;
    assign key_form = {chained, key_here ? 4'd0 : {sha256, classic, key_128, !classic || cbc}};

    // Payload as bytes: first the header of a record to open, the rest to the lane.
    wire         to_received, to_lane, to_nowhere;
    wire [7:0]   byte_data;
    wire         byte_valid, byte_ready, narrow_ready, lane_in_ready, narrow_empty;
    wire         received_header, received_all;
    wire [103:0] received;
    assign payload_ready = to_nowhere || ((to_received || to_lane) && narrow_ready);
    assign byte_ready = to_received || (to_lane && lane_in_ready);
    lk_stream_narrow narrow (
        .clk(clk), .reset(reset || record_done || to_nowhere), .in_data(payload_data), .in_count(payload_count),
        .in_valid((to_received || to_lane) && payload_valid), .in_ready(narrow_ready), .out_data(byte_data),
        .out_valid(byte_valid), .out_ready(byte_ready), .empty(narrow_empty));
    lk_received_header received_bytes (
        .clk(clk), .reset(reset), .begins(record_done), .explicit_nonce(explicit_nonce), .in_data(byte_data),
        .in_valid(to_received && byte_valid), .bytes(received), .header(received_header), .all(received_all));
    wire [7:0] open_status;
    lk_open_check open_check (
        .tls1_3(tls1_3), .explicit_nonce(explicit_nonce), .classic(classic), .sha256(sha256), .cbc(cbc), .explicit_iv(explicit_iv),
        .encrypt_then_mac(encrypt_then_mac), .ssl3(version == 4'd0), .payload_length(length), .record_length(received[79:64]),
        .sequence_number(sequence_number), .status(open_status));

    // AEADs.
    wire [103:0] header;
    wire [3:0]   header_bytes, aad_bytes;
    wire [7:0]   outer_type;
    wire [95:0]  nonce;
    wire [15:0]  next_nonce;
    wire [127:0] aad;
    wire [14:0]  data_bytes, aead_bytes;
    wire [15:0]  aead_record_bytes;
    wire         lane_start, key_wipe, aead_key_busy, aead_in_ready, aead_in_done, aead_idle, aead_done, aead_authentic, typeless;
    wire [7:0]   aead_type, aead_out, aead_store;
    wire         aead_out_last, aead_out_valid, aead_has_output, sealed_ready, aead_store_last, aead_store_valid, store_ready;
    wire         aes_start, aes_decrypt, aes_busy;
    wire         aes_keep, aes_next;
    wire [7:0]   aes_byte;
    wire [127:0] aes_in, aes_out;
    // Whose AES is: of the record in the lane, which the next one may already stand behind; then of the next one. It is known a cycle after that one
    // is there, before the first word of a key can come, and AES does not begin in the cycle of start.
    reg          classic_q = 1'b0, lent_q = 1'b0;
    wire         lane_idle;
    always @(posedge clk) lent_q <= lane_idle ? classic : classic_q;
    wire         is_key = key_word_valid && key_word_kind == 2'd0;
    wire         is_mac_key = key_word_valid && key_word_kind == 2'd1;
    lk_record_format format (
        .open(open), .tls1_3(tls1_3), .explicit_nonce(explicit_nonce), .iv(iv), .sequence_number(sequence_number),
        .content_type(content_type), .length(length), .padding(padding), .received(received), .header(header), .header_bytes(header_bytes),
        .outer_type(outer_type), .nonce(nonce), .next_nonce(next_nonce), .aad(aad), .aad_bytes(aad_bytes), .data_bytes(data_bytes),
        .record_bytes(aead_record_bytes));
    lk_record_lane #(.GHASH_DIGIT(GHASH_DIGIT), .CHACHA20_POLY1305(CHACHA20_POLY1305), .AES_DECRYPT(CBC)) lane (
        .clk(clk), .reset(reset), .key_word_valid(is_key), .key_word(key_word), .key_long(!key_128),
        .key_wipe(key_wipe || (is_mac_key && !cbc)), .key_busy(aead_key_busy), .chacha20_poly1305(by_sequence), .lend(lent_q),
        .start(lane_start && !classic), .open(open), .tls1_3(tls1_3), .header(header),
        .header_bytes(header_bytes), .content_type(open ? outer_type : content_type), .nonce(nonce), .next_nonce(next_nonce), .aad(aad),
        .aad_bytes(aad_bytes), .plaintext_bytes(length[14:0]), .data_bytes(data_bytes), .in_data(byte_data),
        .in_valid(to_lane && byte_valid), .in_ready(aead_in_ready), .in_done(aead_in_done), .out_data(aead_out),
        .out_last(aead_out_last), .out_valid(aead_out_valid), .out_ready(sealed_ready), .has_output(aead_has_output), .store_data(aead_store),
        .store_last(aead_store_last), .store_valid(aead_store_valid), .store_ready(store_ready), .idle(aead_idle), .done(aead_done),
        .authentic(aead_authentic), .typeless(typeless), .opened_type(aead_type), .opened_bytes(aead_bytes), .aes_start(aes_start),
        .aes_decrypt(aes_decrypt), .aes_in(aes_in), .aes_busy(aes_busy), .aes_out(aes_out),
        .aes_keep(aes_keep), .aes_next(aes_next), .aes_byte(aes_byte));

    // Suites with a MAC.
    wire [15:0] classic_record_bytes;
    wire [14:0] classic_bytes, verify_bytes, read_index;
    wire [7:0]  classic_type, classic_out, classic_store, verify_type, read_byte;
    wire        classic_key_busy, classic_in_ready, classic_in_done, classic_idle, classic_done, classic_authentic;
    wire        classic_out_last, classic_out_valid, classic_store_last, classic_store_valid;
    wire        hands_on, hand_free, verify_done, verify_authentic;
    generate
        if (CBC != 0) begin : with_mac
            lk_classic_lane classic_lane (
                .clk(clk), .reset(reset), .key_word_valid(key_word_valid), .key_word_kind(key_word_kind), .key_word(key_word),
                .key_wipe(key_wipe || (is_key && !classic)), .key_busy(classic_key_busy), .start(lane_start && classic), .open(open),
                .cbc(cbc), .sha256(sha256), .encrypt_then_mac(encrypt_then_mac), .explicit_iv(explicit_iv), .version(version),
                .sequence_number(sequence_number), .content_type(content_type), .length(length), .received(received[103:64]),
                .record_bytes(classic_record_bytes), .in_data(byte_data), .in_valid(to_lane && byte_valid),
                .in_ready(classic_in_ready), .in_done(classic_in_done), .out_data(classic_out), .out_last(classic_out_last),
                .out_valid(classic_out_valid), .out_ready(sealed_ready && !aead_has_output), .store_data(classic_store),
                .store_last(classic_store_last), .store_valid(classic_store_valid), .chain_valid(chain_valid),
                .chain_byte(chain_byte), .chain_take(chain_take), .aes_start(aes_start), .aes_decrypt(aes_decrypt),
                .aes_in(aes_in), .aes_busy(aes_busy), .aes_out(aes_out), .aes_keep(aes_keep), .aes_next(aes_next),
                .aes_byte(aes_byte), .hands_on(hands_on), .hand_free(hand_free),
                .read_index(read_index), .read_byte(read_byte), .idle(classic_idle), .done(classic_done),
                .authentic(classic_authentic), .opened_type(classic_type), .opened_bytes(classic_bytes),
                .verify_done(verify_done), .verify_authentic(verify_authentic), .verify_type(verify_type),
                .verify_bytes(verify_bytes));
        end else begin : without_mac
            assign {classic_record_bytes, classic_bytes, verify_bytes, read_index} = 61'd0;
            assign {classic_type, classic_out, classic_store, verify_type, chain_byte} = 40'd0;
            assign {classic_key_busy, classic_in_ready, classic_done, classic_authentic, classic_out_last, classic_out_valid} = 6'd0;
            assign {classic_store_last, classic_store_valid, hands_on, verify_done, verify_authentic, chain_valid} = 6'd0;
            assign {classic_in_done, classic_idle} = 2'b11;
            assign {aes_start, aes_decrypt, aes_keep, aes_next, aes_in} = 132'd0;
            wire unused = &{1'b0, aes_busy, aes_out, aes_byte, hand_free, read_byte, chain_take, is_mac_key, encrypt_then_mac, 1'b0};
        end
    endgenerate

    // One of the two has the record. The tag of a record that was sealed before goes out first.
    always @(posedge clk) if (lane_start) classic_q <= classic;
    wire         lane_in_done = aead_in_done && classic_in_done;
    assign lane_idle = aead_idle && classic_idle;
    wire         lane_done = aead_done || classic_done;
    wire [7:0]   sealed_data = aead_has_output ? aead_out : classic_out;
    wire         sealed_last = aead_has_output ? aead_out_last : classic_out_last;
    wire         sealed_valid = aead_has_output ? aead_out_valid : classic_out_valid;
    wire [7:0]   store_data = classic_q ? classic_store : aead_store;
    wire         store_last = classic_q ? classic_store_last : aead_store_last;
    wire         store_valid = classic_store_valid || aead_store_valid;
    wire [15:0]  record_bytes = classic ? classic_record_bytes : aead_record_bytes;
    assign lane_in_ready = classic_q ? classic_in_ready : aead_in_ready;
    assign key_busy = aead_key_busy || classic_key_busy;
    assign chain_slot = key_slot;

    // Between the ciphers and the completions.
    wire        bank_free, keep, drop, verified, send_begins, send_valid, send_ready, sent;
    wire        begins_sealed, may_begin, sealed_word_valid, sealed_word_ready;
    wire [12:0] send_words;
    wire [31:0] send_data, sealed_word;

    wire        complete_valid, complete_ready, builder_idle;
    wire [7:0]  complete_opcode, complete_status, complete_type;
    wire [15:0] complete_slot, complete_generation, complete_length;
    wire [31:0] complete_tag;
    wire [15:0] key_slot;
    lk_lane_control control (
        .clk(clk), .reset(reset), .record_valid(record_valid), .open(open), .near_limit(near_limit), .slot(slot), .generation(generation), .tag(tag),
        .payload_done(payload_done), .record_begins(record_begins), .record_done(record_done), .to_received(to_received),
        .to_lane(to_lane), .to_nowhere(to_nowhere), .received_header(received_header), .received_all(received_all),
        .open_status(open_status), .chained(chained), .fetch_key(fetch_key), .key_here(key_here), .key_slot(key_slot), .key_granted(key_granted), .key_coming(key_coming), .wipe(wipe),
        .wipe_all(wipe_all), .wipe_slot(wipe_slot), .key_wipe(key_wipe), .lane_idle(lane_idle), .lane_in_done(lane_in_done),
        .lane_key_busy(key_busy), .lane_done(lane_done), .lane_authentic(classic_q ? classic_authentic : aead_authentic),
        .lane_typeless(typeless && !classic_q), .lane_type(classic_q ? classic_type : aead_type),
        .lane_bytes(classic_q ? classic_bytes : aead_bytes), .hands_on(hands_on), .hand_free(hand_free),
        .verify_done(verify_done), .verify_authentic(verify_authentic), .verify_type(verify_type), .verify_bytes(verify_bytes),
        .record_bytes(record_bytes), .bank_free(bank_free), .lane_start(lane_start), .keep(keep), .drop(drop),
        .verified(verified), .blank(other_blank), .complete_valid(complete_valid), .complete_ready(complete_ready),
        .complete_opcode(complete_opcode), .complete_status(complete_status), .complete_type(complete_type),
        .complete_slot(complete_slot), .complete_generation(complete_generation), .complete_tag(complete_tag),
        .complete_length(complete_length), .owing(owing), .free(free));

    // A sealed record of one of several lanes begins to leave when all of it is there, or there is no room for more.
    wire sealed_whole, no_room;
    generate
        if (ALONE != 0) begin : streams
            assign may_begin = may_deliver;
            wire unused = &{1'b0, begins_sealed, sealed_whole, no_room, 1'b0};
        end else begin : waits
            reg [2:0] whole_d, whole_q = 3'd0;   // sealed records that are all there
            always @* begin
                whole_d = whole_q + {2'd0, sealed_whole} - {2'd0, delivered && begins_sealed};
                if (reset) whole_d = 3'd0;
            end
            always @(posedge clk) whole_q <= whole_d;
            assign may_begin = may_deliver && (!begins_sealed || whole_q != 3'd0 || no_room);
        end
    endgenerate

    // Where sealed records and the plaintext of opened ones wait. Several lanes that verify nothing afterwards have a ring for both.
    generate
        if (ALONE == 0 && CBC == 0) begin : together
            wire [12:0] keep_words = complete_length[14:2] + {12'd0, |complete_length[1:0]};
            wire        leaves_ready = sealed_word_ready || send_ready;
            wire [31:0] leaves;
            wire        leaves_valid;
            lk_lane_store store (
                .clk(clk), .reset(reset), .begins(lane_start), .sealed_data(sealed_data), .sealed_last(sealed_last),
                .sealed_valid(sealed_valid), .sealed_ready(sealed_ready), .opened_data(store_data), .opened_last(store_last),
                .opened_valid(store_valid), .opened_ready(store_ready), .sealed_whole(sealed_whole), .full(no_room), .keep(keep),
                .keep_words(keep_words), .out_data(leaves), .out_valid(leaves_valid), .out_ready(leaves_ready));
            assign {sealed_word, send_data} = {leaves, leaves};
            assign {sealed_word_valid, send_valid} = {leaves_valid, leaves_valid};
            assign bank_free = 1'b1;
            assign read_byte = 8'd0;
            wire unused = &{1'b0, hands_on, read_index, verified, drop, send_begins, send_words, sent, 1'b0};
        end else begin : apart
            // What opening keeps until it is verified.
            lk_record_buffer #(.VERIFIES(CBC)) record_buffer (
                .clk(clk), .reset(reset), .bank_free(bank_free), .fill_begins(lane_start), .in_data(store_data),
                .in_last(store_last), .in_valid(store_valid), .hand_on(hands_on), .read_index(read_index), .read_byte(read_byte),
                .verified(verified), .keep(keep), .drop(drop), .send_begins(send_begins), .send_words(send_words),
                .out_data(send_data), .out_valid(send_valid), .out_ready(send_ready), .sent(sent));
            assign store_ready = 1'b1;

            // Sealed records as words; of several lanes, through a store.
            wire [31:0] wide_data;
            wire        wide_last, wide_valid, wide_ready;
            lk_stream_widen widen (
                .clk(clk), .reset(reset), .in_data(sealed_data), .in_last(sealed_last), .in_valid(sealed_valid),
                .in_ready(sealed_ready), .out_data(wide_data), .out_last(wide_last), .out_valid(wide_valid), .out_ready(wide_ready));
            assign sealed_whole = wide_valid && wide_ready && wide_last;
            assign no_room = !wide_ready;
            if (ALONE != 0) begin : direct
                assign sealed_word = wide_data;
                assign sealed_word_valid = wide_valid;
                assign wide_ready = sealed_word_ready;
            end else begin : stored
                wire [12:0] held;
                lk_stream_store #(.WIDTH(32), .DEPTH_LOG2(12)) store (
                    .clk(clk), .reset(reset), .in_data(wide_data), .in_valid(wide_valid), .in_ready(wide_ready),
                    .out_data(sealed_word), .out_valid(sealed_word_valid), .out_ready(sealed_word_ready), .held(held));
                wire unused = &{1'b0, held, 1'b0};
            end
        end
    endgenerate

    // The key that is being wiped.
    reg  wiping_d, wiping_q = 1'b0;
    always @* wiping_d = key_wipe || (wiping_q && key_busy);
    always @(posedge clk) wiping_q <= wiping_d;
    assign wiping = wiping_q;

    // Completions.
    wire builder_ready;
    assign complete_ready = builder_ready && turn;
    assign other_ready = complete_ready;
    assign announced_opcode = complete_valid ? complete_opcode : other_opcode;
    assign announced_status = complete_valid ? complete_status : other_status;
    assign announced_length = complete_valid ? complete_length : 16'd0;
    assign announces = (complete_valid || other_valid) && complete_ready;
    assign idle = free && builder_idle;
    lk_completion_builder builder (
        .clk(clk), .reset(reset), .valid((complete_valid || other_valid) && turn), .ready(builder_ready), .opcode(announced_opcode),
        .status(announced_status), .content_type(complete_valid ? complete_type : 8'd0),
        .slot(complete_slot), .generation(complete_generation), .tag(complete_tag), .length(announced_length), .may_begin(may_begin),
        .begins_sealed(begins_sealed), .sealed_data(sealed_word), .sealed_valid(sealed_word_valid),
        .sealed_ready(sealed_word_ready), .send_begins(send_begins), .send_words(send_words), .send_data(send_data),
        .send_valid(send_valid), .send_ready(send_ready), .sent(sent), .out_data(out_data), .out_last(out_last),
        .out_valid(out_valid), .out_ready(out_ready), .delivered(delivered), .idle(builder_idle));

    wire unused = &{1'b0, narrow_empty, supported, 1'b0};
endmodule

`default_nettype wire
