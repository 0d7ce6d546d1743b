# SPDX-License-Identifier: BSL-1.0
"""check.py BUILD_ROOT COMPILER...: installs into a staging folder, and builds and runs users' programs from there, found
through pkg-config and CMake, shared and static; and with kasio as a meson subproject."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PROGRAMS = HERE / "consumer"


class Failed(Exception):
    pass


class Skipped(Exception):
    pass


def run(*command, expect=0, **options):
    done = subprocess.run(
        [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, **options,
    )
    if (done.returncode == 0) != (expect == 0):
        raise Failed(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}")
    return done.stdout


class Stage:
    """What an installation leaves in a folder."""

    def __init__(self, build, compiler):
        self.build = build
        self.compiler = compiler
        self.work = build / "install-check"
        self.root = self.work / "stage"
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir()
        run("meson", "install", "-C", build, "--no-rebuild", "--quiet", "--destdir", self.root)
        configs = list(self.root.rglob("kasio.pc"))
        if len(configs) != 1:
            raise Failed(f"{len(configs)} files kasio.pc installed")
        self.libdir = configs[0].parent.parent
        self.prefix = self.root / self.variable("prefix").lstrip("/")

    def has(self, kind):
        return (self.libdir / ("libkasio.so" if kind == "shared" else "libkasio.a")).exists()

    def need(self, kind):
        if not self.has(kind):
            raise Skipped(f"no {kind} library was built (default_library)")

    def variable(self, name):
        text = next(self.root.rglob("kasio.pc")).read_text()
        return re.search(rf"^{name}=(.*)$", text, re.MULTILINE)[1]

    def environment(self):
        extra = {"PKG_CONFIG_PATH": str(self.libdir / "pkgconfig"), "PKG_CONFIG_SYSROOT_DIR": str(self.root)}
        return {**os.environ, **extra, "LD_LIBRARY_PATH": str(self.libdir)}

    def programs(self):
        """Each program, and the package it uses."""
        return [("client", "kasio"), ("in_process", "kasio-testing")]


def through_pkg_config(stage, kind):
    stage.need(kind)
    environment = stage.environment()
    for program, package in stage.programs():
        static = ["--static"] if kind == "static" else []
        flags = run("pkg-config", *static, "--cflags", "--libs", package, env=environment).split()
        if kind == "static":
            # The linker prefers shared libraries; the user of a static one names the archive.
            flags = [f"-l:lib{flag[2:]}.a" if flag in ("-lkasio", "-lkasio-testing") else flag for flag in flags]
        output = stage.work / f"{program}-{kind}"
        run(*stage.compiler, "-std=c++20", PROGRAMS / f"{program}.cpp", "-o", output, *flags)
        run(output, env=environment)


def case_pkg_config_shared(stage):
    through_pkg_config(stage, "shared")


def case_pkg_config_static(stage):
    through_pkg_config(stage, "static")


def through_cmake(stage, kind, wanted="0.1", expect=0):
    stage.need(kind)
    if not shutil.which("cmake"):
        raise Skipped("no cmake")
    folder = stage.work / f"cmake-{kind}-{wanted}"
    choices = ["-DCMAKE_BUILD_TYPE=Debug", f"-DWANTED_VERSION={wanted}", f"-DCMAKE_PREFIX_PATH={stage.prefix}"]
    if kind == "static":
        choices.append("-Dkasio_USE_STATIC_LIBS=ON")
    run("cmake", "-S", PROGRAMS, "-B", folder, *choices, expect=expect)
    if expect == 0:
        run("cmake", "--build", folder, "-j2")
        for program, _ in stage.programs():
            run(folder / program, env=stage.environment())


def case_cmake_shared(stage):
    through_cmake(stage, "shared")


def case_cmake_static(stage):
    through_cmake(stage, "static")


def case_cmake_refuses_another_version(stage):
    through_cmake(stage, "shared" if stage.has("shared") else "static", wanted="0.2", expect=1)
    through_cmake(stage, "shared" if stage.has("shared") else "static", wanted="1.0", expect=1)


def case_exports_only_what_is_marked(stage):
    stage.need("shared")
    for library in ("libkasio.so", "libkasio-testing.so"):
        listing = run("nm", "-DC", "--defined-only", stage.libdir / library)
        names = [line.split(maxsplit=2)[2] for line in listing.splitlines()]
        foreign = [name for name in names if not re.match(r"((vtable|typeinfo|typeinfo name|VTT|guard variable) for )?kasio::", name)]
        # Templates of others, and what the toolchain adds, are weak or versions; they are no promise of ours.
        foreign = [name for name in foreign if not re.match(r".*\b(std|boost)::|boost_asio_detail_|_(init|fini|edata|end|_bss_start)$", name)]
        if foreign or not any("kasio::" in name for name in names):
            raise Failed(f"{library} exports {len(foreign)} names that are not marked, such as {foreign[:5]}")


def case_installs_every_public_header(stage):
    there = {str(p.relative_to(stage.prefix / "include")) for p in (stage.prefix / "include").rglob("*") if p.is_file()}
    wanted = {str(p.relative_to(ROOT / "include")) for p in (ROOT / "include").rglob("*.hpp")} | {"kasio/features.hpp"}
    if there != wanted:
        raise Failed(f"missing: {sorted(wanted - there)}, too many: {sorted(there - wanted)}")


def case_meson_subproject(stage):
    """Built in a folder that is kept, so that the next run is quick."""
    source, build = stage.build / "subproject-check/source", stage.build / "subproject-check/build"
    shutil.rmtree(source, ignore_errors=True)
    (source / "subprojects").mkdir(parents=True)
    for file in [*PROGRAMS.glob("*.cpp"), HERE / "subproject/meson.build"]:
        shutil.copy(file, source)
    (source / "subprojects/kasio").symlink_to(ROOT)
    again = ["--reconfigure"] if (build / "meson-private/coredata.dat").exists() else []
    run("meson", "setup", *again, "-Dbuildtype=debug", "-Ddefault_library=static", build, source)
    run("ninja", "-C", build, *[name for name, _ in stage.programs()])
    for program, _ in stage.programs():
        run(build / program)
    if (build / "subprojects/kasio/test").exists():
        raise Failed("tests of a subproject are part of its user's build")


def main():
    totals = {"passed": 0, "failed": 0, "skipped": 0}
    try:
        stage = Stage(Path(sys.argv[1]).resolve(), sys.argv[2:])
    except Failed as failure:
        print(f"install: {failure}\nkasio-test: 0 passed, 1 failed, 0 skipped")
        sys.exit(1)
    for name, case in [(n, c) for n, c in globals().items() if n.startswith("case_")]:
        outcome, why = "passed", ""
        try:
            case(stage)
        except Skipped as reason:
            outcome, why = "skipped", f": {reason}"
        except Failed as failure:
            outcome, why = "failed", f": {failure}"
        totals[outcome] += 1
        print(f"{outcome}: {name.removeprefix('case_').replace('_', ' ')}{why}")
    print("kasio-test: " + ", ".join(f"{count} {what}" for what, count in totals.items()))
    sys.exit(1 if totals["failed"] else 0)


if __name__ == "__main__":
    main()
