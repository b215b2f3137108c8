# SPDX-License-Identifier: Apache-2.0
"""What came of the cells: the table for people, and the same as JSON."""
import json
from collections import Counter

from . import suites
from .cells import MODES


def load(path):
    return json.loads(path.read_text()) if path.exists() else {"runs": []}


def merge(results, runs):
    """The runs of other peers, roles and engines stay as they are."""
    def key(run):
        return run["engine"], run["peer"], run["role"]
    fresh = {key(run) for run in runs}
    kept = [run for run in results["runs"] if key(run) not in fresh]
    return {"runs": sorted(kept + runs, key=key)}


def summarize(peer, role, engine, version, options, outcomes):
    """One run: outcomes are (form, mode, kind, text), kind being passed, failed or not applicable."""
    run = {"peer": peer, "role": role, "engine": engine, "version": version, "bytes_each_way": options.bytes,
           "modes": options.mode, "every": options.sample, "match": options.match, "cells": {}, "not_applicable": [],
           "failures": []}
    for version_of_form in suites.ORDER:
        for mode in MODES:
            counts = Counter(kind for form, its_mode, kind, _ in outcomes
                             if form.version == version_of_form and its_mode == mode)
            run["cells"][f"{suites.TITLES[version_of_form]}, {mode}"] = {
                kind: counts[kind] for kind in ("passed", "failed", "not applicable")}
    reasons = {}
    for form, mode, kind, text in outcomes:
        if kind == "not applicable":
            reasons.setdefault(text, []).append(f"{form} {mode}")
        elif kind == "failed":
            run["failures"].append({"cell": f"{form} {mode}", "reason": text})
    for text, cells in sorted(reasons.items()):
        run["not_applicable"].append({"reason": text, "cells": len(cells), "which": compress(cells)})
    return run


def compress(cells):
    """The suites that a reason is about, once each."""
    return sorted({cell.split(" ")[2] for cell in cells})


def total(run, kind):
    return sum(cell[kind] for cell in run["cells"].values())


def table(runs):
    """Versions across, one row a peer, role and mode: how many cells passed of how many there are."""
    lines = ["| peer | its role | mode | " + " | ".join(suites.TITLES[v] for v in suites.ORDER) + " |",
             "| --- | --- | --- |" + " ---: |" * len(suites.ORDER)]
    for run in runs:
        for mode in MODES:
            cells = [run["cells"][f"{suites.TITLES[v]}, {mode}"] for v in suites.ORDER]
            shown = [f"{c['passed']} of {c['passed'] + c['failed']}" if c["passed"] + c["failed"] else "-" for c in cells]
            if mode not in run["modes"]:
                shown = ["not run"] * len(shown)
            if any(text != "-" for text in shown):
                lines.append(f"| {run['peer']} | {run['role']} | {mode} | " + " | ".join(shown) + " |")
    return lines


def reasons(runs):
    lines = ["| peer | its role | reason | cells |", "| --- | --- | --- | ---: |"]
    for run in runs:
        lines += [f"| {run['peer']} | {run['role']} | {row['reason']} | {row['cells']} |" for row in run["not_applicable"]]
    return lines


HEAD = """# The matrix against other TLS stacks

Written by `tests/interop/run BUILD_FOLDER --write docs/verification`: do not edit it here. Every version with every suite of
`host/suite/suites.def`, every kind of certificate that goes with it, and in each of these: a full handshake, one that goes on with a
session by its id, one by a ticket, a renegotiation that our side asks for (secure, RFC 5746), and a client that proves who it is. Both
roles. In each cell bytes go both ways and are compared one by one; version, suite, whether a session was gone on with, who made the
records, and how the connection ended are read from our statistics, and the second handshake and the kind of session from our trace.
selfserv of NSS gives back no more of a request than a line: towards it go 8,000 bytes, in full handshakes and those with a client's
certificate, and a request alone in its other cells. curl is a client by its nature; botan's tls_client is not tried, because it does not
see the end of its input when it is started from here.
`tests/interop/run --help` says how to run a part of it.

"""


def part(run):
    """What was left out by whoever ran it."""
    said = [] if run["modes"] == MODES else ["modes " + ", ".join(run["modes"])]
    said += [f"every {run['every']}th form"] if run["every"] > 1 else []
    said += [f"forms with \"{run['match']}\""] if run["match"] else []
    return ", ".join(said)


def page(results):
    lines = [HEAD]
    for engine in sorted({run["engine"] for run in results["runs"]}, key=lambda name: (name != "software", name)):
        runs = [run for run in results["runs"] if run["engine"] == engine]
        sizes = sorted({run["bytes_each_way"] for run in runs})
        lines.append(f"## {'In software' if engine == 'software' else 'On the board (' + engine + ')'}\n")
        lines.append(f"{sum(total(run, 'passed') for run in runs):,} cells passed, {sum(total(run, 'failed') for run in runs):,} "
                     f"failed; {sum(total(run, 'not applicable') for run in runs):,} are not applicable. "
                     f"{' or '.join(f'{size:,}' for size in sizes)} bytes each way in each.\n")
        parts = sorted({f"{run['peer']} as {run['role']}: " + part(run) for run in runs if part(run)})
        lines += ["A part of the matrix alone was run: " + "; ".join(parts) + ".\n"] if parts else []
        lines += ["| peer | version |", "| --- | --- |"]
        lines += sorted({f"| {run['peer']} | {run['version']} |" for run in runs})
        lines += ["", *table(runs), "", "Not applicable, because:\n", *reasons(runs), ""]
        failures = [(run, failure) for run in runs for failure in run["failures"]]
        if failures:
            lines += ["Failed:\n", "| peer | its role | cell | why |", "| --- | --- | --- | --- |"]
            lines += [f"| {run['peer']} | {run['role']} | {failure['cell']} | {failure['reason'].replace('|', '/')} |"
                      for run, failure in failures]
            lines.append("")
    return "\n".join(lines)


def write(folder, runs):
    results = merge(load(folder / "interop.json"), runs)
    (folder / "interop.json").write_text(json.dumps(results, indent=1) + "\n")
    (folder / "interop.md").write_text(page(results))
