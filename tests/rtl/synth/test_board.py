# SPDX-License-Identifier: Apache-2.0
"""How a board's bitstream is made and when it is refused, with programs of a few lines in the tools' place."""
import contextlib
import io
import json
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import snippets
from lk_synth import board, flow, tables

REPOSITORY = Path(__file__).resolve().parents[3]

YOSYS = f"""
import json, pathlib, sys
if sys.argv[1] == "--version":
    print("Yosys 0.70")
    sys.exit()
name = sys.argv[-1].removesuffix(".area.json.ys")
pathlib.Path(name + ".area.json").write_text(json.dumps({snippets.AREA!r}))
pathlib.Path(name + ".json").touch()
"""
# Reaches what the test says, a megahertz more with each seed.
NEXTPNR = f"""
import json, pathlib, sys
if sys.argv[1] == "--version":
    print("Version nextpnr-0.11.1")
    sys.exit()
option = lambda name: sys.argv[sys.argv.index(name) + 1]
report = {snippets.BOARD_TIMING!r}
report["fmax"]["$glbnet$ulpi_clk$TRELLIS_IO_IN"]["achieved"] = MEGAHERTZ + int(option("--seed"))
pathlib.Path(option("--report")).write_text(json.dumps(report))
pathlib.Path(option("--textcfg")).write_text("seed " + option("--seed"))
with open("seeds", "a") as seeds:
    seeds.write(option("--seed") + " ")
"""
TOO_LARGE = """
import sys
if sys.argv[1] == "--version":
    print("Version nextpnr-0.11.1")
    sys.exit()
print("ERROR: Unable to place cell 'board.x', no BELs remaining to implement cell type 'TRELLIS_COMB'")
sys.exit(1)
"""
ECPPACK = """
import pathlib, sys
pathlib.Path(sys.argv[-1]).write_text("packed " + pathlib.Path(sys.argv[-2]).read_text())
"""
TARGET = {"device": ["--25k"], "megahertz": 66, "synthesis": "-abc9"}
SMALL = {"name": "small", "top": "lk_board_small", "pins": "boards/small.lpf", "device": ["--25k"], "what": "a small board",
         "reach": {"from_pins": 3.0, "to_pins": 2.0, "across": 10.0}}


class Building(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.work = self.folder / "work"
        self.work.mkdir()
        for name in ("boards/lk_board_small.v", "boards/small.lpf"):
            file = self.folder / "rtl" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("// nothing\n")

    def tool(self, name, text):
        file = self.folder / f"{name}.py"
        file.write_text(text)
        return f"{sys.executable} {file}"

    def build(self, megahertz=70, serial=1, nextpnr=NEXTPNR, **more):
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            runner = board.BoardFlow(self.work, self.folder / "rtl", self.tool("yosys", YOSYS),
                                     self.tool("nextpnr", nextpnr.replace("MEGAHERTZ", str(megahertz))),
                                     self.tool("ecppack", ECPPACK), TARGET)
            return runner.build({**SMALL, **more}, serial, (1, 2, 3))

    def seeds(self):
        return (self.work / "seeds").read_text().split()

    def test_packs_the_first_placement_that_meets_the_timing(self):
        built = self.build(megahertz=64.5)  # 65.5 with the first seed, 66.5 with the second
        self.assertEqual(["1", "2"], self.seeds())
        self.assertEqual(2, built.seed)
        self.assertEqual("packed seed 2", built.bitstream.read_text())

    def test_makes_no_bitstream_when_no_placement_meets_the_timing(self):
        with self.assertRaisesRegex(flow.FlowError, r"small: timing is not met(.|\n)*seed 3: ulpi_clk reaches 63.0 MHz, not 66"):
            self.build(megahertz=60)
        self.assertFalse((self.work / "small.bit").exists())

    def test_makes_no_bitstream_when_a_way_to_or_from_a_pin_is_too_long(self):
        with self.assertRaisesRegex(flow.FlowError, "2.5 ns from a pin to a register, not 2.0"):
            self.build(reach={**SMALL["reach"], "from_pins": 2.0})
        with self.assertRaisesRegex(flow.FlowError, "1.5 ns from a register to a pin, not 1.0"):
            self.build(reach={**SMALL["reach"], "to_pins": 1.0})
        with self.assertRaisesRegex(flow.FlowError, "7.0 ns from a pin to a pin, not 6.0"):
            self.build(reach={**SMALL["reach"], "across": 6.0})

    def test_says_that_a_board_does_not_fit(self):
        with self.assertRaisesRegex(flow.FlowError, "^small does not fit a small board: .*no BELs remaining.*TRELLIS_COMB"):
            self.build(nextpnr=TOO_LARGE)

    def test_hands_serial_number_and_build_to_the_top(self):
        built = self.build(serial=0xABC)
        script = (self.work / "small.area.json.ys").read_text()
        self.assertIn("chparam -set SERIAL 64'h0000000000000ABC lk_board_small\n", script)
        self.assertIn(f"chparam -set BUILD 32'h{built.build:08X} lk_board_small\n", script)

    def test_the_build_tells_of_the_verilog_and_the_pins_and_not_of_the_serial_number(self):
        first = self.build().build
        self.assertEqual(first, self.build(serial=2).build)
        (self.folder / "rtl/boards/small.lpf").write_text("# other pins\n")
        second = self.build().build
        self.assertNotEqual(first, second)
        (self.folder / "rtl/boards/lk_board_small.v").write_text("// something\n")
        self.assertNotEqual(second, self.build().build)

    def test_reports_area_and_clock(self):
        rows = {row["name"]: row["value"] for row in tables.board_figures([self.build()], ["Yosys 0.70", "nextpnr 0.11"], TARGET)}
        self.assertEqual(2764, rows["area.board_small.lut4"])
        self.assertEqual(71.0, rows["fmax.board_small.mhz"])

    def test_the_table_says_what_was_asked_for(self):
        page = tables.board_page([self.build()], ["Yosys 0.70", "nextpnr 0.11"], TARGET)
        self.assertIn("ulpi_clk 71.0 of 66, clk100 200.0 of 110", page)
        self.assertIn("2.5 of 3.0, 1.5 of 2.0, 7.0 of 10.0", page)


class Boards(unittest.TestCase):
    """What boards.json says is there, and what the program makes of it."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_every_board_has_its_top_and_every_port_a_pin(self):
        for each in json.loads((REPOSITORY / "rtl/boards/boards.json").read_text()):
            pins = REPOSITORY / "rtl" / each["pins"]
            top = pins.parent / f"{each['top']}.v"
            with self.subTest(each["name"]):
                self.assertEqual(ports_of(top.read_text()), pins_of(pins.read_text()))

    def test_the_pll_of_the_ulx3s_makes_48_mhz_of_its_oscillator(self):
        top = (REPOSITORY / "rtl/boards/ulx3s/lk_board_ulx3s.v").read_text()
        divider = {name: int(value) for name, value in re.findall(r"\.(\w+_DIV)\((\d+)\)", top)}
        compared = 25 / divider["CLKI_DIV"]
        inside = compared * divider["CLKFB_DIV"] * divider["CLKOP_DIV"]
        self.assertEqual(48, inside / divider["CLKOS_DIV"])
        self.assertTrue(400 <= inside <= 800)
        self.assertGreaterEqual(compared, 3.125)

    def test_a_name_that_is_no_board_is_refused(self):
        done = self.bitstream("nothing")
        self.assertNotEqual(0, done.returncode)
        self.assertIn("bitstream: no such board: nothing; there are ecpix5", done.stderr)

    def test_one_board_that_fails_leaves_the_others_their_bitstreams_and_their_report(self):
        slow_in_one_package = NEXTPNR.replace("MEGAHERTZ", "(50 if option('--package') == 'CABGA256' else 70)")
        done = self.bitstream("--report", self.folder, nextpnr=slow_in_one_package)
        self.assertNotEqual(0, done.returncode)
        self.assertIn("bitstream: cynthion: timing is not met", done.stderr)
        others = {each["name"] + ".bit" for each in json.loads((REPOSITORY / "rtl/boards/boards.json").read_text())} - {"cynthion.bit"}
        self.assertEqual(others, {file.name for file in (self.folder / "out").glob("*.bit")})
        page = (self.folder / "boards.md").read_text()
        self.assertIn("ECPIX-5", page)
        self.assertNotIn("Cynthion", page)

    def bitstream(self, *arguments, nextpnr=NEXTPNR):
        tools = []
        for name, text in (("yosys", YOSYS), ("nextpnr", nextpnr), ("ecppack", ECPPACK)):
            (self.folder / name).write_text(text)
            tools += [f"--{name}", f"{sys.executable} {self.folder / name}"]
        return subprocess.run([sys.executable, REPOSITORY / "rtl/synth/bitstream", *map(str, arguments), "--work", self.folder / "work",
                               "--output", self.folder / "out", *tools], capture_output=True, text=True, check=False)


def ports_of(verilog):
    """Names of a top's ports, bit by bit."""
    names = set()
    for width, name in re.findall(r"^ +(?:input|output|inout) +wire +(?:\[(\d+):0\])? *(\w+)", verilog, re.MULTILINE):
        names |= {f"{name}[{bit}]" for bit in range(int(width) + 1)} if width else {name}
    return names


def pins_of(constraints):
    located = re.findall(r'^LOCATE COMP "([^"]+)" SITE "(\w+)";', constraints, re.MULTILINE)
    sites = [site for _, site in located]
    if len(sites) != len(set(sites)):
        raise AssertionError("a site is used twice")
    return {name for name, _ in located}


if __name__ == "__main__":
    unittest.main()
