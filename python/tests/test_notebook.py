"""The notebook of the documentation runs, and its outputs are those of the analyses."""

from typing import Any

import nbformat
from conftest import ROOT
from nbclient import NotebookClient


def test_the_notebook_runs() -> None:
    notebook = nbformat.read(ROOT / "docs/python.ipynb", as_version=4)
    nbformat.validate(notebook)
    NotebookClient(notebook, timeout=None).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    said = "".join(shown(output) for output in outputs)
    assert "FEL found positive (diversifying) selection at 2 of " in said
    assert "SLAC found" in said
    assert "FUBAR found" in said
    assert "pvalue is 3; it must be a number from 0 to 1" in said
    assert [output for output in outputs if output["output_type"] == "error"] == []


def shown(output: dict[str, Any]) -> str:
    return output.get("text") or output.get("data", {}).get("text/html", "")
