# SPDX-License-Identifier: BSL-1.0
"""check.py BUILD_ROOT COMPILER...: each public header compiles alone without a warning, <kasio.hpp> includes them,
including it costs a user's file little, and the README's program compiles. A header that has not changed since it last passed is not compiled again."""

import concurrent.futures
import os
import re
import resource
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
INCLUDE = ROOT / "include"
# Seconds of processor time that <kasio.hpp> may cost above the one Asio header that no coroutine does without.
DEAREST = 2.5
CHEAPEST_USE = "boost/asio/awaitable.hpp"
# For who sends messages by hand only: they cost half a second.
APART = {"kasio/messages.hpp", "kasio/calls.hpp", "kasio/record_loop.hpp"}


class Headers:
    def __init__(self, build_root, compiler):
        self.build = Path(build_root).resolve()
        self.folder = self.build / "headers-alone"
        self.folder.mkdir(exist_ok=True)
        self.command = [part for part in compiler if Path(part).name != "ccache"]
        self.command += ["-std=c++20", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only"]
        self.command += [f"-I{INCLUDE}", f"-I{self.build}/include"]

    def all(self):
        names = sorted(str(path.relative_to(INCLUDE)) for path in INCLUDE.rglob("*.hpp"))
        return names + ["kasio/features.hpp"]

    def compile(self, name, *flags):
        source = self.folder / (name.replace("/", "-") + ".cpp")
        text = f"#include <{name}>\n"
        if not source.exists() or source.read_text() != text:
            source.write_text(text)
        return subprocess.run([*self.command, *flags, str(source)], stdin=subprocess.DEVNULL, capture_output=True, text=True)

    def readme(self):
        """What is wrong with the README's program; nothing when it compiles as it stands there."""
        (program,) = [code for code in re.findall(r"```cpp\n(.*?)```", (ROOT / "README.md").read_text(), re.S) if "int main" in code]
        source = self.folder / "readme.cpp"
        source.write_text(program)
        done = subprocess.run([*self.command, str(source)], stdin=subprocess.DEVNULL, capture_output=True, text=True)
        return f"the README's program does not compile:\n{done.stderr}" if done.returncode else None

    def still_good(self, stamp):
        """The stamp holds the command and the files the header was made of."""
        if not stamp.exists():
            return False
        command, *made_of = stamp.read_text().splitlines()
        then = stamp.stat().st_mtime
        return command == " ".join(self.command) and all(Path(f).exists() and Path(f).stat().st_mtime < then for f in made_of)

    def alone(self, name):
        """What is wrong with the header; nothing when it compiles alone."""
        stamp = self.folder / (name.replace("/", "-") + ".good")
        if self.still_good(stamp):
            return None
        depends = stamp.with_suffix(".d")
        done = self.compile(name, "-MD", "-MF", str(depends))
        if done.returncode != 0:
            stamp.unlink(missing_ok=True)
            return f"<{name}> does not compile alone:\n{done.stderr}"
        made_of = depends.read_text().replace("\\\n", " ").split(":", 1)[1].split()
        stamp.write_text("\n".join([" ".join(self.command), *made_of]))
        return None

    def seconds(self, name):
        """Processor time of the compiler; the better of two runs."""
        times = []
        for _ in range(2):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            self.compile(name)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        return min(times)


def main():
    headers = Headers(sys.argv[1], sys.argv[2:])
    names = headers.all()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        problems = [problem for problem in pool.map(headers.alone, names) if problem]
    passed = len(names) - len(problems)

    wrong = headers.readme()
    if wrong:
        problems.append(wrong)
    else:
        passed += 1

    umbrella = (INCLUDE / "kasio.hpp").read_text()
    wanted = [n for n in names if n.count("/") == 1 and n not in APART]
    missing = [name for name in wanted if f"#include <{name}>" not in umbrella]
    if missing:
        problems.append(f"<kasio.hpp> does not include {', '.join(missing)}")
    else:
        passed += 1

    if not problems:
        cost = headers.seconds("kasio.hpp") - headers.seconds(CHEAPEST_USE)
        print(f"<kasio.hpp> costs {cost:.2f} s above <{CHEAPEST_USE}>")
        if cost > DEAREST:
            problems.append(f"<kasio.hpp> costs {cost:.2f} s of processor time, above {DEAREST}")
        else:
            passed += 1
    for problem in problems:
        print(problem)
    print(f"kasio-test: {passed} passed, {len(problems)} failed, 0 skipped")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
