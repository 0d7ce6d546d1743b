# SPDX-License-Identifier: BSL-1.0
"""Reports files above the project's limits (source 400 lines, public header 250, lines of 110 columns) and fails on
those far above (500, 300). Fails when the median public header is above 150 lines."""

import statistics

from sources import cpp_files, name_of, report

# (folder, limit, hard limit)
LIMITS = [("include", 250, 300), ("lib", 400, 500), ("example", 400, 500), ("benchmarks", 400, 500), ("test", 400, 500)]


def main():
    problems, lengths = [], []
    for folder, limit, hard in LIMITS:
        for path in cpp_files(folder):
            lines = path.read_text().splitlines()
            wide = sum(len(line) > 110 for line in lines)
            if folder == "include":
                lengths.append(len(lines))
            if len(lines) > hard:
                problems.append(f"{name_of(path)}: {len(lines)} lines, far above {limit}")
            elif len(lines) > limit:
                print(f"note: {name_of(path)}: {len(lines)} lines, above {limit}")
            if wide:
                print(f"note: {name_of(path)}: {wide} lines wider than 110 columns")
    median = statistics.median(lengths)
    print(f"public headers: {len(lengths)}, median {median:g} lines")
    if median > 150:
        problems.append(f"the median public header has {median:g} lines, above 150")
    report(problems)


if __name__ == "__main__":
    main()
