# SPDX-License-Identifier: Apache-2.0
"""Reports of the tools, as they write them, cut down."""

# yosys stat -json
AREA = {
    "creator": "Yosys 0.70",
    "modules": {},
    "design": {
        "num_cells": 4143,
        "num_cells_by_type": {
            "$scopeinfo": 7, "CCU2C": 66, "LUT4": 2764, "TRELLIS_DPR16X4": 32, "TRELLIS_FF": 1202, "DP16KD": 9,
        },
    },
}


def _step(kind, nanoseconds, cell, to):
    return {
        "delay": nanoseconds,
        "from": {"cell": cell, "loc": [1, 2], "port": "Q"},
        "to": {"cell": to, "loc": [3, 4], "port": "A"},
        "type": kind,
    }


# nextpnr-ecp5 --report; paths from and to pins come with those of the clock
TIMING = {
    "critical_paths": [
        {
            "from": "<async>",
            "to": "posedge $glbnet$clk$TRELLIS_IO_IN",
            "path": [_step("source", 0.0, "capture$tr_io", "capture$tr_io")],
        },
        {
            "from": "posedge $glbnet$clk$TRELLIS_IO_IN",
            "to": "posedge $glbnet$clk$TRELLIS_IO_IN",
            "path": [
                _step("clk-to-q", 0.5, "block.state_q_TRELLIS_FF_Q_3", "block.state_q_TRELLIS_FF_Q_3"),
                _step("routing", 1.25, "block.state_q_TRELLIS_FF_Q_3", "block.next_LUT4_Z"),
                _step("logic", 0.25, "block.next_LUT4_Z", "block.next_LUT4_Z"),
                _step("routing", 2.0, "block.next_LUT4_Z", "block.table.memory.0.0"),
                _step("setup", 0.125, "block.table.memory.0.0", "block.table.memory.0.0"),
            ],
        },
    ],
    "fmax": {"$glbnet$clk$TRELLIS_IO_IN": {"achieved": 242.5, "constraint": 66.0}},
    "utilization": {"TRELLIS_COMB": {"available": 24288, "used": 3088}},
}

# the same of a whole board with two clocks
BOARD_TIMING = {
    "critical_paths": [
        {
            "from": "<async>",
            "to": "posedge $glbnet$ulpi_clk$TRELLIS_IO_IN",
            "path": [
                _step("source", 0.0, "ulpi_nxt$tr_io", "ulpi_nxt$tr_io"),
                _step("routing", 2.25, "ulpi_nxt$tr_io", "board.ulpi.state_d"),
                _step("setup", 0.25, "board.ulpi.state_d", "board.ulpi.state_d"),
            ],
        },
        {
            "from": "posedge $glbnet$ulpi_clk$TRELLIS_IO_IN",
            "to": "<async>",
            "path": [
                _step("clk-to-q", 0.5, "board.ulpi.data_q", "board.ulpi.data_q"),
                _step("routing", 1.0, "board.ulpi.data_q", "ulpi_data$tr_io"),
            ],
        },
        {"from": "<async>", "to": "<async>", "path": [_step("routing", 7.0, "ulpi_dir$tr_io", "ulpi_data$tr_io")]},
    ],
    "fmax": {
        "$glbnet$ulpi_clk$TRELLIS_IO_IN": {"achieved": 70.0, "constraint": 66.0},
        "$glbnet$clk100$TRELLIS_IO_IN": {"achieved": 200.0, "constraint": 110.0},
    },
    "utilization": {},
}

# yosys write_json
NETLIST = {
    "modules": {
        "lk_block": {
            "ports": {
                "clk": {"direction": "input", "bits": [2]},
                "word": {"direction": "input", "bits": [3, 4, 5]},
                "sum": {"direction": "output", "bits": [6, 7]},
                "valid": {"direction": "input", "bits": [8]},
                "ready": {"direction": "output", "bits": [9]},
            }
        }
    }
}
