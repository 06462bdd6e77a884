#!/usr/bin/python3
"""lastcall-init is static, small, and built of nothing that allocates or throws.

usage: lean_test.py PROGRAM LIBRARY CONTROL     CONTROL is a library that does allocate
"""
import os
import re
import subprocess
import sys

FORBIDDEN = re.compile(
    r"^(malloc|calloc|realloc|free|strdup|.*printf|fopen|opendir|getaddrinfo|setlocale|qsort"
    r"|__cxa_.*|_Unwind.*|operator (new|delete).*|std::(?!__throw_out_of_range_fmt).*)$")


def needs(library: str) -> set:
    listed = subprocess.run(["nm", "--demangle", "--undefined-only", library],
                            check=True, capture_output=True, text=True).stdout
    names = {line.strip()[2:] for line in listed.splitlines() if line.strip().startswith("U ")}
    return {name for name in names if FORBIDDEN.match(name)}


def main() -> int:
    program, library, control = sys.argv[1:]
    faults = [f"{library} needs {name}" for name in sorted(needs(library))]
    if not needs(control):
        faults.append(f"nothing was found in {control}, which allocates: this test is blind")
    if (size := os.path.getsize(program)) > 1_000_000:
        faults.append(f"{program} has {size} bytes; one megabyte is the limit")
    headers = subprocess.run(["readelf", "--program-headers", program],
                             check=True, capture_output=True, text=True).stdout
    if "INTERP" in headers:
        faults.append(f"{program} is not static: it asks for a loader")
    print(*faults, sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
