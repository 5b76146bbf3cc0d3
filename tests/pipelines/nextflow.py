"""Reads the Nextflow files with a parser, and runs the script of the process as Nextflow writes it: names in place
of ${…}, and one backslash in place of two.

usage: nextflow.py PROGRAM
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from reftrace import ConfigFile, Module

program = Path(sys.argv[1]).resolve()
example = Path("pipelines/example").resolve()
folder = Path("pipelines/nextflow")
process = folder / "modules/datamonkey/run/main.nf"

module = Module.from_file(str(process))
assert [it.name for it in module.processes] == ["DATAMONKEY_RUN"], module
assert module.processes[0].labels[0].value == "process_medium"
workflow = Module.from_file(str(folder / "main.nf"))
assert len(workflow.workflows) == 1 and len(workflow.includes) == 1, workflow
ConfigFile.from_file(str(folder / "nextflow.config"))

values = {
    "meta.id": "alpha",
    "alignment": str(example / "genes/alpha.fasta"),
    "alignment.simpleName": "alpha",
    "trees": f"--trees '{example}/trees/alpha.nwk'",
    "method": "fel",
    "prefix": "out",
    "args": "--engine native",
    "task.cpus": "1",
    "task.process": "DATAMONKEY_RUN",
}


def filled(text):
    text = re.sub(r"(?<!\\)\$\{([^}]*)\}", lambda name: values[name[1]], text)
    return re.sub(r"\\([\\$])", r"\1", text)


text = process.read_text()
outputs = [filled(name) for name in re.findall(r'path\("([^"]*)"\)|path "([^"]*)"', text.split("when:")[0]) for name in name if name]
assert len(outputs) == 5, outputs
for block in ("script", "stub"):
    script = filled(re.search(rf'{block}:.*?"""\n(.*?)"""', text, re.S)[1])
    # Nextflow takes away what all lines are indented by.
    script = "\n".join(line.removeprefix("    ") for line in script.split("\n"))
    with tempfile.TemporaryDirectory() as work:
        environment = {"PATH": f"{program.parent}:{os.environ['PATH']}"}
        done = subprocess.run(["bash", "-ue", "-c", script], cwd=work, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"
        for output in outputs:
            assert list(Path(work).glob(output)), f"{block} leaves no {output}"
        versions = Path(work, "versions.yml").read_text()
        assert re.fullmatch(r'"DATAMONKEY_RUN":\n    datamonkey: \d+\.\d+\.\d+\n', versions), versions
print("The Nextflow files can be read, and the script and the stub of the process leave what they should")
