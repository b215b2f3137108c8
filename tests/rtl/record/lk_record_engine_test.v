// SPDX-License-Identifier: Apache-2.0
// The record engine in a simulator that knows X: the client's close_notify of RFC 8448 section 3 is sealed and opened again, a
// forged one is refused; then records of ChaCha20-Poly1305 in TLS 1.2 and of AES-CBC with both orders of MAC and encryption are sealed
// and opened. Every word of output must be exactly what is expected, and all outputs known from reset on.
`default_nettype none

module lk_record_engine_test;
    localparam COMMANDS = 410, COMPLETIONS = 168, PATIENCE = 60000;

    reg         clk = 1'b0;
    reg         reset = 1'b1;
    reg         started = 1'b0;  // reset has been seen by a clock edge
    reg  [31:0] commands[0:COMMANDS-1];
    reg  [31:0] completions[0:COMPLETIONS-1];
    integer     sent = 0, taken = 0, cycles = 0, failures = 0;

    wire        command_ready, completion_valid, completion_last, stream_reset_busy;
    wire        working, keyed, failed;
    wire [31:0] completion_data, fact_data;
    wire        completion_ready = cycles % 3 != 0;

    lk_record_engine engine (
        .clk(clk), .reset(reset), .command_data(commands[sent % COMMANDS]), .command_valid(sent < COMMANDS && !reset),
        .command_ready(command_ready), .completion_data(completion_data), .completion_valid(completion_valid),
        .completion_last(completion_last), .completion_ready(completion_ready), .stream_reset(1'b0), .selftest(1'b0),
        .stream_reset_busy(stream_reset_busy), .fact_address(8'd32), .fact_data(fact_data), .working(working), .keyed(keyed), .failed(failed));

    always #5 clk = !clk;

    always @(posedge clk) begin
        cycles <= cycles + 1;
        reset <= cycles < 4;
        started <= cycles >= 2;
        if (command_ready && sent < COMMANDS && !reset) sent <= sent + 1;
        if (completion_valid && completion_ready) begin
            if (completion_data !== completions[taken]) begin
                $display("word %0d is %h, not %h", taken, completion_data, completions[taken]);
                failures <= failures + 1;
            end
            taken <= taken + 1;
        end
        if (started && (^{command_ready, completion_valid, stream_reset_busy, fact_data, working, keyed, failed} === 1'bx)) begin
            $display("an output is unknown in cycle %0d", cycles);
            failures <= failures + 1;
        end
        if (taken == COMPLETIONS || cycles > PATIENCE) begin
            if (failures != 0 || taken != COMPLETIONS) begin
                $display("FAILED: %0d faults, %0d of %0d words", failures, taken, COMPLETIONS);
                $finish_and_return(1);
            end
            $display("passed in %0d cycles", cycles);
            $finish;
        end
    end

    initial begin
        $readmemh("engine_commands.hex", commands);
        $readmemh("engine_completions.hex", completions);
    end

    wire unused = &{1'b0, completion_last, 1'b0};
endmodule

`default_nettype wire
