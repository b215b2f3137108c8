// SPDX-License-Identifier: Apache-2.0
// AES-GCM (NIST SP 800-38D) with keys of 128 and of 256 bits, a 96-bit nonce and one block of associated data, a byte a cycle.
// The keystream block after the present one is made while this one is used, and the block that masks the tag (the encryption
// of J0) after the last of them, while GHASH finishes. How many cycles it takes depends on the lengths and the size of the key
// alone (P5).
//
// Order of use: a key (four or eight words, then wait for key_busy to fall), then messages. After start, nonce, decrypt and
// data_bytes are held until data_done. tag_valid then stays until the next start.
`default_nettype none

module lk_aes_gcm #(
    parameter GHASH_DIGIT = 8
) (
    input  wire         clk,
    input  wire         reset,
    input  wire         key_word_valid,
    input  wire [31:0]  key_word,      // first byte of the key in [31:24]
    input  wire         key_long,      // with the words: there are eight of them, not four
    input  wire         key_wipe,      // pulse: forgets the key
    output wire         key_busy,
    input  wire         start,         // pulse: a message begins
    input  wire         decrypt,
    input  wire [95:0]  nonce,
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
    localparam [1:0] NOTHING = 2'd0, HASH_KEY = 2'd1, KEYSTREAM = 2'd2, MASK = 2'd3;

    reg [1:0]   purpose_d, purpose_q = NOTHING;  // of what AES makes or has made
    reg         key_stale_d, key_stale_q = 1'b0; // round keys come before the hash key
    reg [127:0] hash_key_d, hash_key_q = 128'd0;
    reg         begin_d, begin_q = 1'b0;         // the cycle after start
    reg         lengths_pending_d, lengths_pending_q = 1'b0;
    reg [14:0]  left_d, left_q = 15'd0;          // data bytes
    reg [14:0]  total_d, total_q = 15'd0;
    reg [3:0]   aad_bytes_d, aad_bytes_q = 4'd0;
    reg [10:0]  blocks_d, blocks_q = 11'd0;      // keystream blocks that are still to be started
    reg [31:0]  counter_d, counter_q = 32'd0;
    reg [127:0] keystream_d, keystream_q = 128'd0;
    reg [4:0]   keystream_left_d, keystream_left_q = 5'd0;
    reg [127:0] block_d, block_q = 128'd0;       // ciphertext for GHASH, filled up with zeros
    reg [3:0]   position_d, position_q = 4'd0;

    wire         schedule_busy;
    wire [3:0]   last_round, round;
    wire [127:0] round_key;
    wire         aes_busy;
    wire [127:0] aes_out;
    reg          aes_start;
    reg  [127:0] aes_in;
    wire         ghash_ready;
    wire         ghash_busy;
    wire [127:0] hash;

    lk_aes_key_schedule key_schedule (
        .clk(clk), .reset(reset), .word_valid(key_word_valid), .word(key_word), .long_key(key_long),
        .wipe(key_wipe), .busy(schedule_busy), .last_round(last_round), .round(round), .round_key(round_key));

    lk_aes_encrypt encrypt (
        .clk(clk), .reset(reset || key_wipe), .last_round(last_round), .start(aes_start), .in(aes_in), .busy(aes_busy),
        .out(aes_out), .round(round), .round_key(round_key));

    // Data.
    wire       block_completes = position_q == 4'd15 || left_q == 15'd1;
    wire       moves = data_valid && data_ready;
    wire [7:0] ciphertext = decrypt ? data_in : data_out;
    assign data_ready = keystream_left_q != 5'd0 && left_q != 15'd0 && !begin_q && (!block_completes || ghash_ready);
    assign data_out = data_in ^ keystream_q[127:120];
    assign data_last = left_q == 15'd1;
    assign data_done = left_q == 15'd0 && !begin_q;

    reg [127:0] filled;
    integer lane;
    always @* begin
        filled = position_q == 4'd0 ? 128'd0 : block_q;
        for (lane = 0; lane < 16; lane = lane + 1) begin
            if (position_q == lane[3:0]) filled[127-8*lane-:8] = ciphertext;
        end
    end

    // GHASH takes the associated data, the ciphertext, and the lengths in bits.
    wire         hash_lengths = data_done && lengths_pending_q;
    wire [127:0] lengths = {57'd0, aad_bytes_q, 3'd0, 46'd0, total_q, 3'd0};
    wire [127:0] hash_block = hash_lengths ? lengths : begin_q ? block_q : filled;

    lk_ghash #(.DIGIT(GHASH_DIGIT)) ghash (
        .clk(clk), .reset(reset || key_wipe), .hash_key(hash_key_q), .first(begin_q), .block(hash_block),
        .block_valid(begin_q || hash_lengths || (moves && block_completes)), .block_ready(ghash_ready),
        .busy(ghash_busy), .hash(hash));

    assign key_busy = schedule_busy || key_stale_q || purpose_q == HASH_KEY;
    assign tag_valid = data_done && !lengths_pending_q && !ghash_busy && purpose_q == MASK && !aes_busy;
    assign tag = hash ^ aes_out;

    wire refill = purpose_q == KEYSTREAM && !aes_busy && (keystream_left_q == 5'd0 || (keystream_left_q == 5'd1 && moves));

    always @* begin
        begin_d = start;
        aad_bytes_d = start ? aad_bytes : aad_bytes_q;
        total_d = start ? data_bytes : total_q;
        left_d = start ? data_bytes : left_q - {14'd0, moves};
        lengths_pending_d = start || (lengths_pending_q && !(hash_lengths && ghash_ready));
        position_d = start ? 4'd0 : position_q + {3'd0, moves};
        block_d = start ? aad : moves ? filled : block_q;
        keystream_d = refill ? aes_out : moves ? {keystream_q[119:0], 8'd0} : keystream_q;
        keystream_left_d = start ? 5'd0 : refill ? 5'd16 : keystream_left_q - {4'd0, moves};
        if (reset || key_wipe) begin
            begin_d = 1'b0;
            left_d = 15'd0;
            lengths_pending_d = 1'b0;
            keystream_d = 128'd0;
            keystream_left_d = 5'd0;
        end
    end

    // What AES does next: the hash key after a new key; then the counter blocks of a message from 2 on; then J0, whose counter is 1.
    always @* begin
        key_stale_d = key_stale_q || key_word_valid;
        hash_key_d = hash_key_q;
        purpose_d = purpose_q;
        blocks_d = blocks_q;
        counter_d = counter_q;
        aes_start = 1'b0;
        aes_in = {nonce, counter_q};
        if (start) begin
            purpose_d = NOTHING;
            blocks_d = data_bytes[14:4] + {10'd0, |data_bytes[3:0]};
            counter_d = data_bytes == 15'd0 ? 32'd1 : 32'd2;
        end else if (begin_q || refill) begin
            aes_start = 1'b1;
            purpose_d = blocks_q == 11'd0 ? MASK : KEYSTREAM;
            blocks_d = blocks_q == 11'd0 ? 11'd0 : blocks_q - 11'd1;
            counter_d = blocks_q <= 11'd1 ? 32'd1 : counter_q + 32'd1;
        end else if (key_stale_q && !schedule_busy) begin
            aes_start = 1'b1;
            aes_in = 128'd0;
            purpose_d = HASH_KEY;
            key_stale_d = 1'b0;
        end else if (purpose_q == HASH_KEY && !aes_busy) begin
            hash_key_d = aes_out;
            purpose_d = NOTHING;
        end
        if (reset || key_wipe) begin
            key_stale_d = 1'b0;
            hash_key_d = 128'd0;
            purpose_d = NOTHING;
        end
    end

    always @(posedge clk) begin
        purpose_q <= purpose_d;
        key_stale_q <= key_stale_d;
        hash_key_q <= hash_key_d;
        begin_q <= begin_d;
        lengths_pending_q <= lengths_pending_d;
        left_q <= left_d;
        total_q <= total_d;
        aad_bytes_q <= aad_bytes_d;
        blocks_q <= blocks_d;
        counter_q <= counter_d;
        keystream_q <= keystream_d;
        keystream_left_q <= keystream_left_d;
        block_q <= block_d;
        position_q <= position_d;
    end

`ifdef FORMAL
    always @(posedge clk) begin
        if (!reset && moves) assert (keystream_left_q != 5'd0);
        assert (keystream_left_q <= 5'd16);
    end
`endif
endmodule

`default_nettype wire
