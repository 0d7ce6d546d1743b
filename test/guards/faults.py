# SPDX-License-Identifier: BSL-1.0
"""Fails when a fault listed in test/faults.md has no test case tagged with its id, or when a test is tagged with an
id that is not listed. With --write, fills the list's last column with the files that hold the tests."""

import re
import sys

from sources import ROOT, cpp_files, name_of, report_cases

ROW = re.compile(r"^\|\s*([A-Z][0-9]{1,2})\s*\|")
TEST_CASE = re.compile(r'\b(?:TEST_CASE|SCENARIO|TEMPLATE_TEST_CASE|TEST_CASE_METHOD)\s*\((.*?)\)\s*\{', re.DOTALL)
TAG = re.compile(r"\[([CTAMPFGXLR][0-9]{1,2})\]")
# An interop case names what it covers in its title, which stands before its function.
PYTHON_CASE = re.compile(r'^\s+(?:return|yield) f?"([^"\n]*)", ', re.MULTILINE)


def tagged():
    """Where each id is used as a tag."""
    found = {}
    for path in cpp_files("test"):
        for case in TEST_CASE.finditer(path.read_text()):
            for tag in TAG.findall(case[1]):
                found.setdefault(tag, set()).add(name_of(path))
    for path in sorted((ROOT / "test/interop").glob("*.py")):
        for case in PYTHON_CASE.finditer(path.read_text()):
            for tag in TAG.findall(case[1]):
                found.setdefault(tag, set()).add(name_of(path))
    return found


def write():
    """Names in each row the files that test it."""
    path, tests, lines = ROOT / "test/faults.md", tagged(), []
    for line in path.read_text().splitlines():
        if row := ROW.match(line):
            cells = line.split("|")
            files = sorted(name.removeprefix("test/") for name in tests.get(row[1], ()))
            line = "|".join(cells[:4]) + "| " + ", ".join(f"`{name}`" for name in files) + " |"
        lines.append(line)
    path.write_text("\n".join(lines) + "\n")


def main():
    if sys.argv[1:] == ["--write"]:
        return write()
    listed = [row[1] for line in (ROOT / "test/faults.md").read_text().splitlines() if (row := ROW.match(line))]
    tests = tagged()
    problems = [f"test/faults.md lists {fault} twice" for fault in sorted({f for f in listed if listed.count(f) > 1})]
    passed = 0
    for fault in listed:
        if fault in tests:
            passed += 1
        else:
            problems.append(f"{fault} is listed in test/faults.md, but no test case is tagged [{fault}]")
    for fault in sorted(set(tests) - set(listed)):
        problems.append(f"[{fault}] is a tag in {', '.join(sorted(tests[fault]))}, but test/faults.md does not list it")
    report_cases(passed, problems)


if __name__ == "__main__":
    main()
