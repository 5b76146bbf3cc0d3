"""Makes the command of every tool for Galaxy as Galaxy makes it, with the values of the tool's test, and gives it
to the program. Tools that the native engine has are run. Others are sent to a service that does not exist: exit
code 4 says that the program has understood the command.

usage: galaxy.py PROGRAM FOLDER
"""

import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml
from pathlib import Path

from Cheetah.Template import Template

program, folder = Path(sys.argv[1]).resolve(), Path(sys.argv[2])


class Fields:
    """The fields of a section or of one repetition."""

    def __init__(self, fields):
        self.__dict__.update(fields)


def name(field):
    return field.get("name") or field.get("argument").lstrip("-").replace("-", "_")


def default(field):
    if field.get("type") == "boolean":
        return field.get("checked")
    if field.get("type") == "select":
        options = field.findall("option")
        chosen = [option.get("value") for option in options if option.get("selected") == "true"]
        return "None" if field.get("optional") == "true" else (chosen or [options[0].get("value")])[0]
    return field.get("value", "None" if field.get("type") == "data" else "")


def values(inputs, given, data):
    """What Galaxy puts in place of the fields: the test's values, or else the defaults."""
    filled = {}
    for field in inputs:
        if field.tag == "section":
            inner = [one for one in given.findall("section") if one.get("name") == field.get("name")]
            filled[field.get("name")] = Fields(values(field, inner[0] if inner else xml.Element("none"), data))
        elif field.tag == "repeat":
            times = [one for one in given.findall("repeat") if one.get("name") == field.get("name")]
            filled[field.get("name")] = [Fields(values(field, one, data)) for one in times]
        else:
            found = [one.get("value") for one in given.findall("param") if one.get("name") == name(field)]
            value = (found or [default(field)])[0]
            if field.get("type") == "data" and found:
                value = str(data / value)
            if field.get("type") == "boolean":
                value = field.get("truevalue" if value == "true" else "falsevalue")
            filled[name(field)] = value
    return filled


def check(tool):
    root = xml.parse(tool).getroot()
    test = root.find("tests/test")
    with tempfile.TemporaryDirectory() as work:
        filled = values(root.find("inputs"), test, (folder / "test-data").resolve())
        outputs = {output.get("name"): Path(work, output.get("name")) for output in root.find("outputs")}
        filled.update({key: str(path) for key, path in outputs.items()})
        command = str(Template(root.find("command").text, searchList=[filled]))
        is_native = filled.get("engine") == "native"
        environment = {"PATH": f"{program.parent}:{os.environ['PATH']}"}
        if not is_native:
            environment["DATAMONKEY_SERVER"] = "http://127.0.0.1:1"
        line = " ".join(command.split("\n"))
        done = subprocess.run(["sh", "-c", line], cwd=work, env=environment, capture_output=True, text=True)
        assert done.returncode == (0 if is_native else 4), f"{tool.name}: {line}\n{done.stdout}{done.stderr}"
        if not is_native:
            return False
        for output in test.findall("output"):
            content = outputs[output.get("name")].read_text()
            for wanted in output.iter("has_text"):
                assert wanted.get("text") in content, f"{tool.name}: {output.get('name')} lacks {wanted.get('text')}"
        return True


tools = sorted(folder.glob("datamonkey_*.xml"))
run = sum(map(check, tools))
assert run >= 4, f"only {run} tools were run"
print(f"{len(tools)} tools for Galaxy: the program understands their commands, and {run} were run")
