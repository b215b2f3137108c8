// SPDX-License-Identifier: Apache-2.0
// All lanes of an engine as one: records go in, completions come out. One lane is wired straight through. Several have queues, a
// dispatcher that shares the records out, and a collector for the completions; completions of one slot stay in the order of its
// commands, those of different slots overtake each other.
`default_nettype none

module lk_lanes #(
    parameter LANES = 1,
    parameter SLOT_BITS = 8,
    parameter GHASH_DIGIT = 8,
    parameter CHACHA20_POLY1305 = 1,
    parameter CBC = 1
) (
    input  wire        clk,
    input  wire        reset,
    input  wire        lane_given,       // records go to this lane alone
    input  wire [1:0]  given_lane,
    // The command in work; a record is held from valid to done.
    input  wire        about_slot,       // it names a slot that there is
    input  wire [15:0] slot,
    input  wire        record_valid,
    input  wire [15:0] generation,
    input  wire [31:0] tag,
    input  wire [7:0]  content_type,
    input  wire [15:0] length,
    input  wire [15:0] padding,
    input  wire [63:0] sequence_number,
    input  wire        open,             // of the slot, from here on
    input  wire        near_limit,       // its key has reached the soft limit
    input  wire        encrypt_then_mac,
    input  wire        chained,          // a record goes on from the one before
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
    output wire        records_owed,     // records before the command, of its slot or of any, of which nobody has been told
    output wire        records_run,      // and that may still use their keys
    // Keys, from the session table.
    input  wire        table_busy,
    input  wire        table_taken,      // and nobody else may use it
    output wire        fetch_key,        // pulse
    output wire [15:0] fetch_slot,
    output wire [4:0]  fetch_form,       // what of it, as lk_session_table says
    input  wire        key_word_valid,
    input  wire [1:0]  key_word_kind,
    input  wire [31:0] key_word,
    input  wire        wipe,             // pulse: the slot's key is erased
    input  wire        wipe_all,         // pulse: every slot's
    output wire        wiping,
    output wire        key_busy,
    // Chained IVs, to the session table.
    output wire        chain_valid,
    output wire [15:0] chain_slot,
    output wire [7:0]  chain_byte,
    input  wire        chain_take,
    // Completions that are no record's.
    input  wire        other_valid,
    output wire        other_ready,
    input  wire [7:0]  other_opcode,
    input  wire [7:0]  other_status,
    input  wire        other_blank,      // zeros in place of slot, generation and tag of the command
    // What is announced.
    output wire        announces,        // pulse, with:
    output wire [7:0]  announced_opcode,
    output wire [7:0]  announced_status,
    output wire [15:0] sealed_length,    // plaintext, when it is a record that was sealed
    output wire [15:0] opened_length,    // when it is one that was opened
    // Completions.
    output wire [31:0] out_data,
    output wire        out_last,
    output wire        out_valid,
    input  wire        out_ready,
    output wire        idle
);
    generate
        if (LANES == 1) begin : one
            wire fetches, owing, free, delivered;
            assign fetch_key = fetches && !table_busy;
            assign fetch_slot = slot;
            assign records_owed = owing;
            assign records_run = !free;
            assign sealed_length = length;
            lk_lane #(.GHASH_DIGIT(GHASH_DIGIT), .CHACHA20_POLY1305(CHACHA20_POLY1305), .CBC(CBC)) lane (
                .clk(clk), .reset(reset), .record_valid(record_valid), .slot(slot), .generation(generation), .tag(tag),
                .content_type(content_type), .length(length), .padding(padding), .sequence_number(sequence_number), .open(open), .near_limit(near_limit),
                .encrypt_then_mac(encrypt_then_mac), .version(version), .cipher(cipher), .iv(iv), .payload_data(payload_data), .payload_count(payload_count),
                .payload_valid(payload_valid), .payload_ready(payload_ready), .payload_done(payload_done),
                .record_begins(record_begins), .record_done(record_done), .fetch_key(fetches), .key_form(fetch_form),
                .key_granted(fetch_key), .key_coming(table_busy), .key_word_valid(key_word_valid),
                .key_word_kind(key_word_kind), .key_word(key_word), .chain_valid(chain_valid), .chain_slot(chain_slot),
                .chain_byte(chain_byte), .chain_take(chain_take), .wipe(wipe), .wipe_all(wipe_all), .wipe_slot(slot), .key_busy(key_busy), .wiping(wiping),
                .other_valid(other_valid), .other_opcode(other_opcode), .other_status(other_status), .other_blank(other_blank),
                .other_ready(other_ready), .turn(1'b1),
                .announces(announces), .announced_opcode(announced_opcode), .announced_status(announced_status),
                .announced_length(opened_length), .may_deliver(1'b1), .delivered(delivered), .out_data(out_data),
                .out_last(out_last), .out_valid(out_valid), .out_ready(out_ready), .owing(owing), .free(free), .idle(idle));
            wire unused = &{1'b0, lane_given, given_lane, about_slot, table_taken, delivered, chained, 1'b0};
        end else begin : several
            localparam FIELDS = 279;
            wire [LANES-1:0]    take, feed, feed_ready, fetches, key_busies, chains, chain_takes, wipings, announcing, may_deliver, delivered;
            wire [LANES-1:0]    lane_last, lane_valid, lane_ready, lane_idle;
            wire [3*LANES-1:0]  queued_records;
            wire [13*LANES-1:0] queued_words;
            wire [16*LANES-1:0] fetch_slots, sealed_lengths, announced_lengths;
            wire [8*LANES-1:0]  opcodes, statuses, chain_bytes;
            wire [5*LANES-1:0]  key_forms;
            wire [16*LANES-1:0] chain_slots;
            wire [32*LANES-1:0] lane_data;
            wire [31:0]         other_data;
            wire                other_last, other_out_valid, other_out_ready, other_idle, slot_runs, any_runs;

            // One record is announced in a cycle, each lane in its turn, and after them what is no record.
            reg [LANES:0] turn_q = {{LANES{1'b0}}, 1'b1};
            always @(posedge clk) turn_q <= {turn_q[LANES-1:0], turn_q[LANES]};

            // One key comes at a time.
            reg              coming_d, coming_q = 1'b0;
            reg  [LANES-1:0] fetcher_d, fetcher_q = {LANES{1'b0}}, granted;
            reg  [15:0]      granted_slot;
            reg  [4:0]       granted_form;
            integer          g;
            always @* begin
                granted = {LANES{1'b0}};
                granted_slot = 16'd0;
                granted_form = 5'd0;
                for (g = 0; g < LANES; g = g + 1) begin
                    if (fetches[g] && granted == {LANES{1'b0}} && !table_busy && !table_taken && !coming_q) begin
                        granted[g] = 1'b1;
                        granted_slot = fetch_slots[16*g+:16];
                        granted_form = key_forms[5*g+:5];
                    end
                end
                fetcher_d = granted != {LANES{1'b0}} ? granted : fetcher_q;
                coming_d = (granted != {LANES{1'b0}} || (coming_q && table_busy)) && !reset;
            end
            always @(posedge clk) begin
                fetcher_q <= fetcher_d;
                coming_q <= coming_d;
            end
            assign fetch_key = granted != {LANES{1'b0}};
            assign fetch_slot = granted_slot;
            assign fetch_form = granted_form;

            // One chained IV goes at a time.
            reg  [LANES-1:0] chainer_d, chainer_q = {LANES{1'b0}};
            reg  [15:0]      chaining_slot;
            reg  [7:0]       chaining_byte;
            integer          c;
            always @* begin
                chainer_d = chainer_q & chains;
                chaining_slot = 16'd0;
                chaining_byte = 8'd0;
                for (c = 0; c < LANES; c = c + 1) begin
                    if (chainer_d == {LANES{1'b0}} && chains[c]) chainer_d[c] = 1'b1;
                    if (chainer_q[c]) begin
                        chaining_slot = chain_slots[16*c+:16];
                        chaining_byte = chain_bytes[8*c+:8];
                    end
                end
                if (reset) chainer_d = {LANES{1'b0}};
            end
            always @(posedge clk) chainer_q <= chainer_d;
            assign chain_valid = |(chainer_q & chains);
            assign chain_slot = chaining_slot;
            assign chain_byte = chaining_byte;
            assign chain_takes = chain_take ? chainer_q : {LANES{1'b0}};

            wire other_announces = other_valid && other_ready;
            lk_dispatcher #(.LANES(LANES), .SLOT_BITS(SLOT_BITS)) dispatcher (
                .clk(clk), .reset(reset), .record_valid(record_valid), .slot(slot[SLOT_BITS-1:0]), .lane_given(lane_given), .lane(given_lane), .chained(chained),
                .table_busy(table_busy),
                .payload_done(payload_done), .record_begins(record_begins), .record_done(record_done), .take(take), .feed(feed),
                .queued_records(queued_records), .queued_words(queued_words), .delivered(delivered), .may_deliver(may_deliver),
                .other_announced(other_announces), .other_busy(!other_idle), .slot_runs(slot_runs), .any_runs(any_runs));
            assign records_run = about_slot ? slot_runs : any_runs;
            assign records_owed = records_run;
            assign payload_ready = |(feed & feed_ready);

            genvar i;
            for (i = 0; i < LANES; i = i + 1) begin : each
                wire              queue_valid, queue_done, queue_payload_valid, queue_payload_ready, queue_payload_done;
                wire [FIELDS-1:0] fields;
                wire [31:0]       queue_data, lane_tag;
                wire [2:0]        queue_count;
                wire [15:0]       lane_slot, lane_generation, lane_padding, lane_length;
                wire [7:0]        lane_type, lane_cipher;
                wire [63:0]       lane_sequence;
                wire [3:0]        lane_version;
                wire [95:0]       lane_iv;
                wire              lane_open, lane_near_limit, lane_combined, owing, free, begins, unused_ready;
                lk_lane_queue #(.FIELDS(FIELDS)) queue (
                    .clk(clk), .reset(reset), .take(take[i]),
                    .fields({near_limit, encrypt_then_mac, iv, cipher, version, open, sequence_number, padding, content_type, tag, generation, slot, length}),
                    .in_data(payload_data), .in_valid(feed[i] && payload_valid), .in_ready(feed_ready[i]),
                    .records(queued_records[3*i+:3]), .words(queued_words[13*i+:13]), .record_valid(queue_valid),
                    .record_fields(fields), .payload_data(queue_data), .payload_count(queue_count),
                    .payload_valid(queue_payload_valid), .payload_ready(queue_payload_ready), .payload_done(queue_payload_done),
                    .record_done(queue_done));
                assign {lane_near_limit, lane_combined, lane_iv, lane_cipher, lane_version, lane_open, lane_sequence, lane_padding, lane_type, lane_tag,
                        lane_generation, lane_slot, lane_length} = fields;
                assign fetch_slots[16*i+:16] = lane_slot;
                assign sealed_lengths[16*i+:16] = lane_length;
                lk_lane #(
                    .GHASH_DIGIT(GHASH_DIGIT), .CHACHA20_POLY1305(CHACHA20_POLY1305), .CBC(CBC), .ALONE(0)) lane (
                    .clk(clk), .reset(reset), .record_valid(queue_valid), .slot(lane_slot), .generation(lane_generation),
                    .tag(lane_tag), .content_type(lane_type), .length(lane_length), .padding(lane_padding),
                    .sequence_number(lane_sequence), .open(lane_open), .near_limit(lane_near_limit), .encrypt_then_mac(lane_combined),
                    .version(lane_version), .cipher(lane_cipher), .iv(lane_iv),
                    .payload_data(queue_data), .payload_count(queue_count), .payload_valid(queue_payload_valid),
                    .payload_ready(queue_payload_ready), .payload_done(queue_payload_done), .record_begins(begins),
                    .record_done(queue_done), .fetch_key(fetches[i]), .key_form(key_forms[5*i+:5]), .key_granted(granted[i]),
                    .key_coming(coming_q && fetcher_q[i]), .key_word_valid(key_word_valid && fetcher_q[i]),
                    .key_word_kind(key_word_kind), .key_word(key_word), .chain_valid(chains[i]),
                    .chain_slot(chain_slots[16*i+:16]), .chain_byte(chain_bytes[8*i+:8]), .chain_take(chain_takes[i]),
                    .wipe(wipe), .wipe_all(wipe_all), .wipe_slot(slot), .key_busy(key_busies[i]), .wiping(wipings[i]),
                    .other_valid(1'b0), .other_opcode(8'd0), .other_status(8'd0), .other_blank(1'b0),
                    .other_ready(unused_ready), .turn(turn_q[i]), .announces(announcing[i]),
                    .announced_opcode(opcodes[8*i+:8]), .announced_status(statuses[8*i+:8]),
                    .announced_length(announced_lengths[16*i+:16]), .may_deliver(may_deliver[i]), .delivered(delivered[i]),
                    .out_data(lane_data[32*i+:32]), .out_last(lane_last[i]), .out_valid(lane_valid[i]), .out_ready(lane_ready[i]),
                    .owing(owing), .free(free), .idle(lane_idle[i]));
                wire unused = &{1'b0, owing, free, begins, unused_ready, 1'b0};
            end
            assign key_busy = |key_busies;
            assign wiping = |wipings;

            // What is no record's: one on its way at a time.
            /* verilator lint_off PINCONNECTEMPTY */ // it has no payload
            wire other_builder_ready, other_delivered;
            assign other_ready = other_idle && other_builder_ready && turn_q[LANES];
            lk_completion_builder other (
                .clk(clk), .reset(reset), .valid(other_announces), .ready(other_builder_ready), .opcode(other_opcode),
                .status(other_status), .content_type(8'd0), .slot(other_blank ? 16'd0 : slot),
                .generation(other_blank ? 16'd0 : generation), .tag(other_blank ? 32'd0 : tag),
                .length(16'd0), .may_begin(1'b1), .begins_sealed(), .sealed_data(32'd0), .sealed_valid(1'b0), .sealed_ready(),
                .send_begins(), .send_words(), .send_data(32'd0), .send_valid(1'b0), .send_ready(), .sent(), .out_data(other_data),
                .out_last(other_last), .out_valid(other_out_valid), .out_ready(other_out_ready), .delivered(other_delivered),
                .idle(other_idle));
            /* verilator lint_on PINCONNECTEMPTY */
            lk_collector #(.SOURCES(LANES + 1)) collector (
                .clk(clk), .reset(reset), .in_data({other_data, lane_data}), .in_last({other_last, lane_last}),
                .in_valid({other_out_valid, lane_valid}), .in_ready({other_out_ready, lane_ready}), .out_data(out_data),
                .out_last(out_last), .out_valid(out_valid), .out_ready(out_ready));
            assign idle = &lane_idle && !any_runs && other_idle && !out_valid;

            // At most one of them announces.
            reg [7:0]  opcode_now, status_now;
            reg [15:0] sealed_now, opened_now;
            integer    a;
            always @* begin
                opcode_now = other_opcode;
                status_now = other_status;
                sealed_now = 16'd0;
                opened_now = 16'd0;
                for (a = 0; a < LANES; a = a + 1) begin
                    if (turn_q[a]) begin
                        opcode_now = opcodes[8*a+:8];
                        status_now = statuses[8*a+:8];
                        sealed_now = sealed_lengths[16*a+:16];
                        opened_now = announced_lengths[16*a+:16];
                    end
                end
            end
            assign announces = announcing != {LANES{1'b0}} || other_announces;
            assign announced_opcode = opcode_now;
            assign announced_status = status_now;
            assign sealed_length = sealed_now;
            assign opened_length = opened_now;
            wire unused = &{1'b0, payload_count, other_delivered, 1'b0};
        end
    endgenerate
endmodule

`default_nettype wire
