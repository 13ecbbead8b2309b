"""An author outside the tree: install, configure the template with find_package, build, list and run what came of it.

usage: install_test.py BUILD SOURCE COMPILERS...     where COMPILERS are pairs CC:CXX

The build tree is installed into a temporary folder. For each pair the template is built against it twice, in its own tree
and as a folder of a bigger project; each plugin exports exactly one symbol, is listed by the installed program, and runs
with status ok and operations done.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

EXAMPLES = {"pipe-ping": "C", "striped-counter": "C++"}
TOP_LEVEL = """cmake_minimum_required(VERSION 3.25)
project(bigger LANGUAGES C CXX)
add_subdirectory(template)
"""
C_ONLY = """cmake_minimum_required(VERSION 3.25)
project(c_only LANGUAGES C)
find_package(fairground 0.1 REQUIRED)
fairground_add_plugin(pipe-ping SOURCES template/pipe_ping.c)
"""


def environment():
    """Nothing of the caller's that would change what is found."""
    kept = ("PATH", "HOME", "TMPDIR", "CCACHE_DIR", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS")
    return {key: os.environ[key] for key in kept if key in os.environ} | {"LC_ALL": "C.UTF-8"}


def call(*command, cwd=None):
    """What the command prints; its failure is the test's."""
    done = subprocess.run([str(c) for c in command], cwd=cwd, env=environment(), capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def build(source, folder, prefix, cc, cxx, *options):
    call("cmake", "-S", source, "-B", folder, f"-DCMAKE_PREFIX_PATH={prefix}", f"-DCMAKE_C_COMPILER={cc}",
         f"-DCMAKE_CXX_COMPILER={cxx}", *options)
    call("cmake", "--build", folder)


def exported(plugin):
    return [line.split()[-1] for line in call("nm", "-D", "--defined-only", plugin).splitlines()]


def check_listed(program, plugin, name):
    listed = json.loads(call(program, "list", "--plugin", plugin, "--json"))
    found = [w for w in listed if w["id"] == name]
    assert len(found) == 1, f"{name} is listed {len(found)} times"
    assert found[0]["family"] == "template" and found[0]["capabilities"] == ["processes"], found[0]
    assert pathlib.Path(found[0]["plugin"]) == plugin.resolve(), found[0]["plugin"]
    assert any(w["id"] == "mutex" for w in listed), "the installed program does not find its own plugins"


def check_described(program, plugin):
    described = json.loads(call(program, "describe", "striped-counter", "--plugin", plugin, "--json"))
    (stripes,) = described["parameters"]
    assert (stripes["key"], stripes["type"], stripes["default"], stripes["maximum"]) == ("stripes", "integer", 1, 64), stripes


def check_runs(program, plugin, name, cwd, *options):
    lines = call(program, "run", name, "--plugin", plugin, "--workers", "2", "--time", "100ms", "--warmup", "20ms",
                 "--trials", "1", "--json", "--out", cwd / f"run-{name}-{len(list(cwd.iterdir()))}", *options, cwd=cwd)
    trials = [r for r in map(json.loads, lines.splitlines()) if r["record"] == "trial" and r["role"] == "measured"]
    assert trials, "no trial"
    for trial in trials:
        assert trial["workload"] == name and trial["status"] == "ok", trial.get("reason", trial)
        assert sum(w["operations"] for w in trial["per_worker"]) > 0, trial["per_worker"]
    return trials


def check_plugins(program, folder, runs):
    for name, language in EXAMPLES.items():
        plugin = folder / f"{name}.so"
        assert exported(plugin) == ["fairground_plugin"], f"{name} exports {exported(plugin)}"
        check_listed(program, plugin, name)
        for workers_as in ("threads", "processes"):
            check_runs(program, plugin, name, runs, "--as", workers_as)
        print(f"{name} ({language}) from {folder}: one symbol, listed, runs as threads and as processes")
    check_described(program, folder / "striped-counter.so")
    swept = check_runs(program, folder / "striped-counter.so", "striped-counter", runs, "--set", "stripes=1,2")
    assert sorted(t["parameters"]["stripes"] for t in swept) == [1, 2], swept


def main():
    build_tree, source = map(pathlib.Path, sys.argv[1:3])
    pairs = [pair.split(":") for pair in sys.argv[3:]]
    assert pairs, "no compilers"
    with tempfile.TemporaryDirectory(prefix="fairground-install-") as temporary:
        top = pathlib.Path(temporary)
        prefix, runs = top / "prefix", top / "runs"
        runs.mkdir()
        call("cmake", "--install", build_tree, "--prefix", prefix)
        assert not list(prefix.rglob("*hostile*")) and not list(prefix.rglob("known*")), "hostile plugins were installed"
        template = prefix / "share" / "fairground" / "template"
        for file in (source / "plugins" / "template").iterdir():
            assert (template / file.name).read_bytes() == file.read_bytes(), f"{file.name} is not installed as it is"
        program = prefix / "bin" / "fairground"
        for cc, cxx in pairs:
            strict = "-Wall -Wextra -Wpedantic -Werror"
            folder = top / f"own-{pathlib.Path(cc).name}"
            build(template, folder, prefix, cc, cxx, f"-DCMAKE_C_FLAGS={strict}", f"-DCMAKE_CXX_FLAGS={strict}")
            check_plugins(program, folder, runs)
        cc, cxx = pairs[0]
        for name, text in (("bigger", TOP_LEVEL), ("c-only", C_ONLY)):
            shutil.copytree(template, top / name / "template")
            (top / name / "CMakeLists.txt").write_text(text)
            build(top / name, top / name / "build", prefix, cc, cxx)
            assert list((top / name / "build").rglob("pipe-ping.so")), f"{name}: nothing was built"
    return 0


if __name__ == "__main__":
    sys.exit(main())
