// SPDX-License-Identifier: Apache-2.0
// What a lane has for the suites with a MAC: the MAC with its key, records that are sealed and opened (lk_record_classic), and records
// that are verified afterwards (lk_record_verify). It borrows AES.
`default_nettype none

module lk_classic_lane (
    input  wire         clk,
    input  wire         reset,
    // Keys: the words of a MAC key, and of a chained IV.
    input  wire         key_word_valid,
    input  wire [1:0]   key_word_kind,   // as lk_session_table gives them
    input  wire [31:0]  key_word,
    input  wire         key_wipe,
    output wire         key_busy,
    // The record; what describes it is held with its key's words, and from start to in_done.
    input  wire         start,           // pulse, while idle and not key_busy
    input  wire         open,
    input  wire         cbc,
    input  wire         sha256,
    input  wire         encrypt_then_mac,
    input  wire         explicit_iv,
    input  wire [3:0]   version,
    input  wire [63:0]  sequence_number,
    input  wire [7:0]   content_type,
    input  wire [15:0]  length,
    input  wire [39:0]  received,        // opening: its header
    output wire [15:0]  record_bytes,    // sealing
    input  wire [7:0]   in_data,
    input  wire         in_valid,
    output wire         in_ready,
    output wire         in_done,
    output wire [7:0]   out_data,
    output wire         out_last,
    output wire         out_valid,
    input  wire         out_ready,
    output wire [7:0]   store_data,
    output wire         store_last,
    output wire         store_valid,
    output wire         chain_valid,
    output wire [7:0]   chain_byte,
    input  wire         chain_take,
    output wire         aes_start,
    output wire         aes_decrypt,
    output wire [127:0] aes_in,
    input  wire         aes_busy,
    input  wire [127:0] aes_out,
    output wire         aes_keep,
    output wire         aes_next,
    input  wire [7:0]   aes_byte,
    // Records that are verified afterwards.
    output wire         hands_on,        // pulse: the record in the record buffer is one
    input  wire         hand_free,       // the one before is done with
    output wire [14:0]  read_index,
    input  wire [7:0]   read_byte,
    // The results, of a record that was opened at once and of one that was verified afterwards: from done on, until the next one
    // of its kind starts.
    output wire         idle,
    output wire         done,            // pulse
    output wire         authentic,
    output wire [7:0]   opened_type,
    output wire [14:0]  opened_bytes,
    output wire         verify_done,     // pulse
    output wire         verify_authentic,
    output wire [7:0]   verify_type,
    output wire [14:0]  verify_bytes
);
    localparam [3:0] SSL3 = 4'd0;
    localparam [1:0] MAC_KEY = 2'd1, CHAINED_IV = 2'd2;

    wire ssl3 = version == SSL3;

    wire [39:0] header;
    reg  [39:0] header_q = 40'd0;       // goes out from the cycle after start on
    wire [14:0] plaintext_bytes, body_bytes, mac_bytes;
    wire [3:0]  padding;
    wire [87:0] mac_header;
    lk_classic_format format (
        .open(open), .cbc(cbc), .sha256(sha256), .encrypt_then_mac(encrypt_then_mac), .explicit_iv(explicit_iv), .version(version),
        .sequence_number(sequence_number), .content_type(content_type), .length(length), .received(received), .header(header),
        .plaintext_bytes(plaintext_bytes), .padding(padding), .body_bytes(body_bytes), .mac_bytes(mac_bytes),
        .mac_header(mac_header), .record_bytes(record_bytes));

    reg         body_none_q = 1'b0;
    always @(posedge clk) begin
        header_q <= header;
        body_none_q <= body_bytes == 15'd0;
    end

    // The IV of the next record, where IVs are chained: the lane has it anew for each record.
    reg [127:0] iv_q = 128'd0;
    always @(posedge clk) if (key_word_valid && key_word_kind == CHAINED_IV) iv_q <= {iv_q[95:0], key_word};

    // The MAC: of the record, or of the one that is verified.
    wire         record_mac_start, record_mac_valid, mac_ready, mac_valid, verify_mac_start, verify_mac_valid, verify_busy;
    wire         mac_key_busy, mac_busy, padding_good;
    wire [7:0]   record_mac_data, verify_mac_data;
    wire         record_mac_taken, verify_mac_taken;
    wire [14:0]  verify_stream_bytes, content_bytes;
    wire [7:0]   mac_byte;
    lk_record_mac record_mac (
        .clk(clk), .reset(reset), .sha256(sha256), .ssl3(ssl3), .key_word_valid(key_word_valid && key_word_kind == MAC_KEY),
        .key_word(key_word), .key_wipe(key_wipe), .key_busy(mac_key_busy), .start(record_mac_start || verify_mac_start),
        .header({mac_header, 1'b0, verify_mac_start ? content_bytes : mac_bytes}),
        .data_bytes(verify_mac_start ? content_bytes : mac_bytes),
        .stream_bytes(verify_mac_start ? verify_stream_bytes : mac_bytes), .data_in(verify_busy ? verify_mac_data : record_mac_data),
        .data_valid(verify_busy ? verify_mac_valid : record_mac_valid), .data_ready(mac_ready), .busy(mac_busy),
        .mac_valid(mac_valid), .mac_byte(mac_byte), .mac_taken(record_mac_taken || verify_mac_taken));
    assign key_busy = mac_key_busy;

    lk_record_classic record (
        .clk(clk), .reset(reset), .start(start), .open(open), .cbc(cbc), .sha256(sha256), .encrypt_then_mac(encrypt_then_mac),
        .explicit_iv(explicit_iv), .ssl3(ssl3), .header(header_q), .plaintext_bytes(plaintext_bytes), .padding(padding),
        .body_bytes(body_bytes), .body_none(body_none_q), .iv(iv_q), .in_data(in_data), .in_valid(in_valid), .in_ready(in_ready), .in_done(in_done),
        .out_data(out_data), .out_last(out_last), .out_valid(out_valid), .out_ready(out_ready), .store_data(store_data),
        .store_last(store_last), .store_valid(store_valid), .chain_valid(chain_valid), .chain_byte(chain_byte),
        .chain_take(chain_take), .aes_start(aes_start), .aes_decrypt(aes_decrypt), .aes_in(aes_in), .aes_busy(aes_busy),
        .aes_out(aes_out), .aes_keep(aes_keep), .aes_next(aes_next), .aes_byte(aes_byte),
        .mac_start(record_mac_start), .mac_data(record_mac_data), .mac_data_valid(record_mac_valid),
        .mac_data_ready(mac_ready && !verify_busy), .mac_valid(mac_valid && !verify_busy), .mac_byte(mac_byte),
        .mac_taken(record_mac_taken), .hands_on(hands_on), .hand_free(hand_free && !verify_busy), .padding_good(padding_good),
        .content_bytes(content_bytes), .idle(idle), .done(done), .authentic(authentic));

    lk_record_verify verify (
        .clk(clk), .reset(reset), .start(hands_on), .sha256(sha256), .padding_good(padding_good), .content_bytes(content_bytes),
        .body_bytes(body_bytes), .busy(verify_busy), .read_index(read_index), .read_byte(read_byte), .mac_start(verify_mac_start),
        .mac_stream_bytes(verify_stream_bytes), .mac_data(verify_mac_data), .mac_data_valid(verify_mac_valid),
        .mac_data_ready(mac_ready), .mac_valid(mac_valid), .mac_byte(mac_byte), .mac_taken(verify_mac_taken), .done(verify_done),
        .authentic(verify_authentic));

    // What the results are of.
    reg [7:0]  type_q = 8'd0, verify_type_q = 8'd0;
    reg [14:0] verify_bytes_q = 15'd0;
    assign opened_type = type_q;
    assign opened_bytes = content_bytes;
    assign verify_type = verify_type_q;
    assign verify_bytes = verify_bytes_q;
    always @(posedge clk) begin
        if (start) type_q <= received[39:32];
        if (hands_on) begin
            verify_type_q <= type_q;
            verify_bytes_q <= content_bytes;
        end
    end

    wire unused = &{1'b0, mac_busy, 1'b0};
endmodule

`default_nettype wire
