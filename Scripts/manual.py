#!/usr/bin/env python3
"""manual.py KENET: writes the manual page (mdoc) of the tool KENET to standard output, from what the tool says of itself.

swift-argument-parser's own generator runs examples together and leaves defaults out.
"""

import json
import os
import subprocess
import sys
import time

ENVIRONMENT = """\
.Sh ENVIRONMENT
.Bl -tag -width Ds
.It Ev KENET_WEIGHTS
Folders in which weight files are looked for first, with colons between them.
.It Ev XDG_DATA_HOME
Weights are looked for in its folder
.Pa kenet ,
by default
.Pa ~/.local/share/kenet .
.El
.Sh FILES
.Bl -tag -width Ds
.It Pa ../share/kenet
Beside the folder of the program: the weights that come with it, and their cards.
.El"""


def text(words):
    """A line that no formatter takes for anything but text."""
    words = words.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + words if words.startswith((".", "'")) else words


def prose(words):
    """Paragraphs; those that are indented stay as they are."""
    for number, paragraph in enumerate((words or "").strip("\n").split("\n\n")):
        lines = paragraph.split("\n")
        if all(line.startswith("  ") for line in lines):
            yield ".Bd -literal -offset indent"
            yield from (text(line[2:]) for line in lines)
            yield ".Ed"
        elif paragraph:
            if number:
                yield ".Pp"
            yield from (text(line) for line in lines)


def flag(name):
    """-o or --output."""
    return f".Fl {name['name']}" if name["kind"] == "short" else ".Fl \\-" + name["name"].replace("-", "\\-")


def title(argument):
    """.It with the names of an option, or of a value."""
    value = text(argument["valueName"])
    if argument["kind"] == "positional":
        return f".It Ar {value}" + (" ..." if argument["isRepeating"] else "")
    names = sorted(argument["names"], key=lambda name: name["kind"] != "short")
    line = ".It " + " , ".join(flag(name)[1:] for name in names)
    return line if argument["kind"] == "flag" else f"{line} Ar {value}"


def description(argument):
    """What an argument does, the values that it takes and the one that it has by itself."""
    yield from prose(argument.get("abstract"))
    yield from prose(argument.get("discussion"))
    notes = []
    values = argument.get("allValues", [])
    if not all(value in argument.get("abstract", "") for value in values):
        notes.append("values: " + ", ".join(values))
    if argument.get("defaultValue") and argument["kind"] != "flag":
        notes.append("default: " + argument["defaultValue"])
    if notes:
        yield text("(" + "; ".join(notes) + ")")


def is_shown(argument):
    names = [name["name"] for name in argument.get("names", [])]
    return argument["shouldDisplay"] and not {"help", "version"} & set(names)


def commands(command, path):
    """A section for each command that has no commands of its own, and for what those have in common."""
    subcommands = [sub for sub in command.get("subcommands", []) if sub["commandName"] != "help"]
    arguments = [argument for argument in command.get("arguments", []) if is_shown(argument)]
    values = [text(a["valueName"]) + (" ..." if a["isRepeating"] else "") for a in arguments if a["kind"] == "positional"]
    yield ".Ss " + " ".join(path + (["command"] if subcommands else ["[options]"] + values))
    yield from prose(command.get("abstract"))
    if command.get("discussion"):
        yield ".Pp"
        yield from prose(command["discussion"])
    if arguments:
        yield ".Bl -tag -width Ds"
        for argument in arguments:
            yield title(argument)
            yield from description(argument)
        yield ".El"
    for sub in subcommands:
        yield from commands(sub, path + [sub["commandName"]])


def page(tool):
    def ask(option):
        return subprocess.run([tool, option], check=True, capture_output=True, text=True).stdout

    root = json.loads(ask("--experimental-dump-help"))["command"]
    name, abstract = root["commandName"], root["abstract"]
    about, statuses = root["discussion"].split("Exit status:")
    date = time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH", time.time())))
    yield f".Dd {time.strftime('%B', date)} {date.tm_mday}, {date.tm_year}"
    yield f".Dt {name.upper()} 1"
    yield f".Os {name} {ask('--version').strip()}"
    yield from [".Sh NAME", f".Nm {name}", f".Nd {text(abstract[0].lower() + abstract[1:].rstrip('.'))}"]
    yield from [".Sh SYNOPSIS", f".Nm {name}", ".Ar command", ".Op Ar options", ".Op Ar arguments"]
    yield ".Sh DESCRIPTION"
    yield from prose(about)
    yield from [".Pp", f".Nm {name} Cm help Ar command", "says the same of a command as this page.", ".Sh COMMANDS"]
    for command in root["subcommands"]:
        if command["commandName"] != "help":
            yield from commands(command, [command["commandName"]])
    yield ENVIRONMENT
    yield from [".Sh EXIT STATUS", ".Bl -tag -width Ds"]
    for status in statuses.strip().rstrip(".").split(", "):
        number, meaning = status.split(" ", 1)
        yield from [f".It {number}", text(meaning)]
    yield ".El"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: Scripts/manual.py KENET")
    print("\n".join(page(sys.argv[1])))
