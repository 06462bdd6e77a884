#!/usr/bin/python3
"""Every check of `./do check` on small trees: silent on a good one, and on a bad one it
fails and names the file, the line and the reason."""
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TOOLS = ROOT / "tools"


def run(*command, **more):
    return subprocess.run([str(part) for part in command], stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **more)


class Tree:
    """A temporary tree of files: Tree({"src/core/a.cpp": "text"})."""

    def __init__(self, files):
        self.folder = tempfile.TemporaryDirectory(prefix="lastcall-checks-")
        self.root = Path(self.folder.name).resolve()
        for name, text in files.items():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text(text)

    def __enter__(self):
        return self.root

    def __exit__(self, *_):
        self.folder.cleanup()


class Layers(unittest.TestCase):
    GOOD = {
        "src/core/plan.cpp": '#include "core/plan.hpp"\n#include <vector>\n#include <string.h>\n',
        "src/core/plan.hpp": "#include <lastcall/state.hpp>\n// Clock::now( in a comment\n",
        "src/sys/clock.cpp": "#include <time.h>\n#include <sys/mman.h>\n#include <linux/futex.h>\n",
        "src/runtime/gate.cpp": '#include "sys/clock.hpp"\n#include "core/plan.hpp"\n#include <mutex>\n',
        "src/drill/load/net_socket.cpp": '#include <sys/socket.h>\n#include "wire/a.hpp"\n',
        "src/adapters/http/server.cpp": "#include <boost/asio.hpp>\n#include <openssl/ssl.h>\n"
                                        '#include "sys/fd.hpp"\n#include <lastcall/http.hpp>\n',
        "src/adapters/redis/sys_wait.cpp": "#include <poll.h>\n",
        "src/adapters/sqlite/queue.cpp": '#include "adapters/worker/backoff.hpp"\n',
        "include/lastcall/gate.hpp": "#include <lastcall/detail/gate_core.hpp>\n#include <string>\n",
        "include/lastcall/http.hpp": "#include <boost/asio.hpp>\n#include <lastcall/worker.hpp>\n",
    }
    # file, text, what the complaint must contain
    BAD = [
        ("src/core/a.cpp", '#include "sys/clock.hpp"\n', "core may not include sys"),
        ("src/core/a.cpp", "\n#include <thread>\n", "a.cpp:2: core decides over values"),
        ("src/core/a.cpp", "  #  include <atomic>\n", "<atomic>"),
        ("src/core/a.cpp", "auto t = std::chrono::steady_clock::now();\n", "no clock"),
        ("src/core/a.cpp", "#include <unistd.h>\n", "<unistd.h>"),
        ("src/sys/a.cpp", '#include "core/plan.hpp"\n', "sys may not include core"),
        ("src/sys/a.cpp", "#include <boost/asio.hpp>\n", "a library that sys does not use"),
        ("src/runtime/a.cpp", '#include "init/a.hpp"\n', "runtime may not include init"),
        ("src/runtime/a.cpp", "#include <csignal>\n", "<csignal>"),
        ("src/runtime/a.cpp", "#include <sys/types.h>\n", "<sys/types.h>"),
        ("src/wire/a.cpp", '#include "sys/fd.hpp"\n', "wire may not include sys"),
        ("src/init/a.cpp", '#include "runtime/a.hpp"\n', "init may not include runtime"),
        ("src/cli/a.cpp", '#include "runtime/a.hpp"\n', "cli may not include runtime"),
        ("src/drill/load.cpp", "#include <sys/socket.h>\n", "<sys/socket.h>"),
        ("src/drill/a.cpp", '#include "init/a.hpp"\n', "drill may not include init"),
        ("src/adapters/http/a.cpp", '#include "runtime/a.hpp"\n', "may not include runtime"),
        ("src/adapters/http/a.cpp", '#include "adapters/redis/a.hpp"\n', "adapters/redis"),
        ("src/adapters/http/a.cpp", "#include <sqlite3.h>\n", "<sqlite3.h>"),
        ("src/adapters/http/a.cpp", "#include <poll.h>\n", "<poll.h>"),
        ("src/adapters/telepathy/a.cpp", "", "not in the layer table"),
        ("src/helpers/a.cpp", "", "not in the layer table"),
        ("src/a.cpp", "", "belongs in a layer's folder"),
        ("src/core/a.cpp", '#include "plan.hpp"\n', "name it from src/"),
        ("include/lastcall/gate.hpp", "#include <boost/asio.hpp>\n", "<boost/asio.hpp>"),
        ("include/lastcall/gate.hpp", "#include <lastcall/http.hpp>\n", "not a core header"),
        ("include/lastcall/gate.hpp", "#include <unistd.h>\n", "<unistd.h>"),
        ("include/lastcall/gate.hpp", '#include "core/plan.hpp"\n', "not installed"),
        ("include/lastcall/sqlite.hpp", "#include <hiredis/hiredis.h>\n", "<hiredis/hiredis.h>"),
        ("include/lastcall/news.hpp", "", "neither a core header nor an adapter's"),
    ]

    def test_passes_a_tree_that_keeps_the_table(self):
        with Tree(self.GOOD) as root:
            done = run(TOOLS / "check_layers", root)
            self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_names_every_kind_of_breach(self):
        for file, text, complaint in self.BAD:
            with self.subTest(file=file, text=text), Tree({**self.GOOD, file: text}) as root:
                done = run(TOOLS / "check_layers", root)
                self.assertEqual(done.returncode, 1, "not noticed")
                self.assertIn(complaint, done.stdout)
                self.assertTrue(done.stdout.startswith(f"{file}:"), done.stdout)


class Words(unittest.TestCase):
    BAD = ["the graceful shutdown period ends", "Graceful shutdown time", "a shutdown timeout",
           "connection draining", "the lameduck", "inflight requests", "liveliness probe",
           "the drain timeout", "a hard kill", "hot restart", "takeover", "safety margin",
           "// TODO later", "FIXME", "XXX", "cd /work/thing", "/home/someone/x", "/root/x"]
    GOOD = ["the grace period ends", "in flight", "lame_duck", "mktemp /tmp/a.XXXXXX",
            "framework/home/page", "systemd's stop timeout", "the todo list of a user"]

    def test_passes_the_words_of_the_design(self):
        with Tree({"a.md": "\n".join(self.GOOD)}) as root:
            done = run(TOOLS / "check_words", root)
            self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_refuses_each_second_word(self):
        for line in self.BAD:
            with self.subTest(line=line), Tree({"docs/a.md": f"good\n{line}\n"}) as root:
                done = run(TOOLS / "check_words", root)
                self.assertEqual(done.returncode, 1, "not noticed")
                self.assertTrue(done.stdout.startswith("docs/a.md:2: "), done.stdout)

    def test_refuses_a_word_that_is_listed_by_its_hash_only(self):
        rule = f"sha256 {hashlib.sha256(b'examplebot').hexdigest()} => no\n"
        with Tree({"tree/a.cpp": "// made by ExampleBot\n", "words": rule}) as root:
            done = run(TOOLS / "check_words", root / "tree", root / "words")
            self.assertEqual((done.returncode, done.stdout), (1, "a.cpp:1: 'examplebot': no\n"))

    def test_an_allowed_place_is_passed_and_no_other(self):
        rules = "bad => good\nallow ok/* : bad  # here it is a name\n"
        with Tree({"tree/ok/a": "bad", "tree/b": "bad", "words": rules}) as root:
            done = run(TOOLS / "check_words", root / "tree", root / "words")
            self.assertEqual((done.returncode, done.stdout), (1, "b:1: 'bad': good\n"))


class Documents(unittest.TestCase):
    GOOD = {
        "README.md": "# A name\n[x](docs/a.md#some-words-here) [y](#a-name) `src/a.cpp:3`\n"
                     "```cpp\nint x;\n  int y;\n```\n```sh\nanything\n```\n",
        "docs/a.md": "# Some `words` here\n[up](../README.md) [web](https://example.org/none)\n"
                     "```\n[not](a-link)\n```\n",
        "src/a.cpp": "",
        "examples/a/main.cpp": "void f() {\n    int x;\n      int y;\n}\n",
    }
    BAD = [
        ("docs/b.md", "x\n[gone](nowhere.md)\n", "docs/b.md:2: the link to nowhere.md"),
        ("docs/b.md", "[a](a.md#other)\n", "a.md has no heading #other"),
        ("docs/b.md", "`src/none.cpp`\n", "there is no src/none.cpp"),
        ("docs/b.md", "`src/none.cpp:12`\n", "there is no src/none.cpp"),
        ("README.md", "```cpp\nint x;\nint z;\n```\n", "README.md:1: this sample is not part"),
    ]

    def test_passes_documents_whose_links_hold(self):
        with Tree(self.GOOD) as root:
            done = run(TOOLS / "check_documents", root)
            self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_names_what_does_not_hold(self):
        for file, text, complaint in self.BAD:
            with self.subTest(text=text), Tree({**self.GOOD, file: text}) as root:
                done = run(TOOLS / "check_documents", root)
                self.assertEqual(done.returncode, 1, "not noticed")
                self.assertIn(complaint, done.stdout)


class Format(unittest.TestCase):
    def test_passes_what_clang_format_would_leave_and_refuses_what_it_would_change(self):
        style = (ROOT / ".clang-format").read_text()
        for text, status in (("int x;\n", 0), ("int   x ;\n", 1)):
            with self.subTest(text=text), \
                    Tree({"src/a.cpp": text, ".clang-format": style}) as root:
                self.assertEqual(run(TOOLS / "check_format", root).returncode != 0, status)

    def test_an_empty_tree_is_not_a_success(self):
        with Tree({"a.md": ""}) as root:
            self.assertNotEqual(run(TOOLS / "check_format", root).returncode, 0)


class Tidy(unittest.TestCase):
    """The tool is copied into a tree of its own, since it looks for sources beside itself."""

    def tidy(self, root):
        tool = root / "tools" / "check_tidy"
        tool.parent.mkdir(exist_ok=True)
        tool.write_text((TOOLS / "check_tidy").read_text())
        (root / ".clang-tidy").write_text((ROOT / ".clang-tidy").read_text())
        file = str(root / "src/a.cpp")
        (root / "compile_commands.json").write_text(json.dumps(
            [{"directory": str(root), "file": file, "command": f"c++ -std=c++20 -c {file}"}]))
        return run("python3", tool, root, env={**os.environ, "XDG_CACHE_HOME": str(root / "c")})

    def test_refuses_a_finding_every_time_and_passes_a_good_file_once_looked_at(self):
        with Tree({"src/a.hpp": "struct s { virtual void f(); };\n",
                   "src/a.cpp": '#include "a.hpp"\nstruct t : s { virtual void f(); };\n'}) as root:
            for _ in range(2):
                done = self.tidy(root)
                self.assertEqual(done.returncode, 1, done.stdout)
                self.assertIn("[modernize-use-override", done.stdout)
            (root / "src/a.cpp").write_text("int x;\n")
            self.assertIn("1 of 1 files", self.tidy(root).stdout)
            done = self.tidy(root)
            self.assertEqual(done.returncode, 0, done.stdout)
            self.assertIn("0 of 1 files", done.stdout)

    def test_looks_again_when_an_included_header_changed(self):
        with Tree({"src/a.hpp": "#pragma once\n", "src/a.cpp": '#include "a.hpp"\n'}) as root:
            self.assertIn("1 of 1 files", self.tidy(root).stdout)
            self.assertIn("0 of 1 files", self.tidy(root).stdout)
            (root / "src/a.hpp").write_text("#pragma once\nint changed;\n")
            self.assertIn("1 of 1 files", self.tidy(root).stdout)

    def test_a_build_without_sources_is_not_a_success(self):
        with Tree({"tools/check_tidy": (TOOLS / "check_tidy").read_text(),
                   "compile_commands.json": "[]"}) as root:
            self.assertNotEqual(run("python3", root / "tools/check_tidy", root).returncode, 0)


class Reference(unittest.TestCase):
    def test_a_header_whose_description_is_wrong_is_an_error(self):
        for comment, status in (("/// Adds. @param a one of them.", 0),
                                ("/// Adds. @param b is no parameter.", 1)):
            with self.subTest(comment=comment), Tree({
                    "include/lastcall/x.hpp": f"// X.\n#pragma once\n/// All.\nnamespace lastcall {{"
                                              f"\n{comment}\nint f(int a);\n}}\n",
                    "docs/api/main.md": "# Main\n",
                    "docs/Doxyfile": (ROOT / "docs/Doxyfile").read_text()}) as root:
                (root / "build").mkdir()
                done = run("doxygen", "docs/Doxyfile", cwd=root)
                self.assertEqual(done.returncode != 0, bool(status), done.stdout)


class Do(unittest.TestCase):
    def test_an_unknown_verb_is_a_usage_error_that_names_the_verbs(self):
        done = run(ROOT / "do", "danec")
        self.assertEqual(done.returncode, 2)
        self.assertIn("there is no verb 'danec'", done.stdout)
        self.assertIn("demo", done.stdout)

    USED = "awk bash cat cmp comm cut dirname env grep mkdir nproc sed sort xargs"

    def fresh(self, installed: str, programs: dict, **more):
        """./do in a tree of its own, on a machine that has only these packages and programs.
        Returns the run, and what `apt-get` and `sudo` were asked for."""
        stubs = {"cmake": "exit 0", **programs,
                 "dpkg-query": "".join(f"echo 'installed {p}'; " for p in installed.split())
                               + "exit 1"}
        with Tree({"do": (ROOT / "do").read_text(), "log": "",
                   "tools/packages.txt": "[build]\ng++\n# why\ncmake\n[libraries]\nzlib1g-dev\n",
                   **{f"bin/{name}": f"#!/bin/sh\n{text}\n" for name, text in stubs.items()}}
                  ) as root:
            for name in self.USED.split():
                (root / "bin" / name).symlink_to(shutil.which(name))
            for file in [root, *root.rglob("*")]:
                if not file.is_symlink():
                    file.chmod(0o777)
            done = run("bash", root / "do", "build", env={"PATH": f"{root}/bin"}, **more)
            return done, (root / "log").read_text()

    RECORD = 'echo "${0##*/} $*" >>"${0%/*}/../log"'

    def test_nothing_is_installed_when_nothing_is_missing(self):
        done, log = self.fresh("g++ cmake zlib1g-dev", {"apt-get": self.RECORD})
        self.assertEqual((done.returncode, log), (0, ""), done.stdout)

    @unittest.skipUnless(os.geteuid() == 0, "shows what root does, and others as seen by root")
    def test_root_installs_what_is_missing_and_says_which(self):
        done, log = self.fresh("g++", {"apt-get": self.RECORD})
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("./do:   cmake\n./do:   zlib1g-dev\n", done.stdout)
        self.assertRegex(log, r"^apt-get update.*\napt-get install .* cmake zlib1g-dev\n$")

    @unittest.skipUnless(os.geteuid() == 0, "becomes another user")
    def test_others_install_through_sudo(self):
        done, log = self.fresh("g++", {"sudo": self.RECORD}, user="nobody")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertRegex(log, r"^sudo apt-get update.*\nsudo env .*apt-get install .* zlib1g-dev\n$")

    @unittest.skipUnless(os.geteuid() == 0, "becomes another user")
    def test_without_root_or_sudo_it_says_what_to_install_and_stops(self):
        done, log = self.fresh("g++", {"apt-get": self.RECORD}, user="nobody")
        self.assertEqual((done.returncode, log), (1, ""), done.stdout)
        self.assertIn("apt-get install cmake zlib1g-dev", done.stdout)


if __name__ == "__main__":
    unittest.main()
