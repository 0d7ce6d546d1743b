#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""run.py BUILD_ROOT [SUITE...]: runs the tests of a build and counts what really ran.

Catch2 programs are counted by test case. Other programs count as one, unless they print a last line
`kasio-test: P passed, F failed, S skipped`; exit code 77 means skipped. A crash, a time-out, and a suite in which
nothing ran count as failed. The last line of the output is `P passed, F failed, S skipped`.
"""

import concurrent.futures
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as xml
from dataclasses import dataclass, field
from pathlib import Path

SUITES = ["unit", "component", "chaos", "threads", "headers", "install", "interop"]
# These use the whole machine or the clock; the others run beside each other.
ALONE = {"component", "chaos", "threads", "install", "interop"}
TOTALS = re.compile(r"^kasio-test: (\d+) passed, (\d+) failed, (\d+) skipped$", re.MULTILINE)
SKIPPED = 77
PATIENCE = float(os.environ.get("KASIO_TEST_PATIENCE", "2"))
BUILD = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else Path("build")


@dataclass
class Outcome:
    """What came of one test program."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    notes: list = field(default_factory=list)
    seconds: float = 0.0

    def fail(self, note):
        self.failed += 1
        self.notes.append(note)


def suite_of(test):
    # Meson writes "project:suite".
    return test["suite"][0].split(":")[-1] if test["suite"] else "unit"


def is_catch(command):
    program = Path(command[0])
    if len(command) != 1 or not program.is_file():
        return False
    content = program.read_bytes()
    return content[:4] == b"\x7fELF" and b"N5Catch" in content


def run(command, test):
    """Exit code (None: time-out) and output of a program, which gets a process group of its own."""
    environment = {**os.environ, **test["env"]}
    with tempfile.TemporaryFile("w+", errors="replace") as output:
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            cwd=test["workdir"] or BUILD, env=environment, start_new_session=True,
        )
        limit = test["timeout"] * PATIENCE if test["timeout"] > 0 else None
        try:
            code = child.wait(limit)
        except subprocess.TimeoutExpired:
            code = None
        except BaseException:
            os.killpg(child.pid, signal.SIGTERM)
            raise
        finally:
            end_group(child)
        output.seek(0)
        return code, output.read()


def end_group(child):
    """Ends what is left of the program and its children: first asked, then forced."""
    for step in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(child.pid, step)
        except ProcessLookupError:
            return
        for _ in range(50):
            child.poll()
            try:
                os.killpg(child.pid, 0)
            except ProcessLookupError:
                return
            time.sleep(0.1)


def ended(code):
    if code is None:
        return "ran out of time"
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"


def failure_of(case):
    """One failed test case in a few lines."""
    lines = [f"\"{case.get('name')}\" ({case.get('filename')}:{case.get('line')})"]
    for expression in case.iter("Expression"):
        if expression.get("success") != "true":
            original, expanded = (expression.findtext(tag, "").strip() for tag in ("Original", "Expanded"))
            lines.append(f"    {expression.get('filename')}:{expression.get('line')}: {expression.get('type')}({original})")
            lines.append(f"        {expanded}")
            for tag in ("Exception", "FatalErrorCondition"):
                if found := expression.findtext(tag):
                    lines.append(f"        {tag}: {found.strip()}")
    for tag in ("Failure", "Exception", "FatalErrorCondition"):
        for found in case.findall(f".//{tag}"):
            if found.text and found.text.strip():
                lines.append(f"    {found.get('filename', '')}:{found.get('line', '')}: {found.text.strip()}")
    return "\n".join(dict.fromkeys(lines))


def cases_of(text):
    """The finished test cases of a report, and the name of one that was begun but not finished."""
    cases = [xml.fromstring(found) for found in re.findall(r"<TestCase .*?</TestCase>", text, re.DOTALL)]
    rest = text[text.rfind("</TestCase>") + 1 :]
    begun = re.search(r'<TestCase name="([^"]*)"', rest)
    return cases, begun[1] if begun else None


def catch(test, outcome):
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        code, output = run([*test["cmd"], "-r", "xml", "-o", str(report)], test)
        text = report.read_text(errors="replace") if report.exists() else ""
    # Control characters of a failing value have no place in XML.
    cases, begun = cases_of(re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "?", text))
    for case in cases:
        result = case.find("OverallResult")
        if result is not None and result.get("success") == "true":
            skips = int(result.get("skips", "0"))
            outcome.skipped += skips > 0
            outcome.passed += skips == 0
        else:
            outcome.fail(failure_of(case))
    if begun:
        outcome.fail(f"\"{begun}\" never ended: the program {ended(code)}\n{tail(output)}")
    elif code != 0 and not outcome.failed:
        outcome.fail(f"the program {ended(code)} after its last test case\n{tail(output)}")
    elif not cases:
        outcome.fail(f"the program has no test case\n{tail(output)}")


def plain(test, outcome):
    code, output = run(test["cmd"], test)
    totals = TOTALS.findall(output)
    if totals:
        outcome.passed, outcome.failed, outcome.skipped = map(int, totals[-1])
        if outcome.failed or outcome.skipped:
            outcome.notes.append(tail(TOTALS.sub("", output), 60))
        if code != 0 and not outcome.failed:
            outcome.fail(f"it {ended(code)}\n{tail(output)}")
    elif code == 0:
        outcome.passed = 1
    elif code == SKIPPED:
        outcome.skipped = 1
        outcome.notes.append(tail(output, 5))
    else:
        outcome.fail(f"it {ended(code)}\n{tail(output)}")


def tail(text, lines=40):
    kept = text.rstrip().splitlines()[-lines:]
    return "\n".join("    " + line for line in kept)


def execute(test):
    outcome, begin = Outcome(), time.monotonic()
    (catch if is_catch(test["cmd"]) else plain)(test, outcome)
    outcome.seconds = time.monotonic() - begin
    return outcome


def show(test, outcome):
    skipped = f", {outcome.skipped} skipped" if outcome.skipped else ""
    failed = f", {outcome.failed} failed" if outcome.failed else ""
    name = f"{suite_of(test)}/{test['name']}"
    print(f"{name:<32} {outcome.passed} passed{failed}{skipped} ({outcome.seconds:.1f} s)", flush=True)
    for note in outcome.notes:
        print(note, flush=True)


def tests_of(build, wanted):
    listed = json.loads(subprocess.check_output(["meson", "introspect", "--tests", str(build)], stdin=subprocess.DEVNULL))
    known = SUITES + sorted({suite_of(test) for test in listed} - set(SUITES))
    unknown = [suite for suite in wanted if suite not in known]
    if unknown:
        sys.exit(f"no suite {', '.join(unknown)}; there are {', '.join(known)}")
    suites = wanted or [suite for suite in known if suite != "fuzz"]
    return suites, {suite: [test for test in listed if suite_of(test) == suite] for suite in suites}


def run_suite(suite, tests):
    alone = [test for test in tests if suite in ALONE or not test["is_parallel"]]
    together = [test for test in tests if test not in alone]
    outcomes = []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        waiting = {pool.submit(execute, test): test for test in together}
        for done in concurrent.futures.as_completed(waiting):
            outcomes.append(done.result())
            show(waiting[done], outcomes[-1])
    for test in alone:
        outcomes.append(execute(test))
        show(test, outcomes[-1])
    total = Outcome(*(sum(getattr(o, what) for o in outcomes) for what in ("passed", "failed", "skipped")))
    if total.passed + total.failed + total.skipped == 0:
        print(f"{suite}: nothing ran")
        total.failed = 1
    return total


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    suites, tests = tests_of(BUILD, sys.argv[2:])
    totals = [run_suite(suite, tests[suite]) for suite in suites]
    passed, failed, skipped = (sum(getattr(t, what) for t in totals) for what in ("passed", "failed", "skipped"))
    print()
    for suite, total in zip(suites, totals):
        print(f"{suite:<12} {total.passed} passed, {total.failed} failed, {total.skipped} skipped")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
