// SPDX-License-Identifier: Apache-2.0
// Attach, bus reset, high-speed detection, suspend and resume (USB 2.0 clauses 7.1.5 to 7.1.7, state diagrams in appendix C).
// Drives the transceiver's mode. A device that has full speed alone goes from the reset straight to full speed.
`default_nettype none

module lk_usb_reset #(
    parameter HIGH_SPEED = 1,                  // 0: full speed alone
    parameter CLOCK_MEGAHERTZ = 60
) (
    input  wire       clk,
    input  wire       reset,
    input  wire       session_valid,
    input  wire       settled,        // the PHY has taken the mode below
    input  wire       hold,           // a test mode: the line tells nothing, and nothing changes while there is power
    input  wire [1:0] line_state,     // 0 SE0 (high speed: squelch), 1 J, 2 K
    input  wire       rx_active,
    output wire [1:0] xcvr_select,
    output wire       term_select,
    output wire [1:0] op_mode,
    output wire       chirp,          // send K: bytes of zero for as long as this is high
    output wire       bus_reset,      // pulse: a bus reset begins
    output wire       high_speed,
    output wire       enabled,        // packets may be taken and answered
    output wire       suspended
);
    localparam [17:0] MEGAHERTZ = CLOCK_MEGAHERTZ[17:0];
    localparam [17:0] RESET_FILTER = MEGAHERTZ * 18'd5 / 18'd2; // 2.5 us of SE0 is a reset (T_FILTSE0)
    localparam [17:0] IDLE_LIMIT = MEGAHERTZ * 18'd3000;        // 3 ms without traffic (T_WTREV)
    localparam [17:0] REVERT_WAIT = MEGAHERTZ * 18'd200;        // 200 us between full-speed terminations and the look at the line (T_WTRSTHS)
    localparam [17:0] CHIRP_QUIET = MEGAHERTZ * 18'd5;          // 5 us in chirp mode before K; some PHYs need 2.5 us
    localparam [17:0] CHIRP_LENGTH = MEGAHERTZ * 18'd1100;      // 1.1 ms of K; at least 1 ms (T_UCH)
    localparam [17:0] CHIRP_LIMIT = MEGAHERTZ * 18'd2000;       // 2 ms for the host to answer (T_WTFS)
    localparam [17:0] CHIRP_FILTER = RESET_FILTER;                    // 2.5 us of K or J is a chirp (T_FILT)
    localparam [17:0] RESUME_FILTER = RESET_FILTER;
    localparam [1:0]  SE0 = 2'd0, J = 2'd1, K = 2'd2;
    localparam [2:0]  CHIRPS = 3'd6;               // K J K J K J

    localparam [3:0] DETACHED = 4'd0, ATTACH = 4'd1, FULL = 4'd2, HIGH = 4'd3, REVERT = 4'd4, SUSPENDED = 4'd5, RESUME = 4'd6,
                     CHIRP_MODE = 4'd7, CHIRP_K = 4'd8, CHIRP_ANSWER = 4'd9, FULL_WAIT = 4'd10, HIGH_WAIT = 4'd11;
    localparam [3:0] AFTER_RESET = (HIGH_SPEED != 0) ? CHIRP_MODE : FULL_WAIT;

    reg [3:0]  state_q, state_d;
    reg [17:0] timer_q, timer_d;       // cycles in this state, or since the last traffic
    reg [17:0] steady_q, steady_d;     // cycles that the line has been in this state
    reg [1:0]  line_q;
    reg [2:0]  chirps_q, chirps_d;
    reg        was_high_q, was_high_d; // the speed before suspend
    reg        bus_reset_q, bus_reset_d;

    wire same = line_state == line_q;
    wire reset_seen = line_q == SE0 && steady_q >= RESET_FILTER;
    wire busy = rx_active || line_state != SE0;                // at high speed
    wire chirp_seen = line_q == (chirps_q[0] ? J : K) && steady_q == CHIRP_FILTER;

    always @* begin
        state_d = state_q;
        timer_d = timer_q + {17'd0, timer_q != 18'h3FFFF};
        steady_d = !same ? 18'd0 : steady_q + {17'd0, steady_q != 18'h3FFFF};
        chirps_d = chirps_q;
        was_high_d = was_high_q;
        bus_reset_d = 1'b0;
        case (state_q)
            DETACHED: if (session_valid && settled) state_d = ATTACH;
            ATTACH: if (settled && line_q == J && steady_q >= RESET_FILTER) state_d = FULL;
            FULL: begin
                if (line_state != J || rx_active) timer_d = 18'd0;
                was_high_d = 1'b0;
                if (reset_seen) state_d = AFTER_RESET;
                else if (timer_q >= IDLE_LIMIT) state_d = SUSPENDED;
            end
            HIGH: begin
                if (busy) timer_d = 18'd0;
                was_high_d = 1'b1;
                if (timer_q >= IDLE_LIMIT) state_d = REVERT;
            end
            // Full-speed terminations again: the line now tells a reset (SE0) from suspend (J); clause 7.1.7.6.
            REVERT: if (timer_q >= REVERT_WAIT) state_d = (line_q == SE0) ? CHIRP_MODE : SUSPENDED;
            SUSPENDED: begin
                if (reset_seen) state_d = AFTER_RESET;
                else if (line_q == K && steady_q >= RESUME_FILTER) state_d = RESUME;
            end
            RESUME: if (line_q != K) state_d = was_high_q ? HIGH_WAIT : FULL;
            CHIRP_MODE: if (settled && timer_q >= CHIRP_QUIET) state_d = CHIRP_K;
            CHIRP_K: begin
                chirps_d = 3'd0;
                if (timer_q >= CHIRP_LENGTH) state_d = CHIRP_ANSWER;
            end
            CHIRP_ANSWER: begin
                if (chirp_seen) chirps_d = chirps_q + 3'd1;
                if (chirps_q == CHIRPS) state_d = HIGH_WAIT;
                else if (timer_q >= CHIRP_LIMIT) state_d = FULL_WAIT;
            end
            FULL_WAIT: if (settled && line_q == J) state_d = FULL;
            HIGH_WAIT: if (settled) state_d = HIGH;
            default: state_d = DETACHED;
        endcase
        if (hold) state_d = state_q;
        if (!session_valid) state_d = DETACHED;
        if (state_d != state_q) begin
            timer_d = 18'd0;
            steady_d = 18'd0;
            bus_reset_d = state_d == AFTER_RESET || state_d == DETACHED;
        end
    end

    always @(posedge clk) begin
        state_q <= reset ? DETACHED : state_d;
        timer_q <= reset ? 18'd0 : timer_d;
        steady_q <= reset ? 18'd0 : steady_d;
        line_q <= reset ? SE0 : line_state;
        chirps_q <= reset ? 3'd0 : chirps_d;
        was_high_q <= !reset && was_high_d;
        bus_reset_q <= !reset && bus_reset_d;
    end

    wire chirping = HIGH_SPEED != 0 && (state_q == CHIRP_MODE || state_q == CHIRP_K || state_q == CHIRP_ANSWER);
    wire high = HIGH_SPEED != 0 && (state_q == HIGH || state_q == HIGH_WAIT);
    assign xcvr_select = (high || chirping) ? 2'd0 : 2'd1;
    assign term_select = !high && state_q != DETACHED;
    assign op_mode = (state_q == DETACHED) ? 2'd1 : chirping ? 2'd2 : 2'd0;
    assign chirp = state_q == CHIRP_K;
    assign bus_reset = bus_reset_q;
    assign high_speed = high;
    assign enabled = state_q == HIGH || state_q == FULL;
    assign suspended = state_q == SUSPENDED;
endmodule

`default_nettype wire
