// SPDX-License-Identifier: Apache-2.0
// ChaCha20-Poly1305 (RFC 8439 section 2.8) with one block of associated data, at the ports of lk_aes_gcm: a byte moves in
// each cycle in which there is keystream, and there is more of it than data. Block 0 of the keystream is Poly1305's key. What the
// nonce that is expected next needs first is made behind a message, so messages with such nonces begin at once. How many cycles a
// message takes depends on lengths, and on whether its nonce was expected, alone (P5).
//
// Order of use: a key (eight words, then wait for key_busy to fall), then messages. After start, nonce, decrypt and data_bytes
// are held until data_done. tag_valid then stays until the next start.
`default_nettype none

module lk_chacha20_poly1305 (
    input  wire         clk,
    input  wire         reset,
    input  wire         key_word_valid,
    input  wire [31:0]  key_word,      // first byte of the key in [31:24]
    input  wire         key_wipe,      // pulse: forgets the key
    output wire         key_busy,
    input  wire         start,         // pulse: a message begins
    input  wire         decrypt,
    input  wire [95:0]  nonce,
    input  wire [15:0]  next_nonce,    // held like the nonce: the last two bytes of the one that is expected after it
    input  wire [127:0] aad,           // filled up with zeros; taken with start
    input  wire [3:0]   aad_bytes,     // 1 to 15; held until tag_valid or the next start
    input  wire [14:0]  data_bytes,
    input  wire [7:0]   data_in,
    input  wire         data_valid,    // a byte moves when valid and ready
    output wire         data_ready,    // from registers alone
    output wire [7:0]   data_out,      // in the same cycle
    output wire         data_last,     // the byte that would move is the last
    output wire         data_done,     // no byte is left
    output wire         tag_valid,
    output wire [127:0] tag
);
    localparam [3:0] KEY_WORDS = 4'd8;

    reg [3:0]   key_words_d, key_words_q = 4'd0;        // words of block 0 that have been taken
    reg         lengths_pending_d, lengths_pending_q = 1'b0;
    reg [14:0]  left_d, left_q = 15'd0;                 // data bytes
    reg [14:0]  total_d, total_q = 15'd0;
    reg [3:0]   aad_bytes_d, aad_bytes_q = 4'd0;
    reg [31:0]  keystream_d, keystream_q = 32'd0;
    reg [2:0]   keystream_left_d, keystream_left_q = 3'd0;
    reg [127:0] block_d, block_q = 128'd0;              // ciphertext for Poly1305, filled up with zeros; first byte lowest
    reg         block_pending_d, block_pending_q = 1'b0;
    reg [3:0]   position_d, position_q = 4'd0;

    wire         word_valid;
    wire [31:0]  word;
    wire         poly_ready, poly_tag_valid;
    wire [127:0] poly_tag;

    // Block 0: eight words are a key, eight are dropped.
    wire keyed = key_words_q == KEY_WORDS;
    wire poly_word_valid = word_valid && !keyed;

    wire [9:0] blocks = {1'b0, data_bytes[14:6]} + {9'd0, |data_bytes[5:0]} + 10'd1;
    wire       moves = data_valid && data_ready;
    wire       refill = keyed && word_valid && (keystream_left_q == 3'd0 || (keystream_left_q == 3'd1 && moves));

    lk_chacha20 chacha20 (
        .clk(clk), .reset(reset), .key_word_valid(key_word_valid), .key_word(key_word), .key_wipe(key_wipe), .key_busy(key_busy),
        .start(start), .nonce(nonce), .next_nonce(next_nonce), .blocks(blocks), .word_valid(word_valid), .word(word),
        .word_taken(!keyed || refill), .block_taken(!keyed && key_words_q == KEY_WORDS - 4'd1));

    // Data.
    // Without keystream, plaintext would leave as it is.
    wire       sound;
    lk_guard #(.WIDTH(3)) guard (.clk(clk), .reset(reset), .next(keystream_left_d), .now(keystream_left_q), .sound(sound));
    assign data_ready = sound && keystream_left_q != 3'd0 && left_q != 15'd0 && (!block_pending_q || poly_ready);
    assign data_out = data_in ^ keystream_q[31:24];
    assign data_last = left_q == 15'd1;
    assign data_done = left_q == 15'd0;

    wire [7:0] ciphertext = decrypt ? data_in : data_out;
    wire       block_completes = position_q == 4'd15 || left_q == 15'd1;

    // Poly1305 takes the associated data, the ciphertext, and the lengths in bytes.
    wire         hash_lengths = data_done && lengths_pending_q && !block_pending_q;
    wire [127:0] lengths = {49'd0, total_q, 60'd0, aad_bytes_q};  // their block is in place of the empty one behind the last
    wire         poly_valid = keyed && (block_pending_q || hash_lengths);
    wire         poly_takes = poly_valid && poly_ready;
    lk_poly1305 poly1305 (
        .clk(clk), .reset(reset || key_wipe || start), .key_word_valid(poly_word_valid), .key_word(word),
        .block({1'b1, block_q | (hash_lengths ? lengths : 128'd0)}), .block_last(hash_lengths), .block_valid(poly_valid),
        .block_ready(poly_ready), .tag_valid(poly_tag_valid), .tag(poly_tag));

    assign tag_valid = poly_tag_valid && data_done && !lengths_pending_q;
    genvar i;
    generate
        for (i = 0; i < 16; i = i + 1) begin : tag_bytes
            assign tag[127-8*i-:8] = poly_tag[8*i+:8];
        end
    endgenerate

    integer lane;
    always @* begin
        key_words_d = start ? 4'd0 : key_words_q + {3'd0, !keyed && word_valid};
        aad_bytes_d = start ? aad_bytes : aad_bytes_q;
        total_d = start ? data_bytes : total_q;
        left_d = start ? data_bytes : left_q - {14'd0, moves};
        lengths_pending_d = start || (lengths_pending_q && !(hash_lengths && poly_takes));
        block_pending_d = start || (moves && block_completes) || (block_pending_q && !poly_takes);
        position_d = start ? 4'd0 : position_q + {3'd0, moves};
        keystream_d = refill ? word : moves ? {keystream_q[23:0], 8'd0} : keystream_q;
        keystream_left_d = start ? 3'd0 : refill ? 3'd4 : keystream_left_q - {2'd0, moves};
        block_d = block_q;
        for (lane = 0; lane < 16; lane = lane + 1) begin
            if (start) block_d[8*lane+:8] = aad[127-8*lane-:8];
            else if (moves && position_q == lane[3:0]) block_d[8*lane+:8] = ciphertext;
            else if (poly_takes) block_d[8*lane+:8] = 8'd0;
        end
        if (reset || key_wipe) begin
            left_d = 15'd0;
            lengths_pending_d = 1'b0;
            block_pending_d = 1'b0;
            block_d = 128'd0;
            keystream_d = 32'd0;
            keystream_left_d = 3'd0;
        end
    end

    always @(posedge clk) begin
        key_words_q <= key_words_d;
        lengths_pending_q <= lengths_pending_d;
        left_q <= left_d;
        total_q <= total_d;
        aad_bytes_q <= aad_bytes_d;
        keystream_q <= keystream_d;
        keystream_left_q <= keystream_left_d;
        block_q <= block_d;
        block_pending_q <= block_pending_d;
        position_q <= position_d;
    end

`ifdef FORMAL
    always @(posedge clk) begin
        if (!reset && moves) assert (keystream_left_q != 3'd0 && keyed);
        assert (keystream_left_q <= 3'd4);
        if (hash_lengths) assert (block_q == 128'd0);
    end
`endif
endmodule

`default_nettype wire
