// SPDX-License-Identifier: Apache-2.0
// Known-answer tests: sends the commands of lk_selftest_vectors through the whole engine, lane by lane, and compares every word of
// the completions. Runs after reset, and on request, while the engine takes no commands from outside; erases everything when it
// is done. An engine that stops answering has failed whatever was still to be tested.
`default_nettype none

module lk_selftest #(
    parameter [31:0] CIPHERS = 32'd0,  // of this build; tests of others are left out
    parameter LANES = 1
) (
    input  wire        clk,
    input  wire        reset,
    input  wire        request,           // pulse: run again
    input  wire        clearing,          // the engine is dropping everything: begin (again) when that is over
    output wire        pending,           // wanted or running: the streams of the engine belong to the test
    output wire        finished,          // pulse: drop and erase everything
    output wire [1:0]  lane,              // that is tested
    output wire [31:0] command_data,
    output wire        command_valid,
    input  wire        command_ready,
    input  wire [31:0] completion_data,
    input  wire        completion_valid,
    input  wire        completion_last,
    output wire        completion_ready,
    output wire [31:0] ran,               // bit maps of ciphers: tested in the last run,
    output wire [31:0] failed             // and failed in it
);
    localparam [1:0] SEND = 2'd0, EXPECT = 2'd1, EXPECT_LAST = 2'd2, MARK = 2'd3;  // MARK: a cipher's test begins, or all is over
    localparam PATIENCE_BITS = 13;

    reg        running_d, running_q = 1'b0;
    reg        pending_d, pending_q = 1'b1;
    // Two walk through the vectors, one sending, one expecting, and meet at each mark. Their words come one cycle later.
    reg [15:0] send_at_d, send_at_q = 16'd0, expect_at_d, expect_at_q = 16'd0;
    reg        send_here_d, send_here_q = 1'b0, expect_here_d, expect_here_q = 1'b0;
    reg [1:0]  lane_d, lane_q = 2'd0;
    reg [4:0]  cipher_d, cipher_q = 5'd0;
    reg        skip_d, skip_q = 1'b0;      // the cipher is not in this build
    reg        ended_d, ended_q = 1'b0;    // the completion was shorter than expected,
    reg        drains_d, drains_q = 1'b0;  // or is longer
    reg [31:0] ran_d, ran_q = 32'd0, failed_d, failed_q = 32'd0;
    reg [PATIENCE_BITS-1:0] idle_d, idle_q = {PATIENCE_BITS{1'b0}};  // cycles in which nothing moved

    // Never set by anything here: a simulation that sets a bit sees that cipher fail.
    reg [31:0] corrupt_q /*verilator public_flat_rw*/ = 32'd0;

    wire [33:0] send_vector, expect_vector;
    lk_selftest_vectors vectors (
        .clk(clk), .a_address(send_at_q), .a_data(send_vector), .b_address(expect_at_q), .b_data(expect_vector));
    wire [1:0]  send_kind = send_vector[33:32], expect_kind = expect_vector[33:32];
    wire [31:0] word = expect_vector[31:0];

    wire sends = running_q && send_here_q && send_kind == SEND && !skip_q;
    wire expects = running_q && expect_here_q && (expect_kind == EXPECT || expect_kind == EXPECT_LAST) && !skip_q && !drains_q;
    wire meets = running_q && send_here_q && expect_here_q && send_kind == MARK && expect_kind == MARK && !drains_q;
    wire ends = meets && word[31];
    wire sent = sends && command_ready;
    wire takes = completion_valid && completion_ready;
    wire hangs = &idle_q;
    wire wrong = completion_data != (word ^ {32{corrupt_q[cipher_q]}});

    assign pending = pending_q;
    assign finished = running_q && !clearing && (hangs || (ends && {30'd0, lane_q} == LANES - 1));
    assign lane = lane_q;
    assign command_data = send_vector[31:0];
    assign command_valid = sends;
    assign completion_ready = (expects && !ended_q) || drains_q;
    assign ran = ran_q;
    assign failed = failed_q;

    // A step to the next word.
    wire send_step = send_here_q && (meets || sent || (send_kind != MARK && (skip_q || send_kind != SEND)));
    wire expect_step = expect_here_q && !drains_q
                     && (meets || (expects && (takes || ended_q)) || (expect_kind != MARK && (skip_q || expect_kind == SEND)));

    always @* begin
        running_d = running_q;
        pending_d = pending_q || request;
        send_at_d = send_at_q + {15'd0, send_step};
        send_here_d = running_q && !send_step;
        expect_at_d = expect_at_q + {15'd0, expect_step};
        expect_here_d = running_q && !expect_step;
        lane_d = lane_q;
        cipher_d = cipher_q;
        skip_d = skip_q;
        ended_d = ended_q;
        drains_d = drains_q && !(takes && completion_last);
        ran_d = ran_q;
        failed_d = failed_q;
        idle_d = !running_q || sent || takes || meets || skip_q ? {PATIENCE_BITS{1'b0}} : idle_q + 1'b1;
        if (meets) begin
            cipher_d = word[4:0];
            skip_d = !CIPHERS[word[4:0]];
            if (CIPHERS[word[4:0]] && !ends) ran_d[word[4:0]] = 1'b1;
        end
        if (ends) begin
            lane_d = lane_q + 2'd1;
            send_at_d = 16'd0;
            expect_at_d = 16'd0;
        end
        if (expects && ended_q) ended_d = expect_kind != EXPECT_LAST;
        if (expects && takes) begin
            if (wrong || completion_last != (expect_kind == EXPECT_LAST)) failed_d[cipher_q] = 1'b1;
            ended_d = completion_last && expect_kind == EXPECT;
            drains_d = !completion_last && expect_kind == EXPECT_LAST;
        end
        if (pending_q && !running_q && !clearing) begin
            running_d = 1'b1;
            send_at_d = 16'd0;
            expect_at_d = 16'd0;
            lane_d = 2'd0;
            skip_d = 1'b0;
            ended_d = 1'b0;
            drains_d = 1'b0;
            ran_d = 32'd0;
            failed_d = 32'd0;
        end
        if (finished) begin
            running_d = 1'b0;
            pending_d = request;
            if (hangs) begin
                // From this cipher on: it has no answer, and the others have not been asked.
                ran_d = CIPHERS;
                failed_d = failed_q | (CIPHERS & (32'hffffffff << cipher_q));
            end
        end
        if (clearing) running_d = 1'b0;
        if (reset) begin
            running_d = 1'b0;
            pending_d = 1'b1;
            ran_d = 32'd0;
            failed_d = 32'd0;
        end
    end

    always @(posedge clk) begin
        running_q <= running_d;
        pending_q <= pending_d;
        send_at_q <= send_at_d;
        send_here_q <= send_here_d;
        expect_at_q <= expect_at_d;
        expect_here_q <= expect_here_d;
        lane_q <= lane_d;
        cipher_q <= cipher_d;
        skip_q <= skip_d;
        ended_q <= ended_d;
        drains_q <= drains_d;
        ran_q <= ran_d;
        failed_q <= failed_d;
        idle_q <= idle_d;
    end
endmodule

`default_nettype wire
