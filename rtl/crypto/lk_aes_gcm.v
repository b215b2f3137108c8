// SPDX-License-Identifier: Apache-2.0
// AES-GCM (NIST SP 800-38D) with keys of 128 and of 256 bits, a 96-bit nonce and one block of associated data, a byte a cycle.
// The keystream block after the present one is made while this one is used, and the block that masks the tag (the encryption
// of J0) after the last of them, while GHASH finishes. How many cycles it takes depends on the lengths and the size of the key
// alone (P5).
//
// GHASH ends with (Y + C) H, + lengths, times H: two multiplications behind the last block C. Here it is (Y + C) H^2 + lengths H:
// H^2 is made with the key, lengths H at the beginning of a message, and one multiplication is left for the end.
//
// AES with its key is outside (lk_aes), because other modes use it, too.
//
// Order of use: a key (four or eight words to AES, then wait for key_busy to fall), then messages. After start, nonce, aad, decrypt
// and data_bytes are held until data_done. tag_valid then stays until the next start.
`default_nettype none

module lk_aes_gcm #(
    parameter GHASH_DIGIT = 8
) (
    input  wire         clk,
    input  wire         reset,
    input  wire         key_word_valid, // as AES gets them
    input  wire         key_wipe,      // pulse: forgets what was made of the key
    output wire         key_busy,
    // AES, whose key_busy is schedule_busy.
    input  wire         schedule_busy,
    output reg          aes_start,
    output reg  [127:0] aes_in,
    input  wire         aes_busy,
    input  wire [127:0] aes_out,
    output wire         aes_keep,      // keystream, as lk_aes_bytes says
    output wire         aes_next,
    input  wire [7:0]   aes_byte,
    input  wire         start,         // pulse: a message begins
    input  wire         decrypt,
    input  wire [95:0]  nonce,
    input  wire [127:0] aad,           // filled up with zeros
    input  wire [3:0]   aad_bytes,     // up to 15
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
    localparam [1:0] REST = 2'd0, SQUARE = 2'd1, LENGTHS = 2'd2, BLOCKS = 2'd3;

    reg [1:0]   purpose_d, purpose_q = NOTHING;  // of what AES makes or has made
    reg         key_stale_d, key_stale_q = 1'b0; // round keys come before the hash key
    reg         next_d, next_q = 1'b0;           // AES begins with the next block of a message: a message began, or keystream was taken
    reg [14:0]  left_d, left_q = 15'd0;          // data bytes,
    reg         left_none_d, left_none_q = 1'b1; // none of them
    reg         left_one_d, left_one_q = 1'b0;   // or one
    reg [10:0]  blocks_d, blocks_q = 11'd0;      // keystream blocks that are still to be started
    reg [31:0]  counter_d, counter_q = 32'd0;
    reg [4:0]   keystream_left_d, keystream_left_q = 5'd0;
    reg         keystream_some_d, keystream_some_q = 1'b0;   // some is left,
    reg         keystream_one_d, keystream_one_q = 1'b0;     // one byte of it

    // What GHASH takes: associated data, ciphertext, zeros behind it, shifted in byte by byte.
    reg [127:0] block_d, block_q = 128'd0;
    reg [3:0]   position_d, position_q = 4'd0;
    reg         full_d, full_q = 1'b0;           // sixteen bytes wait for GHASH
    reg         in_aad_d, in_aad_q = 1'b0;       // associated data is coming in

    // What GHASH makes.
    reg [1:0]   stage_d, stage_q = REST;
    reg         squaring_d, squaring_q = 1'b0;
    reg         lengths_wait_d, lengths_wait_q = 1'b0;       // a message has begun, the square comes first
    reg         first_d, first_q = 1'b0;                     // no block of the message has been taken
    reg         final_d, final_q = 1'b0;                     // its last block has
    reg [127:0] hash_key_d, hash_key_q = 128'd0;             // H
    reg [127:0] square_d, square_q = 128'd0;                 // H^2
    reg [127:0] lengths_hash_d, lengths_hash_q = 128'd0;     // lengths H

    wire         ghash_ready;
    wire         ghash_busy;
    wire [127:0] hash;

    // Data.
    wire       lengths_hashed = stage_q == LENGTHS && !ghash_busy;
    wire       taken = full_q && (lengths_hashed || (stage_q == BLOCKS && ghash_ready));
    wire       last_taken = taken && data_done;
    wire       room = !full_q || taken;
    wire       moves = data_valid && data_ready;
    wire [7:0] ciphertext = decrypt ? data_in : data_out;
    // Without keystream, plaintext would leave as it is.
    wire       sound;
    lk_guard #(.WIDTH(7)) guard (
        .clk(clk), .reset(reset), .next({keystream_some_d, keystream_one_d, keystream_left_d}),
        .now({keystream_some_q, keystream_one_q, keystream_left_q}), .sound(sound));
    assign data_ready = sound && keystream_some_q && !left_none_q && !in_aad_q && room;
    assign data_out = data_in ^ aes_byte;
    assign data_last = left_one_q;
    assign data_done = left_none_q && !in_aad_q;

    wire       fills = data_done && position_q != 4'd0;
    wire       shifts = room && (in_aad_q ? !lengths_wait_q : fills || moves);
    wire [7:0] aad_byte = aad[8*(4'd15-position_q)+:8];
    wire [7:0] byte_in = in_aad_q ? aad_byte : fills ? 8'd0 : ciphertext;

    // GHASH: of the lengths in bits, whose block is in place of the empty one; of the blocks of the message.
    wire         hash_key_made = purpose_q == HASH_KEY && !aes_busy;
    wire         hash_lengths = stage_q == REST && (start || lengths_wait_q);
    wire [127:0] lengths = {57'd0, aad_bytes, 3'd0, 46'd0, data_bytes, 3'd0};
    wire         squares = stage_q == SQUARE && !squaring_q;

    lk_ghash #(.DIGIT(GHASH_DIGIT)) ghash (
        .clk(clk), .reset(reset || key_wipe), .hash_key(final_q ? square_q : hash_key_q),
        .first(hash_key_made || hash_lengths || first_q), .unit(hash_key_made), .block(block_q ^ (hash_lengths ? lengths : 128'd0)),
        .block_valid(hash_key_made || squares || hash_lengths || taken), .block_ready(ghash_ready), .busy(ghash_busy), .hash(hash));

    assign key_busy = schedule_busy || key_stale_q || purpose_q == HASH_KEY;
    assign tag_valid = final_q && !ghash_busy && purpose_q == MASK && !aes_busy;
    assign tag = hash ^ lengths_hash_q ^ aes_out;

    // AES may begin a cycle after its result was taken: with it, a block takes it sixteen cycles at most.
    wire refill = purpose_q == KEYSTREAM && !aes_busy && !next_q && (!keystream_some_q || (keystream_one_q && moves));
    assign aes_keep = refill;
    assign aes_next = moves;

    always @* begin
        next_d = start || refill;
        left_d = start ? data_bytes : left_q - {14'd0, moves};
        left_none_d = moves ? left_one_q : left_none_q;
        left_one_d = moves ? left_q == 15'd2 : left_one_q;
        if (start) begin
            left_none_d = data_bytes == 15'd0;
            left_one_d = data_bytes == 15'd1;
        end
        in_aad_d = start || (in_aad_q && !(shifts && position_q == 4'd15));
        position_d = start ? 4'd0 : position_q + {3'd0, shifts};
        full_d = !start && ((full_q && !taken) || (shifts && position_q == 4'd15));
        block_d = shifts ? {block_q[119:0], byte_in} : block_q;
        keystream_left_d = start ? 5'd0 : refill ? 5'd16 : keystream_left_q - {4'd0, moves};
        keystream_some_d = !start && (refill || (keystream_some_q && !(keystream_one_q && moves)));
        keystream_one_d = !start && !refill && (moves ? keystream_left_q == 5'd2 : keystream_one_q);
        if (reset || key_wipe) begin
            next_d = 1'b0;
            left_d = 15'd0;
            left_none_d = 1'b1;
            left_one_d = 1'b0;
            in_aad_d = 1'b0;
            position_d = 4'd0;
            full_d = 1'b0;
            keystream_left_d = 5'd0;
            keystream_some_d = 1'b0;
            keystream_one_d = 1'b0;
        end
        if (reset || key_wipe || last_taken) block_d = 128'd0;
    end

    // A key: H, its square. A message: its lengths, its blocks, the last of them times H^2.
    always @* begin
        stage_d = stage_q;
        squaring_d = stage_q == SQUARE;
        lengths_wait_d = (start || lengths_wait_q) && !hash_lengths;
        first_d = start || (first_q && !taken);
        final_d = !start && !key_word_valid && (final_q || last_taken);
        hash_key_d = hash_key_made ? aes_out : hash_key_q;
        square_d = square_q;
        lengths_hash_d = lengths_hash_q;
        if (hash_key_made) begin
            stage_d = SQUARE;
        end else if (squaring_q && !ghash_busy) begin
            stage_d = REST;
            squaring_d = 1'b0;
            square_d = hash;
        end else if (hash_lengths) begin
            stage_d = LENGTHS;
        end else if (lengths_hashed) begin
            stage_d = BLOCKS;
            lengths_hash_d = hash;
        end
        if (last_taken) stage_d = REST;
        if (reset || key_wipe) begin
            stage_d = REST;
            lengths_wait_d = 1'b0;
            first_d = 1'b0;
            final_d = 1'b0;
            hash_key_d = 128'd0;
            square_d = 128'd0;
            lengths_hash_d = 128'd0;
        end
    end

    // What AES does next: the hash key after a new key; then the counter blocks of a message from 2 on; then J0, whose counter is 1.
    always @* begin
        key_stale_d = key_stale_q || key_word_valid;
        purpose_d = purpose_q;
        blocks_d = blocks_q;
        counter_d = counter_q;
        aes_start = 1'b0;
        aes_in = key_stale_q ? 128'd0 : {nonce, counter_q};
        if (start) begin
            purpose_d = NOTHING;
            blocks_d = data_bytes[14:4] + {10'd0, |data_bytes[3:0]};
            counter_d = data_bytes == 15'd0 ? 32'd1 : 32'd2;
        end else if (next_q) begin
            aes_start = 1'b1;
            purpose_d = blocks_q == 11'd0 ? MASK : KEYSTREAM;
            blocks_d = blocks_q == 11'd0 ? 11'd0 : blocks_q - 11'd1;
            counter_d = blocks_q <= 11'd1 ? 32'd1 : counter_q + 32'd1;
        end else if (key_stale_q && !schedule_busy) begin
            aes_start = 1'b1;
            purpose_d = HASH_KEY;
            key_stale_d = 1'b0;
        end else if (hash_key_made) begin
            purpose_d = NOTHING;
        end
        if (reset || key_wipe) begin
            key_stale_d = 1'b0;
            purpose_d = NOTHING;
        end
    end

    always @(posedge clk) begin
        purpose_q <= purpose_d;
        key_stale_q <= key_stale_d;
        hash_key_q <= hash_key_d;
        next_q <= next_d;
        left_q <= left_d;
        left_none_q <= left_none_d;
        left_one_q <= left_one_d;
        blocks_q <= blocks_d;
        counter_q <= counter_d;
        keystream_left_q <= keystream_left_d;
        keystream_some_q <= keystream_some_d;
        keystream_one_q <= keystream_one_d;
        block_q <= block_d;
        position_q <= position_d;
        full_q <= full_d;
        in_aad_q <= in_aad_d;
        stage_q <= stage_d;
        squaring_q <= squaring_d;
        lengths_wait_q <= lengths_wait_d;
        first_q <= first_d;
        final_q <= final_d;
        square_q <= square_d;
        lengths_hash_q <= lengths_hash_d;
    end

`ifdef FORMAL
    always @(posedge clk) begin
        if (!reset && moves) assert (keystream_left_q != 5'd0);
        assert (keystream_left_q <= 5'd16);
        assert (keystream_some_q == (keystream_left_q != 5'd0) && keystream_one_q == (keystream_left_q == 5'd1));
        assert (left_none_q == (left_q == 15'd0) && left_one_q == (left_q == 15'd1));
    end
`endif
endmodule

`default_nettype wire
