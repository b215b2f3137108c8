// SPDX-License-Identifier: Apache-2.0
// P1 in lk_completion_builder: what leaves is one completion for each announcement, in their order: four words of header, and as many
// words of payload as it says, none when the status is an error. The payload of an opened record is what the record buffer sends, each word
// of it once, from `send_begins` for that record to `sent`, and bytes behind its end are zero; nothing of the buffer leaves at any other time.
//
// For any queue and register at the output (lk_stream_fifo and lk_stream_register are cut). Assumed: what waits at the head of the queue
// stays (property stream_fifo), and an error has no payload (property lane_control). That a sealed record has as many words as was announced
// is for the tests to say, which compare it with the software engine's.
//
// method: induction 2
// cut: lk_stream_fifo
// cut: lk_stream_register
// sees: head_valid builder.head_valid
// sees: head builder.announced.out_data
// sees: ends builder.payload_ends
// sees: moves builder.moves
// sees: word builder.word
// sees: last builder.word_last
// sees: state builder.state_q
// sees: header_index builder.index_q
// sees: left builder.left_q
// mutation: sends_sealed record/lk_completion_builder.v s/assign send_begins = header_ends && has_payload && opened;/assign send_begins = header_ends \&\& has_payload;/
// mutation: sends_errors record/lk_completion_builder.v s/wire        has_payload = .*/wire        has_payload = head_status != 8'd0;/
// mutation: shows_padding record/lk_completion_builder.v s/word = send_data & mask;/word = send_data;/
// mutation: mixes record/lk_completion_builder.v s/state_d = opened ? OPENED : SEALED;/state_d = OPENED;/
// mutation: takes_early record/lk_completion_builder.v s/assign send_ready = state_q == OPENED/assign send_ready = state_q != SEALED/
// mutation: forgets_last record/lk_completion_builder.v s/word_last = left_q == 13'd1;/word_last = left_q == 13'd2;/
// mutation: frees_early record/lk_completion_builder.v s/assign sent = state_q == OPENED && payload_ends;/assign sent = state_q == OPENED \&\& moves;/
`default_nettype none

module formal_completion_builder (
    input wire        clk,
    input wire        reset,
    input wire        valid,
    input wire [7:0]  status,
    input wire [15:0] length,
    input wire [31:0] sealed_data,
    input wire        sealed_valid,
    input wire [31:0] send_data,
    input wire        send_valid
);
    localparam [1:0] HEADER = 2'd0, OPENED = 2'd2;
    wire         send_begins, send_ready, sent, head_valid, ends, moves, last, sealed_ready;
    wire [12:0]  send_words, left;
    wire [1:0]   state, header_index;
    wire [31:0]  word;
    wire [103:0] head;

    lk_completion_builder builder (
        .clk(clk), .reset(reset), .valid(valid), .status(status), .length(length), .sealed_data(sealed_data),
        .sealed_valid(sealed_valid), .sealed_ready(sealed_ready), .send_begins(send_begins),
        .send_words(send_words), .send_data(send_data), .send_valid(send_valid), .send_ready(send_ready), .sent(sent));

    wire [7:0]  opcode = head[103:96], head_status = head[95:88], content_type = head[87:80];
    wire [15:0] slot = head[79:64], generation = head[63:48], head_length = head[15:0];
    wire [31:0] tag = head[47:16];
    wire [12:0] words = head_length[14:2] + {12'd0, |head_length[1:0]};
    wire        opened = opcode == 8'h11;

    reg         past_q = 1'b0;
    reg [103:0] past_head_q;
    always @(posedge clk) begin
        past_q <= head_valid && !ends && !reset;
        past_head_q <= head;
    end
    always @* begin
        if (past_q) assume (head_valid && head == past_head_q);
        if (valid && status != 8'd0) assume (length == 16'd0);
        if (head_valid) assume (head_length <= 16'h7ffc && (head_status == 8'd0 || head_length == 16'd0));
    end

    // Where in a completion the stream is: words of header, then of payload; and whether the buffer is sending.
    reg [2:0]  header_q = 3'd0;
    reg [12:0] payload_q = 13'd0;
    reg        sending_q = 1'b0;
    always @(posedge clk) begin
        if (moves) begin
            header_q <= last ? 3'd0 : header_q + {2'd0, header_q != 3'd4};
            payload_q <= last || header_q != 3'd4 ? 13'd0 : payload_q + 13'd1;
        end
        sending_q <= send_begins || (sending_q && !sent);
        if (reset) begin
            header_q <= 3'd0;
            payload_q <= 13'd0;
            sending_q <= 1'b0;
        end
    end

    wire        in_header = header_q != 3'd4;
    wire        final_word = payload_q == words - 13'd1;
    wire [31:0] kept = head_length[1:0] == 2'd0 || !final_word ? 32'hffffffff : (32'd1 << {head_length[1:0], 3'd0}) - 32'd1;
    always @* begin
        if (moves) begin
            assert (head_valid && ends == last);
            if (header_q == 3'd0) assert (word == {content_type, head_status, opcode, 8'h6c});
            if (header_q == 3'd1) assert (word == {generation, slot});
            if (header_q == 3'd2) assert (word == tag);
            if (header_q == 3'd3) assert (word == {16'd0, head_length});
            if (in_header) assert (last == (header_q == 3'd3 && head_length == 16'd0));
            else assert (last == final_word && head_length != 16'd0 && head_status == 8'd0);
            if (!in_header && opened) assert (send_valid && send_ready && word == (send_data & kept));
            if (!in_header && !opened) assert (sealed_valid && sealed_ready && word == sealed_data);
        end
        if (send_ready && send_valid) assert (sending_q && moves && !in_header && opened);
        if (send_begins) assert (!sending_q && opened && head_status == 8'd0 && send_words == words && words != 13'd0);
        if (sent) assert (sending_q && last && moves);
        // What makes the above inductive.
        assert (header_q <= 3'd4 && state <= OPENED && (state == HEADER) == in_header && sending_q == (state == OPENED));
        if (in_header) assert (header_index == header_q[1:0] && payload_q == 13'd0);
        else assert (head_valid && (state == OPENED) == opened && header_index == 2'd0 && words != 13'd0 && left == words - payload_q
                     && left != 13'd0);
    end
endmodule

`default_nettype wire
