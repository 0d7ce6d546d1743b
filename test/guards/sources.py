# SPDX-License-Identifier: BSL-1.0
"""What the guards share: the project's C++ files, their includes, and their text without comments and strings."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_TOKENS = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<tag>[^()\s]*)\(.*?\)(?P=tag)"|"(?:\\.|[^"\\\n])*"|(?<![0-9A-Za-z_])\'(?:\\.|[^\'\\\n])+\'',
    re.DOTALL,
)
_INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def cpp_files(*folders):
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".hpp", ".cpp"):
                yield path


def name_of(path):
    return str(path.relative_to(ROOT))


def code_of(path):
    """The file's text; comments and strings are blanked, lines stay where they are."""

    def blank(match):
        return re.sub(r"[^\n]", " ", match.group())

    return _TOKENS.sub(blank, path.read_text())


def includes_of(path):
    """Pairs (line, "<x>" or '"x"')."""
    text = path.read_text()
    for match in _INCLUDE.finditer(text):
        closing = ">" if match[1] == "<" else '"'
        yield text.count("\n", 0, match.start(2)) + 1, match[1] + match[2] + closing


def report(problems):
    """Prints what is wrong and ends the program; a guard counts as one test case, whatever it looks at."""
    for problem in problems:
        print(problem)
    print(f"kasio-test: {int(not problems)} passed, {int(bool(problems))} failed, 0 skipped")
    sys.exit(1 if problems else 0)


def report_cases(passed, problems):
    """The same where each problem is a test case of its own."""
    for problem in problems:
        print(problem)
    print(f"kasio-test: {passed} passed, {len(problems)} failed, 0 skipped")
    sys.exit(1 if problems else 0)
