# SPDX-License-Identifier: BSL-1.0
"""Fails on what g++ 12 compiles wrongly without a word: a full expression with co_await that holds a lambda with
captures, a brace list or ?:, and (outside tests) a lambda with captures that is itself a coroutine. Name the argument
on the line before instead."""

import re

from sources import code_of, cpp_files, name_of, report

AWAIT = re.compile(r"\bco_await\b")
COROUTINE = re.compile(r"\bco_(await|return|yield)\b")
# A '[' that starts a lambda: not an index, a structured binding or an attribute. Group 1: its captures.
LAMBDA = re.compile(r"(?<![\w\])\[&])(?<!auto )(?<!auto& )(?<!auto&& )\[(?!\[)([^\[\]]*)\](?=\s*[({<]|\s*mutable|\s*noexcept|\s*->)")
# A record is trivially copyable so that this, which users write, is right on g++ 12.
RECORD = re.compile(r"\basync_send\(\s*\{\s*\.[^{}]*\}")
OPENING, CLOSING = "([{", ")]}"


def expression_end(code, start):
    """Where the full expression that holds `start` ends: its ';', or the bracket that closes around it."""
    depth = 0
    for at in range(start, len(code)):
        if code[at] in OPENING:
            depth += 1
        elif code[at] in CLOSING:
            depth -= 1
            if depth < 0:
                # A call's or a condition's parenthesis: go on in what holds it.
                if code[at] == ")" and not re.match(r"\)\s*(\{|else\b|[\w*]+.*;|$)", code[at : at + 80]):
                    depth = 0
                    continue
                return at
        elif code[at] == ";" and depth <= 0:
            return at
    return len(code)


def expression_start(code, start):
    depth = 0
    for at in range(start - 1, -1, -1):
        if code[at] in CLOSING:
            if code[at] == "}" and depth == 0:
                return at + 1
            depth += 1
        elif code[at] in OPENING:
            if depth == 0 and code[at] == "{":
                return at + 1
            depth = max(0, depth - 1)
        elif code[at] == ";" and depth == 0:
            return at + 1
    return 0


def body_of(code, after_captures):
    """The text between a lambda's braces."""
    depth, begin = 0, None
    for at in range(after_captures, len(code)):
        if code[at] in OPENING:
            if code[at] == "{" and depth == 0 and begin is None:
                begin = at + 1
            depth += 1
        elif code[at] in CLOSING:
            depth -= 1
            if begin is not None and depth == 0:
                return code[begin:at]
            if depth < 0:
                return ""
        elif code[at] == ";" and begin is None:
            return ""
    return ""


def without_nested_lambdas(body):
    for match in reversed(list(LAMBDA.finditer(body))):
        inner = body_of(body, match.end())
        body = body.replace(inner, " " * len(inner), 1) if inner else body
    return body


def check(name, code):
    problems, seen = [], set()
    for match in AWAIT.finditer(code):
        begin = expression_start(code, match.start())
        text = code[begin : expression_end(code, match.start())]
        where = f"{name}:{code.count(chr(10), 0, match.start()) + 1}"
        after = RECORD.sub("async_send(record", text[text.find("co_await") :])
        faults = []
        if any(captures.strip() for captures in LAMBDA.findall(text)):
            faults.append("a lambda with captures")
        if "{" in after:
            faults.append("a brace list")
        if "?" in text:
            faults.append("?:")
        for fault in faults:
            if (begin, fault) not in seen:
                seen.add((begin, fault))
                problems.append(f"{where}: co_await and {fault} in one expression (g++ 12 destroys temporaries twice)")
    if not name.startswith("test/"):
        for match in LAMBDA.finditer(code):
            if match[1].strip() and COROUTINE.search(without_nested_lambdas(body_of(code, match.end()))):
                line = code.count("\n", 0, match.start()) + 1
                problems.append(f"{name}:{line}: a lambda with captures is a coroutine")
    return problems


BAD = [
    "co_await f({1, 2});",
    "x = co_await f(options{a, b});",
    "cluster c{co_await this_coro::executor, {.name = n}};",
    "co_await f([x] { return x; });",
    "auto y = b ? co_await f() : co_await g();",
    "g(co_await f(), [this](int) { go(); });",
    "if (co_await f({1})) return;",
    "auto run = [x]() -> awaitable<void> { co_await f(x); };",
]
GOOD = [
    "auto [a, b] = co_await f(x[1], as_tuple(deferred));",
    "auto d = co_await p.async_send({.topic = t, .key = k});",
    "if (co_await f(x)) { g({1}); }",
    "if (co_await f(x)) return g({1});",
    "auto h = [x] { return x; }; co_await f(h);",
    "cluster c{co_await executor};",
]


def main():
    problems = [f"this guard no longer sees what is wrong with: {code}" for code in BAD if not check("lib/x", code)]
    problems += [f"this guard finds fault with: {code}" for code in GOOD if check("lib/x", code)]
    for path in cpp_files("include", "lib", "example", "benchmarks", "test"):
        problems += check(name_of(path), code_of(path))
    report(problems)


if __name__ == "__main__":
    main()
