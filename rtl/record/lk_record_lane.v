// SPDX-License-Identifier: Apache-2.0
// One lane: seals or opens one record at a time, a byte in each cycle in which its cipher has keystream.
//
// Sealing streams: header, ciphertext, tag go out as they are made; the tag is still going out while the next record begins.
// Opening writes the plaintext to the record buffer, finds the content type on the way, and says at the end whether the tag
// was right: nobody reads the buffer before (P1). Everything about the record is held from start until in_done, and the
// result from done to the next start.
`default_nettype none

module lk_record_lane #(
    parameter GHASH_DIGIT = 8,
    parameter CHACHA20_POLY1305 = 1,
    parameter AES_DECRYPT = 1            // AES also decrypts, for who borrows it
) (
    input  wire         clk,
    input  wire         reset,
    input  wire         key_word_valid,
    input  wire [31:0]  key_word,
    input  wire         key_long,        // with the words: 256 bits
    input  wire         key_wipe,
    output wire         key_busy,
    input  wire         chacha20_poly1305, // held with the key's words, and with the record; else AES-GCM
    input  wire         lend,            // with the key's words, and from the cycle after start: it is no AEAD, and AES has another user
    // The record, as lk_record_format describes it.
    input  wire         start,           // pulse, while idle and not key_busy
    input  wire         open,
    input  wire         tls1_3,
    input  wire [103:0] header,
    input  wire [3:0]   header_bytes,
    input  wire [7:0]   content_type,    // sealing: the inner type; opening TLS 1.2: the header's
    input  wire [95:0]  nonce,
    input  wire [15:0]  next_nonce,
    input  wire [127:0] aad,
    input  wire [3:0]   aad_bytes,
    input  wire [14:0]  plaintext_bytes, // sealing: how many come in
    input  wire [14:0]  data_bytes,      // how many are encrypted
    // Sealing: plaintext. Opening: ciphertext and tag.
    input  wire [7:0]   in_data,
    input  wire         in_valid,
    output wire         in_ready,
    output wire         in_done,         // no more is wanted
    // The sealed record.
    output wire [7:0]   out_data,
    output wire         out_last,
    output wire         out_valid,
    input  wire         out_ready,
    output wire         has_output,      // there is a record here, or the tag of one still goes out
    // To the record buffer.
    output wire [7:0]   store_data,
    output wire         store_last,
    output wire         store_valid,
    input  wire         store_ready,     // a byte may come
    // The result.
    output wire         idle,
    output wire         done,            // pulse
    output wire         authentic,       // opening: the tag is right
    output wire         typeless,         // opening TLS 1.3: zeros alone, no content type
    output wire [7:0]   opened_type,     // opening
    output wire [14:0]  opened_bytes,    // opening: without type and padding
    // AES on loan, as lk_aes_cipher says.
    input  wire         aes_start,
    input  wire         aes_decrypt,
    input  wire [127:0] aes_in,
    output wire         aes_busy,
    output wire [127:0] aes_out,
    input  wire         aes_keep,
    input  wire         aes_next,
    output wire [7:0]   aes_byte
);
    localparam [1:0] IDLE = 2'd0, DATA = 2'd1, TAG = 2'd2;
    localparam [4:0] TAG_BYTES = 5'd16;

    reg [1:0]   state_d, state_q = IDLE;
    reg         open_d, open_q = 1'b0;
    reg         tls1_3_d, tls1_3_q = 1'b0;
    reg [3:0]   header_index_d, header_index_q = 4'd0;
    reg         header_done_d, header_done_q = 1'b0;
    reg [14:0]  index_d, index_q = 15'd0;             // of the next byte of data
    reg         from_payload_d, from_payload_q = 1'b0; // it is one of the payload
    reg [127:0] tag_d, tag_q = 128'd0;                // sealing: going out; opening: as received
    reg [4:0]   tag_out_d, tag_out_q = 5'd0;          // bytes that still go out
    reg [4:0]   tag_in_d, tag_in_q = 5'd0;            // bytes that have come in
    reg         done_d, done_q = 1'b0;
    reg         authentic_d, authentic_q = 1'b0;
    reg [7:0]   type_d, type_q = 8'd0;
    reg [14:0]  bytes_d, bytes_q = 15'd0;

    wire         aead_ready, aead_last, aead_done, tag_valid;
    wire [7:0]   aead_out;
    wire [127:0] tag;

    // Where a byte of data comes from: the payload; then, sealing in TLS 1.3, the content type and zeros (RFC 8446 section 5.2).
    wire [7:0] data_in = from_payload_q ? in_data : index_q == plaintext_bytes ? content_type : 8'd0;
    wire       sink_ready = open_q ? store_ready : (header_done_q && tag_out_q == 5'd0 && out_ready);
    wire       data_valid = state_q == DATA && (!from_payload_q || in_valid) && sink_ready;
    wire       moves = data_valid && aead_ready;

    lk_aead #(.GHASH_DIGIT(GHASH_DIGIT), .CHACHA20_POLY1305(CHACHA20_POLY1305), .AES_DECRYPT(AES_DECRYPT)) aead (
        .clk(clk), .reset(reset), .chacha20_poly1305(chacha20_poly1305), .lend(lend),
        .key_word_valid(key_word_valid), .key_word(key_word), .key_long(key_long), .key_wipe(key_wipe), .key_busy(key_busy),
        .start(start), .decrypt(open_q), .nonce(nonce), .next_nonce(next_nonce), .aad(aad), .aad_bytes(aad_bytes), .data_bytes(data_bytes), .data_in(data_in),
        .data_valid(data_valid), .data_ready(aead_ready), .data_out(aead_out), .data_last(aead_last), .data_done(aead_done),
        .tag_valid(tag_valid), .tag(tag), .aes_start(aes_start), .aes_decrypt(aes_decrypt), .aes_in(aes_in), .aes_busy(aes_busy),
        .aes_out(aes_out), .aes_keep(aes_keep), .aes_next(aes_next), .aes_byte(aes_byte));

    // Whether a record is opened or sealed, how far it is, what was found: without being sure of that, nothing leaves, and nothing is
    // authentic (P1).
    wire sound;
    lk_guard #(.WIDTH(46)) guard (
        .clk(clk), .reset(reset),
        .next({state_d, open_d, tls1_3_d, header_done_d, index_d, tag_out_d, tag_in_d, authentic_d, bytes_d}),
        .now({state_q, open_q, tls1_3_q, header_done_q, index_q, tag_out_q, tag_in_q, authentic_q, bytes_q}), .sound(sound));

    // Input.
    wire tag_wanted = state_q == TAG && open_q && tag_in_q != TAG_BYTES && tag_out_q == 5'd0;
    assign in_ready = tag_wanted || (state_q == DATA && from_payload_q && aead_ready && sink_ready);
    assign in_done = state_q == IDLE || (state_q == TAG && (!open_q || tag_in_q == TAG_BYTES));

    // Output: what is left of the tag before, then header, data, and in the end the tag.
    wire       sealing = state_q == DATA && !open_q;
    wire       header_out = sealing && tag_out_q == 5'd0 && !header_done_q;
    wire [7:0] header_byte = header[8*(4'd12-header_index_q)+:8];
    assign out_data = tag_out_q != 5'd0 ? tag_q[127:120] : header_done_q ? aead_out : header_byte;
    assign out_last = tag_out_q == 5'd1;
    assign has_output = state_q != IDLE || tag_out_q != 5'd0;
    assign out_valid = sound && (tag_out_q != 5'd0 || header_out
                     || (sealing && header_done_q && aead_ready && (!from_payload_q || in_valid)));

    assign store_data = aead_out;
    assign store_last = aead_last;
    assign store_valid = moves && open_q;

    assign idle = state_q == IDLE;
    assign done = done_q;
    assign authentic = authentic_q && sound;
    assign typeless = tls1_3_q && type_q == 8'd0;
    assign opened_type = type_q;
    assign opened_bytes = bytes_q;

    wire finishes = state_q == TAG && tag_valid && tag_out_q == 5'd0 && (!open_q || tag_in_q == TAG_BYTES);

    always @* begin
        state_d = state_q;
        open_d = open_q;
        tls1_3_d = tls1_3_q;
        done_d = 1'b0;
        authentic_d = authentic_q;
        case (state_q)
            IDLE: if (start) begin
                state_d = DATA;
                open_d = open;
                tls1_3_d = tls1_3;
                authentic_d = 1'b0;
            end
            DATA: if (aead_done && (open_q || header_done_q)) state_d = TAG;
            default: if (finishes) begin
                state_d = IDLE;
                done_d = 1'b1;
                authentic_d = open_q && tag_q == tag;
            end
        endcase
        if (reset) begin
            state_d = IDLE;
            done_d = 1'b0;
            authentic_d = 1'b0;
        end
    end

    always @* begin
        header_index_d = header_index_q;
        header_done_d = header_done_q;
        index_d = index_q + {14'd0, moves};
        from_payload_d = from_payload_q && !(moves && !open_q && index_q == plaintext_bytes - 15'd1);
        tag_d = tag_q;
        tag_out_d = tag_out_q;
        tag_in_d = tag_in_q;
        if (start) begin
            header_index_d = 4'd0;
            header_done_d = 1'b0;
            index_d = 15'd0;
            from_payload_d = open || plaintext_bytes != 15'd0;
            tag_in_d = 5'd0;
        end else if (header_out && out_ready) begin
            header_index_d = header_index_q + 4'd1;
            header_done_d = header_index_q == header_bytes - 4'd1;
        end
        if (tag_out_q != 5'd0) begin
            if (out_ready) begin
                tag_d = {tag_q[119:0], 8'd0};
                tag_out_d = tag_out_q - 5'd1;
            end
        end else if (tag_wanted && in_valid) begin
            tag_d = {tag_q[119:0], in_data};
            tag_in_d = tag_in_q + 5'd1;
        end else if (finishes && !open_q) begin
            tag_d = tag;
            tag_out_d = TAG_BYTES;
        end
        if (reset) tag_out_d = 5'd0;
    end

    // The content type of TLS 1.3 is the last byte that is not zero (RFC 8446 section 5.4): every byte is looked at, in the same time (P5).
    always @* begin
        type_d = type_q;
        bytes_d = bytes_q;
        if (start) begin
            type_d = tls1_3 ? 8'd0 : content_type;
            bytes_d = tls1_3 ? 15'd0 : data_bytes;
        end else if (store_valid && tls1_3_q && aead_out != 8'd0) begin
            type_d = aead_out;
            bytes_d = index_q;
        end
    end

    always @(posedge clk) begin
        state_q <= state_d;
        open_q <= open_d;
        tls1_3_q <= tls1_3_d;
        header_index_q <= header_index_d;
        header_done_q <= header_done_d;
        index_q <= index_d;
        from_payload_q <= from_payload_d;
        tag_q <= tag_d;
        tag_out_q <= tag_out_d;
        tag_in_q <= tag_in_d;
        done_q <= done_d;
        authentic_q <= authentic_d;
        type_q <= type_d;
        bytes_q <= bytes_d;
    end

`ifdef FORMAL
    // P1: while a record is opened, nothing goes out but the tag of the sealed record before it.
    always @(posedge clk) if (!reset && open_q && state_q != IDLE) assert (!out_valid || tag_out_q != 5'd0);
`endif
endmodule

`default_nettype wire
