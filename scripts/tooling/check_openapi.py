"""Whether the API's description is sound and the desk's client was made from today's code. Run by the product's Python."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def faults_of(document: dict[str, Any]) -> list[str]:
    """What is wrong with an OpenAPI document: references to nothing, operations of one name, missing answers."""
    faults = [
        f"nothing is defined at {ref}"
        for ref in sorted(set(_references(document)))
        if not _resolves(document, ref)
    ]
    operations = [
        (f"{verb.upper()} {path}", operation)
        for path, item in document.get("paths", {}).items()
        for verb, operation in item.items()
        if verb in {"get", "put", "post", "patch", "delete"}
    ]
    names = Counter(operation.get("operationId") for _, operation in operations)
    faults += [f"operationId {name} is used {count} times" for name, count in names.items() if count > 1]
    faults += [
        f"{name} describes no answer" for name, operation in operations if not operation.get("responses")
    ]
    if not operations:
        faults.append("there are no operations")
    return faults


def _references(node: object) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [ref for value in node.values() for ref in _references(value)]
    if isinstance(node, list):
        return [ref for value in node for ref in _references(value)]
    return []


def _resolves(document: dict[str, Any], reference: str) -> bool:
    node: Any = document
    for word in reference.removeprefix("#/").split("/"):
        node = node.get(word.replace("~1", "/").replace("~0", "~")) if isinstance(node, dict) else None
    return node is not None


def main() -> int:
    """Export afresh, compare with the file that the desk was built from, and look for faults."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder, "openapi.json")
        subprocess.run([sys.executable, "manage.py", "export_openapi", str(fresh)], cwd=ROOT, check=True)
        document = json.loads(fresh.read_text())
        faults = faults_of(document)
        used = ROOT / "desk" / "openapi.json"
        if not used.exists() or json.loads(used.read_text()) != document:
            faults.append("desk/openapi.json is not what the code says now")
    schema = ROOT / "desk" / "src" / "api" / "generated" / "schema.ts"
    if not schema.exists():
        faults.append("desk/src/api/generated/schema.ts was not generated")
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
