# SPDX-License-Identifier: BSL-1.0
"""Fails on an include against the arrows between rooms, on Asio in a pure file, and on a public header that reaches
into lib/. The arrows and the marks of pure files are explained in lib/README.md."""

import re

from sources import ROOT, code_of, cpp_files, includes_of, name_of, report

PURE_ROOMS = {"base", "protocol", "record", "compression", "security"}
PURE_MARK = "// pure: no Asio, no clock, no thread"
# What a room may use besides itself.
ARROWS = {
    "base": set(),
    "protocol": {"base"},
    "compression": {"base", "protocol"},
    "record": {"base", "protocol", "compression"},
    "security": {"base", "protocol"},
}
# Pure but for the public options, which may hold what Asio has.
ARROWS["properties"] = {"base", "compression"}
ARROWS["net"] = PURE_ROOMS
ARROWS["cluster"] = ARROWS["net"] | {"net"}
for _room in ("connection", "producer", "consumer", "admin"):
    ARROWS[_room] = ARROWS["cluster"] | {"cluster"}
ARROWS["group"] = ARROWS["consumer"] | {"consumer"}
ARROWS["share"] = ARROWS["consumer"] | {"consumer"}
ARROWS["transaction"] = ARROWS["group"] | {"group", "producer"}
# The in-process cluster stands beside the client and shares only its pure rooms.
ARROWS["testing"] = PURE_ROOMS

IMPURE_INCLUDES = re.compile(
    r"<(boost/(asio|beast|thread)(/|\.hpp)|(thread|mutex|shared_mutex|condition_variable|future|stop_token|iostream"
    r"|unistd\.h|sys/socket\.h)>)"
)
# Only tells what Asio was configured to be; part of every public header.
HARMLESS = {"<boost/asio/detail/config.hpp>"}
IMPURE_CODE = re.compile(r"\b(boost::asio|asio::|(steady|system|high_resolution)_clock::now|std::(thread|jthread|async)\b)")


def room_of(path):
    parts = path.relative_to(ROOT).parts
    return parts[1] if parts[0] == "lib" and len(parts) > 2 else None


def target_of(path, include):
    """The project's file an include names, if it names one."""
    name = include[1:-1]
    places = [ROOT / "include"] if include[0] == "<" else [path.parent, ROOT / "lib"]
    for place in places:
        if (place / name).is_file():
            return (place / name).resolve()
    return None


def impurity(path, seen):
    """The chain of includes by which a file comes to Asio, a clock or a thread; nothing when it does not."""
    if path in seen:
        return None
    seen.add(path)
    for line, include in includes_of(path):
        here = f"{name_of(path)}:{line}"
        if IMPURE_INCLUDES.match(include) and include not in HARMLESS:
            return f"{here} includes {include}"
        target = target_of(path, include)
        deeper = impurity(target, seen) if target else None
        if deeper:
            return f"{here} -> {deeper}"
    return None


def is_marked(path):
    return path.exists() and PURE_MARK in path.read_text().splitlines()[:2]


def is_pure(path):
    """A header's mark holds for the source file beside it too."""
    return room_of(path) in PURE_ROOMS or is_marked(path) or is_marked(path.with_suffix(".hpp"))


def check(path):
    problems = []
    room = room_of(path)
    for line, include in includes_of(path):
        here = f"{name_of(path)}:{line}"
        target = target_of(path, include)
        used = room_of(target) if target else None
        if room is None and include[0] == '"':
            problems.append(f"{here}: a public header includes {include}; public headers use <kasio/...> only")
        elif room and room not in ARROWS:
            problems.append(f"{here}: room {room} has no arrows; add it to lib/README.md and {name_of(ROOT / __file__)}")
        elif used and used != room and used not in ARROWS[room]:
            problems.append(f"{here}: room {room} must not use room {used} ({include})")
        elif room and include[0] == '"' and not target:
            problems.append(f"{here}: no file {include}")
        elif room and room != "testing" and include.startswith("<kasio/testing/"):
            problems.append(f"{here}: the client must not use its in-process cluster ({include})")
    if is_pure(path):
        chain = impurity(path, set())
        if chain:
            problems.append(f"{name_of(path)}: a pure file comes to what is not pure: {chain}")
        for number, text in enumerate(code_of(path).splitlines(), 1):
            if IMPURE_CODE.search(text):
                problems.append(f"{name_of(path)}:{number}: not pure: {text.strip()}")
    return problems


def main():
    report([problem for path in cpp_files("include", "lib") for problem in check(path)])


if __name__ == "__main__":
    main()
