# SPDX-License-Identifier: BSL-1.0
"""Fails when a response of <kasio/messages/...> holds bytes, which are views of its frame, and `holds_views` in
lib/net/typed_request.hpp does not name it, or the other way round."""

import re

from sources import ROOT, report


def main():
    holding = set()
    for path in sorted((ROOT / "include/kasio/messages").glob("*.hpp")):
        response = None
        for line in path.read_text().splitlines():
            if found := re.match(r"struct (\w+) \{", line):
                response = found.group(1)
            elif re.match(r"\s+bytes_view \w+", line) or re.match(r"\s+std::\w+<bytes_view>", line):
                if response and response.endswith("_response"):
                    holding.add(response)
    listed = set(re.findall(r"holds_views<protocol::(\w+)>", (ROOT / "lib/net/typed_request.hpp").read_text()))
    problems = [f"{each} holds bytes, but its frame is not kept" for each in sorted(holding - listed)]
    problems += [f"{each} is kept, but holds no bytes" for each in sorted(listed - holding)]
    if not holding:
        problems.append("no response holds bytes: the guard looks in the wrong place")
    report(problems)


if __name__ == "__main__":
    main()
