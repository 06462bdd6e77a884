"""What the packaging tests read out of the files: budgets, Dockerfile instructions,
systemd units, durations, the flags of a command line."""
import json
import re

BUDGET = re.compile(
    r"# Budget: preStop ([\d.]+) s \+ lame duck ([\d.]+) s \+ drain ([\d.]+) s \+ close ([\d.]+) s"
    r" \+ reserve ([\d.]+) s = ([\d.]+) s$", re.MULTILINE)


def seconds(text: str) -> float:
    """A duration with its unit; a bare number is refused, as the service refuses it."""
    match = re.fullmatch(r"([\d.]+)(ms|s|m)", str(text))
    if not match:
        raise ValueError(f"{text!r} is not a duration with a unit")
    return float(match[1]) * {"ms": 0.001, "s": 1, "m": 60}[match[2]]


def budget_complaints(text: str, limit_s: float, pre_stop_s: float, lame_duck_s: float) -> list:
    """What is wrong with the budget that a file states, given what its settings say."""
    found = BUDGET.findall(text)
    if len(found) != 1:
        return [f"there are {len(found)} budget lines, expected one"]
    pre, duck, drain, close, reserve, total = map(float, found[0])
    wrong = []
    if abs(pre + duck + drain + close + reserve - total) > 1e-9:
        wrong.append(f"the parts add up to {pre + duck + drain + close + reserve} s, not {total} s")
    if total != limit_s:
        wrong.append(f"the budget is for {total} s, the platform gives {limit_s} s")
    if pre != pre_stop_s:
        wrong.append(f"preStop is {pre_stop_s} s, the budget says {pre} s")
    if duck != lame_duck_s:
        wrong.append(f"the lame duck is at most {lame_duck_s} s, the budget says {duck} s")
    # The rule of the library for what it keeps back of its grace period.
    kept = max(0.5, 0.05 * (limit_s - pre_stop_s))
    if abs(reserve - kept) > 1e-9:
        wrong.append(f"the service keeps back {kept} s, the budget says {reserve} s")
    if drain <= 0 or close <= 0:
        wrong.append("nothing is left to drain or to close")
    return wrong


def flags(words: list) -> dict:
    """{"--grace": "40s"} of a command line in either form."""
    found, at = {}, 0
    while at < len(words):
        name, equals, value = words[at].partition("=")
        if not name.startswith("--"):
            raise ValueError(f"{words[at]!r} is not a flag")
        if not equals:
            at += 1
            value = words[at]
        found[name] = value
        at += 1
    return found


INSTRUCTIONS = set("ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL RUN SHELL "
                   "STOPSIGNAL USER VOLUME WORKDIR".split())


def dockerfile_stages(text: str) -> list:
    """[[(instruction, argument), ...] for each stage]; raises ValueError for what the
    builder would refuse."""
    stages, number, lines = [], 0, text.splitlines()
    while number < len(lines):
        line = lines[number].strip()
        number += 1
        if not line or line.startswith("#"):
            continue
        while line.endswith("\\"):
            if number == len(lines):
                raise ValueError("the last line is continued")
            line = line[:-1] + " " + lines[number].strip()
            number += 1
        name, _, argument = line.partition(" ")
        argument = argument.strip()
        if name not in INSTRUCTIONS:
            raise ValueError(f"line {number}: unknown instruction {name}")
        if not argument:
            raise ValueError(f"line {number}: {name} without an argument")
        if name == "FROM":
            stages.append([])
        elif not stages:
            raise ValueError(f"line {number}: {name} before FROM")
        stages[-1].append((name, argument))
    if not stages:
        raise ValueError("no FROM")
    return stages


def exec_form(argument: str) -> list:
    """The words of an exec form; ValueError for the shell form."""
    words = json.loads(argument)
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise ValueError(f"{argument} is not a list of texts")
    return words


def unit(text: str) -> dict:
    """{"Service": {"KillMode": "mixed"}}; comments out, continued lines joined."""
    sections, section = {}, None
    plain = "\n".join(line for line in text.splitlines() if not line.startswith(("#", ";")))
    for line in plain.replace("\\\n", " ").splitlines():
        if not line.strip():
            continue
        if line.startswith("["):
            section = sections.setdefault(line.strip()[1:-1], {})
            continue
        name, equals, value = line.partition("=")
        if section is None or not equals or name in section:
            raise ValueError(f"not a setting, outside of a section, or given twice: {line}")
        section[name] = " ".join(value.split())
    return sections
