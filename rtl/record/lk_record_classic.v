// SPDX-License-Identifier: Apache-2.0
// Seals and opens records that are protected by a MAC, with AES-CBC or without encryption, a byte at a time. The MAC is made
// elsewhere (lk_record_mac), and so is AES.
//
// Sealing streams: header, IV, ciphertext and MAC go out as they are made. Opening writes the plaintext to the record buffer;
// with the MAC outside of the ciphertext it also compares the MAC, and says at the end whether it and the padding were right. A
// MAC that is encrypted covers a length that only the last byte tells. So such a record is decrypted and its padding looked
// at, and then it is handed on to lk_record_verify, while the next one may come.
//
// How long it takes depends on lengths and on what is on the wire alone (P5).
`default_nettype none

module lk_record_classic (
    input  wire         clk,
    input  wire         reset,
    // The record, as lk_classic_format describes it.
    input  wire         start,            // pulse, while idle
    input  wire         open,
    input  wire         cbc,
    input  wire         sha256,
    input  wire         encrypt_then_mac,
    input  wire         explicit_iv,
    input  wire         ssl3,
    input  wire [39:0]  header,
    input  wire [14:0]  plaintext_bytes,
    input  wire [3:0]   padding,
    input  wire [14:0]  body_bytes,
    input  wire         body_none,        // opening: it has none; said by the cycle before start
    input  wire [127:0] iv,               // CBC without an explicit IV
    // Sealing: IV and plaintext. Opening: what is behind the header.
    input  wire [7:0]   in_data,
    input  wire         in_valid,
    output wire         in_ready,
    output wire         in_done,          // no more is wanted, and what describes the record may change
    // The sealed record.
    output wire [7:0]   out_data,
    output wire         out_last,
    output wire         out_valid,
    input  wire         out_ready,
    // To the record buffer.
    output wire [7:0]   store_data,
    output wire         store_last,
    output wire         store_valid,
    // The IV of the next record, where it is the last block of this one.
    output wire         chain_valid,
    output wire [7:0]   chain_byte,
    input  wire         chain_take,
    // AES, as lk_aes_cbc says.
    output wire         aes_start,
    output wire         aes_decrypt,
    output wire [127:0] aes_in,
    input  wire         aes_busy,
    input  wire [127:0] aes_out,
    output wire         aes_keep,
    output wire         aes_next,
    input  wire [7:0]   aes_byte,
    // The MAC; not when CBC opens with the MAC inside.
    output wire         mac_start,
    output wire [7:0]   mac_data,
    output wire         mac_data_valid,
    input  wire         mac_data_ready,
    input  wire         mac_valid,
    input  wire [7:0]   mac_byte,         // the next of it
    output wire         mac_taken,
    // A record whose MAC is inside goes on: its padding, and how much of it is content and padding.
    output wire         hands_on,         // pulse; what describes the record is still there
    input  wire         hand_free,
    output wire         padding_good,
    output wire [14:0]  content_bytes,
    // The result.
    output wire         idle,
    output wire         done,             // pulse; not when it was handed on
    output wire         authentic         // opening: MAC and padding are right; from done on
);
    localparam [3:0] IDLE = 4'd0, HEADER = 4'd1, IV = 4'd2, DATA = 4'd3, INNER_MAC = 4'd4, PADDING = 4'd5, DRAIN = 4'd6, CHAIN = 4'd7,
                     MAC = 4'd8, HAND = 4'd9;
    localparam [5:0]  HEADER_BYTES = 6'd5, IV_BYTES = 6'd16;

    reg [3:0]  state_d, state_q = IDLE;
    reg        open_d, open_q = 1'b0, cbc_d, cbc_q = 1'b0, sha256_d, sha256_q = 1'b0, etm_d, etm_q = 1'b0;
    reg        explicit_d, explicit_q = 1'b0;
    reg [3:0]  padding_d, padding_q = 4'd0;
    reg [14:0] left_d, left_q = 15'd0;             // bytes of this step
    reg [14:0] body_left_d, body_left_q = 15'd0;   // bytes that still come out of CBC
    reg        body_one_d, body_one_q = 1'b0;      // one byte
    reg        wrong_d, wrong_q = 1'b0;            // a byte of the MAC is
    reg        done_d, done_q = 1'b0;
    reg        authentic_d, authentic_q = 1'b0;

    wire        mac_inside = cbc_q && !etm_q;
    wire        sealing = !open_q;
    wire        last = left_q == 15'd1;

    // CBC: IV and data go in; sealing, also MAC and padding.
    reg  [7:0]  source;
    reg         source_valid;
    wire        cbc_ready, cbc_out_valid, cbc_out_moves;
    wire [7:0]  cbc_out;
    wire        to_cbc = cbc_q && (state_q == IV || state_q == DATA || state_q == INNER_MAC || state_q == PADDING);
    wire        to_out = sealing && (state_q == HEADER || (state_q == IV && explicit_q) || (state_q == DATA && !cbc_q) || state_q == MAC);
    wire        to_mac = (state_q == IV && explicit_q && etm_q) || (state_q == DATA && (open_q ? !mac_inside : !etm_q));
    wire        takes = (!to_cbc || cbc_ready) && (!to_out || out_ready) && (!to_mac || mac_data_ready);
    wire        moves = source_valid && takes;
    wire        cbc_to_mac = sealing && etm_q;

    lk_aes_cbc chaining (
        .clk(clk), .reset(reset), .start(start), .decrypt(open_q), .in_data(source),
        .in_valid(to_cbc && source_valid && (!to_out || out_ready) && (!to_mac || mac_data_ready)), .in_ready(cbc_ready),
        .out_data(cbc_out), .out_valid(cbc_out_valid),
        .out_ready(open_q || (out_ready && (!cbc_to_mac || mac_data_ready))), .last_byte(chain_byte),
        .last_shift(chain_take), .aes_start(aes_start), .aes_in(aes_in), .aes_busy(aes_busy), .aes_out(aes_out),
        .aes_keep(aes_keep), .aes_next(aes_next), .aes_byte(aes_byte));

    assign cbc_out_moves = cbc_out_valid && (open_q || (out_ready && (!cbc_to_mac || mac_data_ready)));
    wire [3:0] behind = left_q[3:0] - 4'd1;  // the bytes behind this one: tools that see a multiple of eight bits need no shifter
    wire [7:0] header_byte = header[{behind[2:0], 3'd0}+:8];
    wire [7:0] iv_byte = iv[{behind, 3'd0}+:8];

    // Where bytes come from.
    wire in_is_source = (state_q == IV && explicit_q) || state_q == DATA || (state_q == MAC && open_q);
    always @* begin
        source = in_data;
        source_valid = in_is_source && in_valid;
        case (state_q)
            HEADER: begin
                source = header_byte;
                source_valid = 1'b1;
            end
            IV: if (!explicit_q) begin
                source = iv_byte;
                source_valid = 1'b1;
            end
            INNER_MAC: begin
                source = mac_byte;
                source_valid = mac_valid;
            end
            PADDING: begin
                source = {4'd0, padding_q};
                source_valid = 1'b1;
            end
            MAC: begin
                if (sealing) source = mac_byte;
                source_valid = mac_valid && (sealing || in_valid);
            end
            default: ;
        endcase
    end
    assign in_ready = in_is_source && takes && (state_q != MAC || mac_valid);
    assign in_done = state_q == IDLE || (sealing && (state_q == INNER_MAC || state_q == PADDING || state_q == DRAIN || state_q == CHAIN
                                                     || state_q == MAC));

    // Whether a record is opened or sealed, how far it is, what was found: without being sure of that, nothing leaves, and nothing is
    // authentic (P1).
    wire sound;
    lk_guard #(.WIDTH(26)) guard (
        .clk(clk), .reset(reset), .next({state_d, open_d, cbc_d, sha256_d, etm_d, explicit_d, left_d, wrong_d, authentic_d}),
        .now({state_q, open_q, cbc_q, sha256_q, etm_q, explicit_q, left_q, wrong_q, authentic_q}), .sound(sound));

    // Where they go.
    assign out_valid = sound && (to_out ? source_valid && (!to_cbc || cbc_ready) && (!to_mac || mac_data_ready)
                                        : sealing && cbc_out_valid && (!cbc_to_mac || mac_data_ready));
    assign out_data = to_out ? source : cbc_out;
    assign out_last = state_q == MAC ? last : mac_inside && body_one_q;
    assign mac_data = to_mac ? source : cbc_out;
    assign mac_data_valid = to_mac ? source_valid && (!to_cbc || cbc_ready) && (!to_out || out_ready)
                                   : cbc_to_mac && cbc_out_valid && out_ready;
    assign mac_taken = moves && (state_q == INNER_MAC || state_q == MAC);
    assign mac_start = start && !(open && cbc && !encrypt_then_mac);
    assign store_valid = open_q && (cbc_q ? cbc_out_valid : state_q == DATA && moves);
    assign store_data = cbc_q ? cbc_out : source;
    assign store_last = cbc_q ? body_one_q : last;
    assign chain_valid = state_q == CHAIN;

    // NULL has no padding: then it is all content.
    wire        checked_good;
    wire [14:0] checked_bytes;
    reg  [14:0] null_bytes_d, null_bytes_q = 15'd0;
    lk_padding_check check (
        .clk(clk), .begins(start), .ssl3(ssl3), .most(cbc && !encrypt_then_mac ? body_bytes - (sha256 ? 15'd32 : 15'd20) : body_bytes),
        .data(cbc_out), .valid(store_valid), .good(checked_good), .content_bytes(checked_bytes));
    assign padding_good = checked_good;
    assign content_bytes = cbc_q ? checked_bytes : null_bytes_q;

    assign aes_decrypt = open_q;
    assign hands_on = state_q == HAND && hand_free && sound;
    assign idle = state_q == IDLE;
    assign done = done_q;
    assign authentic = authentic_q && sound;

    // Which step follows, and how long that is, says what came before; only whether it begins now depends on bytes that move.
    wire [3:0]  behind_chain = mac_inside ? (open_q ? HAND : IDLE) : MAC;  // behind the body, and its IV for the next record
    wire        none = plaintext_bytes == 15'd0;
    wire        begins = state_q == IDLE;
    reg  [3:0]  follows;
    reg         ends;
    always @* begin
        ends = moves && last;
        case (state_q)
            IDLE: begin
                ends = start;
                follows = !open ? HEADER : cbc ? IV : body_none ? MAC : DATA;
            end
            HEADER: follows = cbc_q ? IV : none ? MAC : DATA;
            IV: follows = open_q || !none ? DATA : etm_q ? PADDING : INNER_MAC;
            DATA: follows = !cbc_q ? MAC : open_q ? DRAIN : etm_q ? PADDING : INNER_MAC;
            INNER_MAC: follows = PADDING;
            PADDING: follows = DRAIN;
            DRAIN: begin
                ends = body_left_q == 15'd0;
                follows = explicit_q ? behind_chain : CHAIN;
            end
            CHAIN: begin
                ends = chain_take && last;
                follows = behind_chain;
            end
            MAC: follows = IDLE;
            default: begin
                ends = hand_free;
                follows = IDLE;
            end
        endcase
    end

    reg [5:0] short_length;
    always @* begin
        case (follows)
            HEADER: short_length = HEADER_BYTES;
            IV, CHAIN: short_length = IV_BYTES;
            PADDING: short_length = {2'd0, padding_q} + 6'd1;
            default: short_length = (begins ? sha256 : sha256_q) ? 6'd32 : 6'd20;
        endcase
        state_d = ends ? follows : state_q;
        left_d = left_q - {14'd0, moves || (state_q == CHAIN && chain_take)};
        if (ends) left_d = follows != DATA ? {9'd0, short_length} : open_q || begins ? body_bytes : plaintext_bytes;
        if (reset) state_d = IDLE;
    end

    always @* begin
        {open_d, cbc_d, sha256_d, etm_d, explicit_d} = {open_q, cbc_q, sha256_q, etm_q, explicit_q};
        padding_d = padding_q;
        null_bytes_d = null_bytes_q;
        body_left_d = body_left_q - {14'd0, cbc_q && cbc_out_moves};
        body_one_d = cbc_q && cbc_out_moves ? body_left_q == 15'd2 : body_one_q;
        wrong_d = wrong_q || (state_q == MAC && open_q && moves && in_data != mac_byte);
        authentic_d = authentic_q;
        done_d = state_q != IDLE && state_d == IDLE && state_q != HAND && !reset;
        if (start) begin
            {open_d, cbc_d, sha256_d, etm_d, explicit_d} = {open, cbc, sha256, encrypt_then_mac, explicit_iv};
            padding_d = padding;
            null_bytes_d = body_bytes;
            body_left_d = body_bytes;
            body_one_d = 1'b0;  // CBC has whole blocks
            wrong_d = 1'b0;
            authentic_d = 1'b0;
        end else if (done_d) begin
            authentic_d = open_q && !wrong_d && (!cbc_q || checked_good);
        end
        if (reset) authentic_d = 1'b0;
    end

    always @(posedge clk) begin
        state_q <= state_d;
        left_q <= left_d;
        {open_q, cbc_q, sha256_q, etm_q, explicit_q} <= {open_d, cbc_d, sha256_d, etm_d, explicit_d};
        padding_q <= padding_d;
        null_bytes_q <= null_bytes_d;
        body_left_q <= body_left_d;
        body_one_q <= body_one_d;
        wrong_q <= wrong_d;
        done_q <= done_d;
        authentic_q <= authentic_d;
    end

`ifdef FORMAL
    // P1: while a record is opened, nothing goes out.
    always @(posedge clk) if (!reset && open_q && state_q != IDLE) assert (!out_valid);
`endif
endmodule

`default_nettype wire
