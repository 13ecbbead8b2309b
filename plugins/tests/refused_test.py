"""Code that must not compile is refused, and the first thing the compiler says is the sentence that helps.

usage: refused_test.py INCLUDE FOLDER COMPILER...     where COMPILER is gcc, clang or a path of either

The first line of each file in FOLDER names the sentence. With -DREPAIRED the same file must compile, so that nothing else
in it is what the compiler refuses.
"""
import pathlib
import subprocess
import sys


def compile_one(compiler, include, source, *extra):
    language = ["-std=c11", "-x", "c"] if source.suffix == ".c" else ["-std=c++20", "-x", "c++"]
    command = [compiler, f"-I{include}", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", *extra, *language]
    return subprocess.run([*command, str(source)], capture_output=True, text=True, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"})


def fault(compiler, include, source):
    """What is wrong with how this compiler takes this file, or None."""
    sentence = source.read_text().splitlines()[0].removeprefix("// error: ")
    repaired = compile_one(compiler, include, source, "-DREPAIRED")
    if repaired.returncode != 0:
        return f"does not compile repaired:\n{repaired.stderr}"
    refused = compile_one(compiler, include, source)
    if refused.returncode == 0:
        return "compiles"
    first = next((line for line in refused.stderr.splitlines() if "error:" in line), "")
    if sentence not in first:
        return f"the first error is not {sentence!r}:\n{refused.stderr}"
    return None


def main():
    include, folder, compilers = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3:]
    sources = sorted(p for p in folder.iterdir() if p.suffix in (".c", ".cpp"))
    faults = 0
    for source in sources:
        for compiler in compilers:
            if (text := fault(compiler, include, source)) is not None:
                print(f"{source.name}, {compiler}: {text}")
                faults += 1
    print(f"{len(sources)} files, {len(compilers)} compilers, {faults} faults")
    return 1 if faults or not sources or not compilers else 0


if __name__ == "__main__":
    sys.exit(main())
