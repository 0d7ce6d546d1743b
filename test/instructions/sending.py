#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""sending.py SEND_RECORDS OPTIMIZATION: how many instructions a record of 8 + 100 bytes takes a producer, from the call
to its outcome, its share of the batch's and the request's included."""

import callgrind

FEW, MANY = 10_000, 50_000
# Five percent above what was measured.
BOUNDS = {"try_send": 965, "callback": 1120}


def main():
    program = callgrind.program_to_measure()
    callgrind.compare({how: callgrind.one_more(program, FEW, MANY, how) for how in BOUNDS}, BOUNDS)


if __name__ == "__main__":
    main()
