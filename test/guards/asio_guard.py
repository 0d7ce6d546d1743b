# SPDX-License-Identifier: BSL-1.0
"""asio_guard.py LIBRARY BUILD_ROOT COMPILER...: a program whose Asio is configured as the library's links and runs;
with any other configuration linking fails, and the message names the configuration."""

import subprocess
import sys
import tempfile
from pathlib import Path

from sources import ROOT, report_cases

HERE = Path(__file__).resolve().parent
# What the program defines, and what the linker must then find missing.
OTHERS = {
    "BOOST_ASIO_DISABLE_EPOLL": (["-DBOOST_ASIO_DISABLE_EPOLL"], "asio_abi_select_mt_plain_"),
    "BOOST_ASIO_DISABLE_THREADS": (["-DBOOST_ASIO_DISABLE_THREADS"], "_st_plain_"),
    "BOOST_ASIO_ENABLE_HANDLER_TRACKING": (["-DBOOST_ASIO_ENABLE_HANDLER_TRACKING"], "_mt_tracked_"),
    "io_uring instead of epoll": (["-DBOOST_ASIO_HAS_IO_URING_AS_DEFAULT"], "asio_abi_io_uring_mt_plain_"),
    "another Boost": ([f"-I{HERE}/other_boost"], "_plain_107400"),
}


def link(library, build_root, compiler, flags, program):
    command = [*compiler, "-std=c++20", "-Wall", "-Wextra", "-Werror", "-Wno-cpp", *flags]
    command += [f"-I{ROOT}/include", f"-I{build_root}/include", str(HERE / "asio_program.cpp"), "-o", str(program)]
    # Unused sections go, as release builds do it: the reference must stay nevertheless.
    command += ["-ffunction-sections", "-fdata-sections", "-Wl,--gc-sections", str(library), f"-Wl,-rpath,{library.parent}"]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)


def main():
    library, build_root, compiler = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve(), sys.argv[3:]
    passed, problems = 0, []
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, "program")
        same = link(library, build_root, compiler, ["-DBOOST_ASIO_NO_DEPRECATED"], program)
        if same.returncode != 0:
            problems.append(f"the library's own configuration does not link:\n{same.stderr}")
        elif subprocess.run([program], stdin=subprocess.DEVNULL).returncode != 0:
            problems.append("the program with the library's own configuration does not run")
        else:
            passed += 1
        for name, (flags, missing) in OTHERS.items():
            other = link(library, build_root, compiler, flags, program)
            undefined = [line for line in other.stderr.splitlines() if "undefined reference" in line and missing in line]
            if other.returncode != 0 and undefined:
                passed += 1
            else:
                problems.append(f"{name}: links, or fails for another reason:\n{other.stderr}")
    report_cases(passed, problems)


if __name__ == "__main__":
    main()
