# SPDX-License-Identifier: Apache-2.0
"""How the tools are run, with programs of a few lines in their place."""
import contextlib
import io
import json
import sys
import tempfile
import unittest
from pathlib import Path

import snippets
from lk_synth import flow

# Stand-ins for the tools: each notes that it ran, and writes what the flow reads of it.
YOSYS = f"""
import json, pathlib, sys
if sys.argv[1] == "--version":
    print("Yosys 0.70 (git sha1 28ba3cb92)")
    sys.exit()
with open("runs", "a") as runs:
    runs.write("yosys\\n")
pathlib.Path("block.area.json").write_text(json.dumps({snippets.AREA!r}))
pathlib.Path("block.ports.json").write_text(json.dumps({snippets.NETLIST!r}))
pathlib.Path("block.il").touch()
pathlib.Path("block.json").touch()
"""
NEXTPNR = f"""
import json, pathlib, sys
if sys.argv[1] == "--version":
    print('"nextpnr-ecp5" -- Next Generation Place and Route (Version nextpnr-0.11.1)', file=sys.stderr)
    sys.exit()
with open("runs", "a") as runs:
    runs.write("nextpnr\\n")
pathlib.Path("arguments").write_text(" ".join(sys.argv[1:]))
pathlib.Path(sys.argv[sys.argv.index("--report") + 1]).write_text(json.dumps({snippets.TIMING!r}))
"""
FAILS = """
import pathlib, sys
if sys.argv[1] == "--version":
    print("Yosys 0.70")
    sys.exit()
pathlib.Path("block.area.json").write_text("half of a rep")
sys.exit("ERROR: it does not fit")
"""
TARGET = {"device": ["--25k"], "megahertz": 66, "synthesis": "-abc9"}
BLOCK = {"name": "block", "top": "lk_block", "parameters": {"DIGIT": 8}}


class Running(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.work = self.folder / "work"
        self.work.mkdir()
        for name in ("include/lk_constants.vh", "crypto/lk_block.v", "synth/lk_synth_scan.v"):
            file = self.folder / "rtl" / name
            file.parent.mkdir(parents=True)
            file.write_text("// nothing\n")

    def tool(self, text):
        file = self.folder / f"tool{len(list(self.folder.iterdir()))}.py"
        file.write_text(text)
        return f"{sys.executable} {file}"

    def measure(self, yosys=YOSYS, nextpnr=NEXTPNR, seeds=(1, 2), **more):
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            runner = flow.Flow(self.work, self.folder / "rtl", self.yosys(yosys), self.nextpnr(nextpnr), TARGET)
            return runner.measure({**BLOCK, **more}, seeds)

    def yosys(self, text):
        return self.kept("yosys_command", text)

    def nextpnr(self, text):
        return self.kept("nextpnr_command", text)

    def kept(self, name, text):
        """One command for the same program, as the flow takes another command for another tool."""
        if getattr(self, name, (None,))[0] != text:
            setattr(self, name, (text, self.tool(text)))
        return getattr(self, name)[1]

    def runs(self):
        return (self.work / "runs").read_text().split()

    def test_synthesises_twice_and_places_once_a_seed(self):
        result = self.measure()
        self.assertEqual(["yosys", "yosys", "nextpnr", "nextpnr"], self.runs())
        self.assertEqual(2764, result.area.lut4)
        self.assertEqual([242.5, 242.5], [timing.megahertz for timing in result.timings])

    def test_without_seeds_measures_area_alone(self):
        self.assertEqual((), self.measure(seeds=()).timings)
        self.assertEqual(["yosys"], self.runs())

    def test_places_a_configuration_on_its_own_device_or_else_on_the_target(self):
        self.measure()
        self.assertIn("--25k", (self.work / "arguments").read_text())
        self.measure(device=["--45k"])
        self.assertIn("--45k", (self.work / "arguments").read_text())
        self.assertNotIn("--25k", (self.work / "arguments").read_text())

    def test_does_not_place_what_is_measured_for_its_area(self):
        self.assertEqual((), self.measure(place=False).timings)
        self.assertEqual(["yosys"], self.runs())

    def test_does_not_repeat_what_the_same_input_has_made(self):
        self.measure()
        self.measure()
        self.assertEqual(4, len(self.runs()))

    def test_begins_again_when_the_verilog_changes(self):
        self.measure(seeds=())
        (self.folder / "rtl/crypto/lk_block.v").write_text("// something\n")
        self.measure(seeds=())
        self.assertEqual(2, len(self.runs()))

    def test_reads_the_files_under_the_top_and_no_others(self):
        sources = {
            "lk_top.v": '`include "lk_constants.vh"\nlk_part #(.WIDTH(2)) part (.clk(clk));',
            "lk_part.v": "lk_part_of_nothing",
            "lk_other.v": "lk_part part ();",
            "lk_constants.vh": "",
        }
        for name, text in sources.items():
            (self.folder / name).write_text(text)
        found = flow.sources_of("lk_top", self.folder, list(sources))
        self.assertEqual(["lk_constants.vh", "lk_part.v", "lk_top.v"], found)

    def test_refuses_a_top_that_no_file_holds(self):
        with self.assertRaisesRegex(flow.FlowError, "no file lk_top.v"):
            flow.sources_of("lk_top", self.folder, ["lk_other.v"])

    def test_sets_the_parameters_of_a_configuration(self):
        self.measure()
        self.assertIn("chparam -set DIGIT 8 lk_block\n", (self.work / "block.area.json.ys").read_text())

    def test_makes_chains_of_carries_of_sums_between_two_steps_of_one_synthesis(self):
        self.measure()
        script = (self.work / "block.area.json.ys").read_text()
        self.assertRegex(script, "synth_ecp5 -abc9 -top lk_block -run begin:map_ram\nmaccmap -unmap\nopt_clean\n"
                                 "synth_ecp5 -abc9 -top lk_block -run map_ram:\n")

    def test_stops_when_a_tool_fails_and_names_the_log(self):
        with self.assertRaisesRegex(flow.FlowError, "block: synthesis failed, see .*block.area.json.log"):
            self.measure(yosys=FAILS)
        self.assertIn("it does not fit", (self.work / "block.area.json.log").read_text())

    def test_what_a_failed_step_has_left_is_not_taken_for_done(self):
        block = self.folder / "rtl/crypto/lk_block.v"
        before = block.read_text()
        self.measure(seeds=())
        block.write_text("// something\n")
        with self.assertRaises(flow.FlowError):
            self.measure(yosys=FAILS, seeds=())
        block.write_text(before)
        self.assertEqual(2764, self.measure(seeds=()).area.lut4)

    def test_names_the_version_of_each_tool(self):
        with contextlib.redirect_stdout(io.StringIO()):
            runner = flow.Flow(self.work, self.folder / "rtl", self.tool(YOSYS), self.tool(NEXTPNR), TARGET)
        self.assertEqual(["Yosys 0.70", "nextpnr-ecp5 0.11.1"], runner.versions)


if __name__ == "__main__":
    unittest.main()
