// SPDX-License-Identifier: Apache-2.0
// ULPI 1.1 link: the pins of a PHY on one side, UTMI-like signals on the other. Writes the PHY's registers by itself whenever the
// UTMI mode inputs change; `settled` says that the PHY has taken them.
//
// Packets in: rx_active spans a packet, rx_valid marks each of its bytes. Packets out: tx_valid spans the packet, its first byte is
// the PID; each byte is taken when tx_ready. With op_mode 2 (no bit stuffing, no NRZI: chirp, test) the first byte has no PID
// meaning and is sent like the others.
`default_nettype none

module lk_ulpi #(
    parameter [5:0] VENDOR_REGISTER = 6'h00, // one more register that a board's PHY wants to be written first; 0: none
    parameter [7:0] VENDOR_VALUE = 8'h00
) (
    input  wire       clk,              // the PHY's 60 MHz
    input  wire       reset,
    // pins (ULPI 1.1 clause 3.1)
    input  wire [7:0] ulpi_data_in,
    output wire [7:0] ulpi_data_out,
    output wire       ulpi_data_oe,
    input  wire       ulpi_dir,
    input  wire       ulpi_nxt,
    output wire       ulpi_stp,
    output wire       ulpi_reset,
    // mode (UTMI 1.05 clause 4.1)
    input  wire [1:0] xcvr_select,      // 0 high speed, 1 full speed
    input  wire       term_select,      // 1 full-speed termination: the pull-up on D+
    input  wire [1:0] op_mode,          // 0 normal, 1 not driving, 2 no bit stuffing and NRZI
    output wire       settled,
    output wire [1:0] line_state,       // 0 SE0 (high speed: squelch), 1 J, 2 K
    output wire       session_valid,    // VBUS is there
    // packets
    output wire       rx_active,
    output wire       rx_valid,
    output wire       rx_error,
    output wire [7:0] rx_data,
    input  wire       tx_valid,
    input  wire [7:0] tx_data,
    output wire       tx_ready
);
    // Function Control and OTG Control (ULPI 1.1 tables 17 and 19); a write is 10b and the address (clause 3.8.1).
    localparam [7:0] WRITE_FUNCTION = 8'h84, WRITE_OTG = 8'h8A;
    localparam [7:0] WRITE_VENDOR = {2'b10, VENDOR_REGISTER};
    localparam [7:0] TRANSMIT = 8'h40;
    localparam [7:0] OTG_VALUE = 8'h00; // no pull-downs: a device

    localparam [2:0] IDLE = 3'd0, WRITE_ADDRESS = 3'd1, WRITE_VALUE = 3'd2, STOP = 3'd3, COMMAND = 3'd4, BYTES = 3'd5, DRAIN = 3'd6;

    reg [2:0] state_q, state_d;
    reg [7:0] data_q, data_d;
    reg       stp_q, stp_d;
    reg       dir_q = 1'b1;                      // as it was a cycle ago: a change is the turn-around cycle
    reg       otg_written_q, otg_written_d;
    reg       writing_otg_q, writing_otg_d;
    reg       vendor_written_q, vendor_written_d;
    reg       writing_vendor_q, writing_vendor_d;
    reg       function_known_q, function_known_d;
    reg [7:0] function_q, function_d;            // what the PHY's register holds
    reg [7:0] writing_q, writing_d;
    reg [1:0] line_state_q = 2'd0, line_state_d;
    reg       session_q = 1'b0, session_d;
    reg       rx_active_q, rx_active_d;
    reg       rx_valid_q, rx_valid_d;
    reg       rx_error_q, rx_error_d;
    reg [7:0] rx_data_q, rx_data_d;
    reg       held_q, held_d;                    // a PID was taken and is not at the PHY yet
    reg [3:0] pid_q, pid_d;
    reg [3:0] start_q, start_d;                  // holds the PHY's reset for a few cycles

    // SuspendM is 1 always: the clock that the engine runs on comes from the PHY. Reset is 0.
    wire [7:0] function_wanted = {1'b0, 1'b1, 1'b0, op_mode, term_select, xcvr_select};
    wire       ours = !ulpi_dir && !dir_q;       // the bus is ours, and no turn-around
    wire       raw = op_mode == 2'd2;

    always @* begin
        state_d = state_q;
        data_d = data_q;
        stp_d = 1'b0;
        otg_written_d = otg_written_q;
        writing_otg_d = writing_otg_q;
        vendor_written_d = vendor_written_q;
        writing_vendor_d = writing_vendor_q;
        function_d = function_q;
        function_known_d = function_known_q;
        writing_d = writing_q;
        held_d = held_q;
        pid_d = pid_q;
        start_d = (start_q == 4'd0) ? 4'd0 : start_q - 4'd1;

        case (state_q)
            IDLE: begin
                data_d = 8'h00;
                if (ours && start_q == 4'd0) begin
                    writing_otg_d = !otg_written_q;
                    writing_vendor_d = otg_written_q && !vendor_written_q;
                    if (!otg_written_q) begin
                        data_d = WRITE_OTG;
                        writing_d = OTG_VALUE;
                        state_d = WRITE_ADDRESS;
                    end else if (!vendor_written_q) begin
                        data_d = WRITE_VENDOR;
                        writing_d = VENDOR_VALUE;
                        state_d = WRITE_ADDRESS;
                    end else if (!function_known_q || function_q != function_wanted) begin
                        data_d = WRITE_FUNCTION;
                        writing_d = function_wanted;
                        state_d = WRITE_ADDRESS;
                    end else if (held_q) begin
                        data_d = TRANSMIT | {4'd0, pid_q};
                        state_d = COMMAND;
                    end else if (tx_valid) begin
                        pid_d = raw ? 4'd0 : tx_data[3:0];
                        data_d = TRANSMIT | {4'd0, pid_d};
                        held_d = 1'b1;
                        state_d = COMMAND;
                    end
                end
            end
            WRITE_ADDRESS: if (ulpi_nxt) begin
                data_d = writing_q;
                state_d = WRITE_VALUE;
            end
            WRITE_VALUE: if (ulpi_nxt) begin
                data_d = 8'h00;
                stp_d = 1'b1;
                state_d = STOP;
                if (writing_otg_q)
                    otg_written_d = 1'b1;
                else if (writing_vendor_q)
                    vendor_written_d = 1'b1;
                else begin
                    function_d = writing_q;
                    function_known_d = 1'b1;
                end
            end
            COMMAND, BYTES: if (ulpi_nxt) begin
                data_d = tx_valid ? tx_data : 8'h00;
                held_d = 1'b0;
                state_d = BYTES;
                if (!tx_valid) begin
                    stp_d = 1'b1;
                    state_d = STOP;
                end
            end
            DRAIN: begin
                data_d = 8'h00;
                held_d = 1'b0;
                if (!tx_valid) state_d = IDLE;
            end
            default: begin // STOP
                data_d = 8'h00;
                state_d = IDLE;
            end
        endcase

        // The PHY takes the bus (clause 3.8.2). A register is written again; a packet that has not begun is sent after a mere
        // RX CMD; one that has begun, or that another packet came before, is nobody's any more.
        if (ulpi_dir && state_q != STOP && state_q != DRAIN) begin
            state_d = (state_q == BYTES || (state_q == COMMAND && ulpi_nxt)) ? DRAIN : IDLE;
            held_d = held_q;
            data_d = 8'h00;
            stp_d = 1'b0;
            otg_written_d = otg_written_q;
            vendor_written_d = vendor_written_q;
            function_d = function_q;
            function_known_d = function_known_q;
        end
    end

    // What the PHY has told stays through our reset, and is heard during it: where the PHY has a reset of its own, it tells of the line
    // and of VBUS when that ends, and not again until they change.
    //
    // RX CMD: [1:0] line state, [3:2] VBUS, [5:4] 00 idle, 01 receiving, 11 receiving with an error (ULPI 1.1 table 7).
    wire receiving = ulpi_dir && dir_q;
    always @* begin
        line_state_d = line_state_q;
        session_d = session_q;
        rx_active_d = rx_active_q;
        rx_error_d = rx_error_q;
        rx_valid_d = receiving && ulpi_nxt;
        rx_data_d = ulpi_data_in;
        if (receiving && !ulpi_nxt) begin
            line_state_d = ulpi_data_in[1:0];
            session_d = ulpi_data_in[3];
            rx_active_d = ulpi_data_in[4];
            rx_error_d = ulpi_data_in[5:4] == 2'b11 || (rx_error_q && ulpi_data_in[4]);
        end else if (ulpi_dir && !dir_q) begin
            rx_active_d = ulpi_nxt; // a packet begins with the turn-around itself (clause 3.8.2.3)
            rx_error_d = 1'b0;
        end else if (!ulpi_dir)
            rx_active_d = 1'b0;
    end

    always @(posedge clk) begin
        state_q <= reset ? IDLE : state_d;
        data_q <= reset ? 8'd0 : data_d;
        stp_q <= !reset && stp_d;
        dir_q <= ulpi_dir;
        otg_written_q <= !reset && otg_written_d;
        writing_otg_q <= !reset && writing_otg_d;
        vendor_written_q <= reset ? VENDOR_REGISTER == 6'h00 : vendor_written_d;
        writing_vendor_q <= !reset && writing_vendor_d;
        function_known_q <= !reset && function_known_d;
        function_q <= reset ? 8'd0 : function_d;
        writing_q <= reset ? 8'd0 : writing_d;
        line_state_q <= line_state_d;
        session_q <= session_d;
        rx_active_q <= !reset && rx_active_d;
        rx_valid_q <= !reset && rx_valid_d;
        rx_error_q <= !reset && rx_error_d;
        rx_data_q <= reset ? 8'd0 : rx_data_d;
        held_q <= !reset && held_d;
        pid_q <= reset ? 4'd0 : pid_d;
        start_q <= reset ? 4'd15 : start_d;
    end

    assign ulpi_data_out = data_q;
    assign ulpi_data_oe = !ulpi_dir;
    assign ulpi_stp = stp_q;
    assign ulpi_reset = start_q != 4'd0;
    assign settled = otg_written_q && function_known_q && function_q == function_wanted;
    assign line_state = line_state_q;
    assign session_valid = session_q;
    assign rx_active = rx_active_q;
    assign rx_valid = rx_valid_q;
    assign rx_error = rx_error_q;
    assign rx_data = rx_data_q;
    assign tx_ready = tx_valid && ((state_q == IDLE && state_d == COMMAND && !held_q && !raw) || state_q == DRAIN ||
                                   ((state_q == COMMAND || state_q == BYTES) && ulpi_nxt && !ulpi_dir));
endmodule

`default_nettype wire
