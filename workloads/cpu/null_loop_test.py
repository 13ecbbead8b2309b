#!/usr/bin/env python3
"""The loop of `null`, as the compiler made it: loads, a comparison, an addition, one store, a jump, and nothing else.

Usage: null_loop_test.py OBJDUMP PLUGIN
"""

import re
import subprocess
import sys


def body_of(disassembly, name):
    lines = disassembly.splitlines()
    heads = [i for i, line in enumerate(lines) if re.match(r"[0-9a-f]+ <", line) and name in line and "cold" not in line]
    assert len(heads) == 1, f"{len(heads)} functions are called {name}"
    code = []
    for line in lines[heads[0] + 1 :]:
        match = re.match(r"\s*([0-9a-f]+):\s+(\S+)\s*(.*)", line)
        if not match:
            break
        code.append((int(match[1], 16), match[2], match[3]))
    return code


def loop_of(code):
    """The shortest run of instructions that ends with a jump back to its first."""
    index = {address: i for i, (address, _, _) in enumerate(code)}
    loops = []
    for end, (_, operation, operands) in enumerate(code):
        target = re.match(r"([0-9a-f]+) ", operands)
        begin = index.get(int(target[1], 16), end) if operation.startswith("j") and target else end
        if begin < end:
            loops.append(code[begin : end + 1])
    return min(loops, key=len)


def main():
    objdump, plugin = sys.argv[1:]
    command = [objdump, "-d", "-C", "--no-show-raw-insn", plugin]
    disassembly = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    loop = loop_of(body_of(disassembly, "Null>::run("))
    print("\n".join(f"{operation} {operands}" for _, operation, operands in loop))
    operations = [re.sub(r"^(mov|add|cmp|inc|lea|nop)[lqw]?$", r"\1", o) for _, o, _ in loop]
    odd = [o for o in operations if o not in ("mov", "add", "inc", "cmp", "lea", "nop") and not o.startswith("j")]
    stores = [s for _, o, s in loop if o.startswith("mov") and s.endswith(")")]
    assert not odd, f"not in a bare loop: {odd}"
    assert len(stores) <= 1, f"more than one store: {stores}"
    assert len(loop) <= 10, f"{len(loop)} instructions"


if __name__ == "__main__":
    main()
