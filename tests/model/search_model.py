#!/usr/bin/python3
"""Searches one scene of src/runtime/gate.pml or deploy.pml with spin, exhaustively.

Without --mutant the search must be complete, find no error, and have brought every
thread of the scene to its end: a model in which nothing happens proves nothing.
With --mutant it must find an error, of the kind that this mutant is to cause.
"""
import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

# Who runs in which scene; each has to reach its last line. The first are the gate's.
CAST = {
    "RACE": ["worker", "closer", "at_the_end"],
    "FENCED": ["worker", "closer", "at_the_end"],
    "CROWD": ["worker", "holder", "closer", "at_the_end"],
    "TWO_CLOSERS": ["worker", "holder", "closer", "at_the_end"],
    "HAND_OVER": ["beginner", "finisher", "worker", "closer", "at_the_end"],
    "LIVES": ["visitor_of_two", "holder", "owner", "at_the_end"],
    "TICKER": ["regular", "newcomer", "nothing_unseen"],
    "REPLACE": ["agent"],
    "DECIDED": ["agent"],
    "FIRST": ["agent"],
}

# What is violated when a step is left out.
EARLY = r"assertion violated \(inside==0\)"
NEVER = r"assertion violated \(\(\(states\[0\]&1\)==0\)\|\|"
FOREIGN = r"assertion violated \(seen_life==life\)"
TWICE = r"assertion violated\s+!\(alive\)"
ENDLESS = r"non-progress cycle"
UNSEEN = r"assertion violated \(before=="
OWNER_STOPPED = r"assertion violated \(\( !\(is_to_new\)"
NOT_OWNED = r"assertion violated \( \(is_to_new\) \?"
SILENT = r"assertion violated \(recorded=="
TURNED = r"assertion violated \(\(\(recorded!="
WRONG_END = r"assertion violated \(.*(old_lives|is_to_new)\)+ \(at"
STUCK = r"invalid end state"
UNDECIDED = r"assertion violated \( !\(recorded_waits\)"
MUTANTS = {
    ("RACE", "NO_BARRIER"): EARLY,
    ("RACE", "NO_SEAL"): EARLY,
    ("RACE", "LOOK_THEN_ENTER"): EARLY,
    ("RACE", "LOOK_THEN_LEAVE"): NEVER,
    ("RACE", "REFUSED_DO_NOT_LOOK"): NEVER,
    ("RACE", "ENTERED_FIRST"): EARLY,
    ("RACE", "LEAVER_WAITS_FOR_SEAL"): NEVER,
    ("RACE", "WAITS_BY_LOOKING_AGAIN"): ENDLESS,
    ("FENCED", "NO_FENCE"): EARLY,
    ("LIVES", "NO_VISITORS_GUARD"): FOREIGN,
    ("LIVES", "NO_LOCK"): TWICE,
    ("TICKER", "NO_BARRIER"): UNSEEN,
    ("TICKER", "BORN_UNPARKED"): UNSEEN,
    ("TICKER", "ASLEEP_AFTER_PARKING"): UNSEEN,
    ("TICKER", "SLEEP_WITHOUT_LOOKING"): UNSEEN,
    ("REPLACE", "STOPS_BEFORE_IT_IS_BACK"): OWNER_STOPPED,
    ("REPLACE", "STEERS_TO_WHO_IS_NOT_READY"): NOT_OWNED,
    ("REPLACE", "TAKES_SILENCE_FOR_A_YES"): WRONG_END,
    ("REPLACE", "HEEDS_OVERTAKEN_ANSWERS"): WRONG_END,
    ("REPLACE", "GOES_FORWARD_BLINDLY"): WRONG_END,
    ("REPLACE", "PROMOTES_NOT_AGAIN"): WRONG_END,
    ("REPLACE", "TURNS_AROUND"): TURNED,
    ("REPLACE", "ACTS_UNRECORDED"): SILENT,
    ("REPLACE", "TRIES_ONLY_ONCE"): STUCK,
    ("REPLACE", "FORGETS_THE_STOP"): STUCK,
    ("REPLACE", "STEERS_UNTOLD"): SILENT,
    ("REPLACE", "TRUSTS_THE_RECORD"): WRONG_END,
    ("REPLACE", "FORGETS_WHERE_IT_WAS"): WRONG_END,
    ("DECIDED", "FORGETS_THE_VERDICT"): UNDECIDED,
}


def run(command: list[str], folder: str) -> str:
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0 and command[0] != "./pan":
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}")
    return done.stdout


def search(model: Path, scene: str, mutant: str, cycles: bool) -> str:
    defines = [f"-DSCENE_{scene}"] + ([f"-DMUTANT_{mutant}"] if mutant else [])
    build = ["-DNP"] if cycles else ["-DSAFETY"]
    look = ["-l"] if cycles else []
    with tempfile.TemporaryDirectory(prefix="lastcall-model-") as folder:
        run(["spin", "-a", *defines, str(model)], folder)
        run(["gcc", "-O2" if not mutant else "-O0", "-w", *build, "-DCOLLAPSE", "-DSFH",
             "-o", "pan", "pan.c"], folder)
        # -m is a bound on the length of a run, -b makes reaching it an error.
        return run(["./pan", *look, "-m4000", "-b", "-w22"], folder)


def complaints(output: str, scene: str) -> list[str]:
    """Why the search does not prove what it should; empty when it does."""
    found = []
    errors = re.search(r"errors: (\d+)", output)
    if errors is None:
        found.append("the search did not end")
    elif int(errors[1]) != 0:
        found.append(f"{errors[1]} errors")
    for bad in ("max search depth too small", "out of memory", "Search not completed",
                "hash factor", "Bit statespace"):
        if bad in output:
            found.append(bad)
    for thread in CAST[scene]:
        block = re.search(rf"unreached in proctype {thread}\n((?:\t.*\n)+)", output)
        if block is None:
            found.append(f"nothing is reported about {thread}")
        elif '"-end-"' in block[1] or re.search(r"assert", block[1]):
            found.append(f"{thread} never ends, or an assertion in it is never reached")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--scene", choices=CAST)
    parser.add_argument("--mutant", default="")
    parser.add_argument("--cycles", action="store_true", help="search for endless runs instead")
    parser.add_argument("--names", action="store_true",
                        help="every mutant in the model is in the table here, and the reverse")
    wanted = parser.parse_args()

    if wanted.names:
        text = wanted.model.read_text()
        scenes = set(re.findall(r"SCENE_([A-Z_]+)", text))
        known = {mutant for scene, mutant in MUTANTS if scene in scenes}
        written = set(re.findall(r"\bMUTANT_([A-Z_]+)", text))
        if written != known:
            print(f"only in one of model and table: {sorted(written ^ known)}")
            return 1
        return 0

    for program in "spin", "gcc":
        if not shutil.which(program):
            sys.exit(f"no {program} on PATH: `./do test` installs it (tools/packages.txt)")
    output = search(wanted.model.resolve(), wanted.scene, wanted.mutant, wanted.cycles)
    if wanted.mutant:
        if re.search(MUTANTS[wanted.scene, wanted.mutant], output) and "errors: 1" in output:
            return 0
        print(output, f"the mutant {wanted.mutant} was not caught", sep="\n")
        return 1
    why = complaints(output, wanted.scene)
    states = re.search(r"(\d+) states, stored", output)
    print(f"{wanted.scene}: {states[1] if states else '?'} states")
    if why:
        print(output, *why, sep="\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
