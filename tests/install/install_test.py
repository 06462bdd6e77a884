#!/usr/bin/python3
"""Installs the build into a temporary prefix and uses it as a foreign project would.

One installation serves all cases.
"""
import argparse
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
CEILING_S = 60  # for anything that waits on the service


def run(command, expect_success=True, **more) -> str:
    done = subprocess.run([str(part) for part in command], stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **more)
    if (done.returncode == 0) != expect_success:
        raise AssertionError(f"{' '.join(map(str, command))}\nended with {done.returncode}:\n"
                             f"{done.stdout}")
    return done.stdout


def stops_cleanly(program: Path) -> None:
    """Started, ready, SIGTERM, the job inside is waited for, exit 0."""
    with subprocess.Popen([program], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          stdin=subprocess.DEVNULL, text=True) as service:
        try:
            assert service.stdout.readline() == "ready\n", service.communicate(timeout=CEILING_S)
            service.send_signal(signal.SIGTERM)
            out, err = service.communicate(timeout=CEILING_S)
        finally:
            service.kill()
    assert service.returncode == 0, f"exit status {service.returncode}\n{out}{err}"
    assert out == "job done\npasses left: 0\n", out


class Installed:
    def __init__(self, build: Path, prefix: Path, scratch: Path):
        self.build, self.prefix, self.scratch = build, prefix, scratch
        run(["cmake", "--install", build, "--prefix", prefix])
        self.lib = next(prefix.glob("**/liblastcall_core.a")).parent
        self.components = sorted(a.stem.removeprefix("liblastcall_")
                                 for a in self.lib.glob("liblastcall_*.a"))
        self.pkg_config = {**os.environ, "PKG_CONFIG_PATH": str(self.lib / "pkgconfig")}

    def configure(self, name: str, components, version="0.1", expect_success=True) -> str:
        return run(["cmake", "-G", "Ninja", "-S", HERE / "service", "-B", self.scratch / name,
                    f"-DCMAKE_PREFIX_PATH={self.prefix}", f"-DWANTED_VERSION={version}",
                    f"-DWANTED_COMPONENTS={';'.join(components)}", "-DCMAKE_BUILD_TYPE=Debug"],
                   expect_success)

    # ---- the cases ----

    def find_package_builds_a_service_that_stops_cleanly(self):
        self.configure("cmake", self.components)
        run(["cmake", "--build", self.scratch / "cmake", "--parallel", "1"])
        stops_cleanly(self.scratch / "cmake" / "service")
        run([self.scratch / "cmake" / "everything"])

    def pkg_config_builds_a_service_that_stops_cleanly(self):
        flags = run(["pkg-config", "--cflags", "--libs", "lastcall"], env=self.pkg_config).split()
        run(["g++", "-std=c++20", HERE / "service/service.cpp", *flags,
             "-o", self.scratch / "service"])
        stops_cleanly(self.scratch / "service")

    def pkg_config_links_every_component(self):
        names = ["lastcall" if c == "core" else f"lastcall-{c.replace('_', '-')}"
                 for c in self.components]
        flags = run(["pkg-config", "--cflags", "--libs", *names], env=self.pkg_config).split()
        source = self.scratch / "everything.cpp"
        headers = [c for c in self.components if c != "core"]
        source.write_text("".join(f"#include <lastcall/{h}.hpp>\n" for h in headers)
                          + "int main() {}\n")
        # Whole archives: every symbol that a component needs has to be found.
        ours = [f"-l{c}" for c in (f"lastcall_{c}" for c in self.components)]
        run(["g++", "-std=c++20", source, "-Wl,--whole-archive",
             *[f for f in flags if f.startswith("-L")], *ours, "-Wl,--no-whole-archive",
             *[f for f in flags if not f.startswith("-llastcall")], "-o", self.scratch / "all"])
        run([self.scratch / "all"])

    def an_unknown_component_is_refused_by_name(self):
        said = self.configure("unknown", ["telepathy"], expect_success=False)
        assert "has no component 'telepathy'" in said and "core" in said, said

    def a_newer_minor_version_is_refused(self):
        said = self.configure("newer", ["core"], version="0.999", expect_success=False)
        assert "0.999" in said, said

    def nothing_of_the_build_or_source_tree_is_named(self):
        found = [*self.prefix.glob("**/*.cmake"), *self.prefix.glob("**/*.pc")]
        assert found, "no description of the package was installed"
        for file in found:
            for tree in (self.build, HERE.parent.parent):
                assert str(tree) not in file.read_text(), f"{file} names {tree}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, required=True)
    build = parser.parse_args().build.resolve()
    failed = 0
    with tempfile.TemporaryDirectory(prefix="lastcall-install-") as folder:
        scratch = Path(folder)
        installed = Installed(build, scratch / "prefix", scratch)
        for case in (installed.find_package_builds_a_service_that_stops_cleanly,
                     installed.pkg_config_builds_a_service_that_stops_cleanly,
                     installed.pkg_config_links_every_component,
                     installed.an_unknown_component_is_refused_by_name,
                     installed.a_newer_minor_version_is_refused,
                     installed.nothing_of_the_build_or_source_tree_is_named):
            try:
                case()
                print("ok", case.__name__)
            except AssertionError as error:
                failed += 1
                print("FAILED", case.__name__, error, sep="\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
