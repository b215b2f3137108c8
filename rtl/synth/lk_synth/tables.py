# SPDX-License-Identifier: Apache-2.0
"""The committed report: area.json for machines, area.md for people."""
import json
import re

HEADINGS = {
    "lut4": "LUT4",
    "carry": "CCU2C",
    "lut_ram": "DPR16X4",
    "luts": "all LUTs",
    "registers": "registers",
    "block_ram": "DP16KD",
    "multipliers": "MULT18X18D",
}


def figures(results, notes):
    """Rows {name, value, unit, note} of all results."""
    rows = []
    for result in results:
        name = result.configuration["name"]
        for field, heading in HEADINGS.items():
            rows.append(row(f"area.{name}.{field}", getattr(result.area, field), heading, notes["area"]))
        if result.timings:
            rows.append(row(f"fmax.{name}.mhz", round(result.megahertz, 1), "MHz", notes["fmax"]))
    return rows


def row(name, value, unit, note):
    return {"name": name, "value": value, "unit": unit, "note": note}


def json_text(rows):
    return "[\n" + ",\n".join("  " + json.dumps(row) for row in rows) + "\n]\n"


def table(headings, rows):
    """A Markdown table; the first column is text, the others are figures."""
    lines = [headings, ["---"] + ["---:"] * (len(headings) - 1), *rows]
    return "".join("| " + " | ".join(str(cell) for cell in line) + " |\n" for line in lines)


def area_table(results):
    rows = []
    for result in results:
        figures_of_area = [getattr(result.area, field) for field in HEADINGS]
        rows.append([result.configuration["what"], *figures_of_area, fmax_text(result)])
    return table(["configuration", *HEADINGS.values(), "Fmax, MHz"], rows)


def fmax_text(result):
    """The median and, with several seeds, the range."""
    if not result.timings:
        return "-"
    each = sorted(timing.megahertz for timing in result.timings)
    spread = f" ({each[0]:.1f} to {each[-1]:.1f})" if len(each) > 1 else ""
    return f"{result.megahertz:.1f}{spread}"


def path_table(results):
    """The critical path of each configuration's slowest seed."""
    rows = []
    for result in results:
        if not result.timings:
            continue
        path = result.slowest.path
        logic = sum(step.nanoseconds for step in path if step.kind != "routing")
        wires = sum(step.nanoseconds for step in path if step.kind == "routing")
        depth = sum(step.kind == "logic" for step in path)
        rows.append([result.configuration["name"], f"`{register_name(path[0].cell)}`", f"`{register_name(path[-1].to)}`",
                     depth, f"{logic:.1f}", f"{wires:.1f}"])
    return table(["configuration", "from", "to", "cells between", "in cells, ns", "in wires, ns"], rows)


def register_name(cell):
    """The name in the Verilog of the register or memory that a cell of the netlist is part of."""
    return re.sub(r"(_(TRELLIS|DP16KD|MULT18X18D|CCU2C|LUT4).*|(\.\d+)+)$", "", cell.removeprefix("block."))


def notes(versions, target, seeds):
    """What the figures were measured with: in the rows of area.json, and in words for area.md."""
    yosys, nextpnr = versions
    synthesis = f"synth_ecp5 {target['synthesis']}"
    return {
        "area": f"{yosys}, {synthesis}",
        "fmax": f"{yosys}, {synthesis}; {nextpnr}, {target['what']}, {_placements(seeds)}",
        "tools": f"{yosys} (`{synthesis}`) and {nextpnr} for {target['what']}",
        "placements": _placements(seeds),
    }


def _placements(seeds):
    return "one placement" if seeds == 1 else f"the median of {seeds} placements"


def page(results, notes, primitives):
    """area.md; `primitives` is its last section."""
    return f"""# Area and clock on Lattice ECP5

Written by `cmake --build build --target synth` ([rtl/synth](../../rtl/synth/README.md)), with {notes["tools"]}.

{area_table(results)}
"All LUTs" counts a CCU2C (carry) as two LUTs and a DPR16X4 (LUT RAM) as six. Sums of more than two numbers are chains of carries
([rtl/synth](../../rtl/synth/README.md#how-it-is-measured)). {clock_section(results, notes) if any(result.timings for result in results) else NOT_PLACED}
{primitives}"""


NOT_PLACED = "No configuration has been placed, so nothing is said of clocks.\n"


def clock_section(results, notes):
    return f"""A configuration is placed and routed alone, its
ports in registers, so that no pin limits it. Fmax is that of {notes["placements"]}; a range is from the slowest to the fastest;
a dash means that a configuration was not placed.

## Critical paths
Of each configuration's slowest placement.

{path_table(results)}"""


def left_out(names):
    """The last section of a report that is not of all configurations."""
    return f"""## Not measured
What nobody has measured of this state of the hardware is left out, whatever was measured of an earlier one: {", ".join(names)}.
"""


def board_table(built):
    rows = []
    for each in built:
        speed = ", ".join(f"{clock.name} {clock.megahertz:.1f} of {clock.wanted:.0f}" for clock in each.clocks)
        reach = ", ".join(f"{each.reach[way]:.1f} of {limit:.1f}" for way, limit in each.board["reach"].items())
        area = each.area
        rows.append([each.board["what"], f"`{each.board['name']}`", area.lut4, area.luts, area.registers, area.block_ram, area.multipliers,
                     speed, reach, each.seed])
    return table(["board", "name", "LUT4", "all LUTs", "registers", "DP16KD", "MULT18X18D", "clocks, MHz", "from, to, across pins, ns", "seed"],
                 rows)


def board_figures(built, versions, target):
    """Rows {name, value, unit, note} of all boards."""
    yosys, nextpnr = versions
    synthesis = f"{yosys}, synth_ecp5 {target['synthesis']}"
    rows = []
    for each in built:
        name, note = f"board_{each.board['name']}", f"{synthesis}; {nextpnr}, {each.board['what']}, seed {each.seed}"
        for field, heading in HEADINGS.items():
            rows.append(row(f"area.{name}.{field}", getattr(each.area, field), heading, synthesis))
        slowest = min(each.clocks, key=lambda clock: clock.megahertz / clock.wanted)
        rows.append(row(f"fmax.{name}.mhz", round(slowest.megahertz, 1), "MHz", f"{note}; {slowest.name}, {slowest.wanted:.0f} asked for"))
    return rows


def board_page(built, versions, target):
    """boards.md."""
    yosys, nextpnr = versions
    return f"""# Boards: area and clocks

Written by `cmake --build build --target bitstreams` ([rtl/synth](../../rtl/synth/README.md)), with {yosys} (`synth_ecp5 {target["synthesis"]}`)
and {nextpnr}, for each board as it is: its chip, its pins, its engine. What the boards are: [boards.md](../boards.md).

{board_table(built)}
A clock has what it reaches and what the board asks for, a tenth more than it runs at. From, to and across pins: the longest way from a
pin to a register, from a register to a pin, and from a pin to a pin; the rest of a period is kept for the pins and the PHY. The seed is the first that met
all of these.
"""
