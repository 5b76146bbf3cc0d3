"""Compares openapi.json with the published files of api-datamonkey.

Every operation, parameter, request field and response field that is published must be here with a
type that a client of the published file can use. What differs on purpose is in KNOWN, and in
docs/API.md under "Known quirks".

usage: tests/compat/published [FILE.yaml…]

Without files: those in the folder api-datamonkey beside this.
"""

import json
import pathlib
import re
import sys

import yaml

HERE = pathlib.Path(__file__).resolve().parent

# Regular expressions of differences, each with why it is right. docs/API.md says the same.
KNOWN = json.loads((HERE / "known.json").read_text())


# Names of parameters of a path are not seen by clients.
bare = lambda path: re.sub(r"{[^}]*}", "{}", path)


def resolve(document, node):
    while isinstance(node, dict) and "$ref" in node:
        target = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def fields(document, schema):
    """Names and schemas of the fields of an object, its parts taken together."""
    schema = resolve(document, schema) or {}
    found = dict(schema.get("properties", {}))
    for word in ("allOf", "oneOf", "anyOf"):
        for part in schema.get(word, []):
            found.update(fields(document, part))
    return found


def types(document, schema):
    schema = resolve(document, schema) or {}
    kind = schema.get("type")
    if isinstance(kind, str):
        return {kind}
    if isinstance(kind, list):
        return set(kind) - {"null"}
    for word in ("allOf", "oneOf", "anyOf"):
        if word in schema:
            return set().union(*(types(document, part) for part in schema[word])) - {"null"}
    return {"object"} if "properties" in schema else set()


def fits(old, new):
    """Whether clients that know the types `old` can use `new`. Nothing said fits anything."""
    wide = lambda kinds: kinds | ({"number"} if "integer" in kinds else set())
    return not old or not new or bool(wide(old) & wide(new))


def content(document, holder):
    """The schema of a body."""
    bodies = (resolve(document, holder) or {}).get("content", {})
    for body in bodies.values():
        return body.get("schema", {})
    return None


def compare_fields(where, old, new, old_schema, new_schema, depth=0):
    if depth > 3:
        return
    theirs, ours = fields(old, old_schema), fields(new, new_schema)
    for name, schema in theirs.items():
        here = f"{where}.{name}"
        if name not in ours:
            # An object whose fields are not named holds any.
            if ours:
                yield f"{here}: missing"
            continue
        was, now = types(old, schema), types(new, ours[name])
        if not fits(was, now):
            yield f"{here}: {'/'.join(sorted(was))} is now {'/'.join(sorted(now))}"
        yield from compare_fields(here, old, new, schema, ours[name], depth + 1)


def differences(old, new):
    here_by_path = {bare(path): item for path, item in new["paths"].items()}
    for path, item in old["paths"].items():
        for method, operation in item.items():
            if method not in ("get", "post", "put", "delete", "patch"):
                continue
            where = f"{method.upper()} {path}"
            ours = here_by_path.get(bare(path), {}).get(method)
            if ours is None:
                yield f"{where}: missing"
                continue
            parameters = {
                (p["name"] if p["in"] != "path" else "", p["in"]): p
                for p in (resolve(new, p) for p in ours.get("parameters", []))
            }
            for parameter in operation.get("parameters", []) + item.get("parameters", []):
                parameter = resolve(old, parameter)
                place = parameter["in"]
                name = (parameter["name"] if place != "path" else "", place)
                here = f"{where} {parameter['in']} {parameter['name']}"
                if name not in parameters:
                    yield f"{here}: missing"
                elif not fits(
                    types(old, parameter.get("schema", {})),
                    types(new, parameters[name].get("schema", {})),
                ):
                    yield f"{here}: another type"
            body = content(old, operation.get("requestBody"))
            if body is not None:
                mine = content(new, ours.get("requestBody"))
                if mine is None:
                    yield f"{where} body: missing"
                else:
                    yield from compare_fields(f"{where} body", old, new, body, mine)
            for status, response in operation.get("responses", {}).items():
                mine = ours.get("responses", {}).get(status)
                if mine is None:
                    yield f"{status}: missing from {where}"
                    continue
                body, mine = content(old, response), content(new, mine)
                if body is not None and mine is not None:
                    yield from compare_fields(f"{status} of {where}", old, new, body, mine)


def main():
    new = json.loads((HERE.parents[1] / "openapi.json").read_text())
    used, wrong = set(), []
    for name in sys.argv[1:] or sorted((HERE / "api-datamonkey").glob("openapi*.yaml")):
        old = yaml.safe_load(pathlib.Path(name).read_text())
        for difference in differences(old, new):
            known = next((k for k in KNOWN if re.match(k, difference)), None)
            if known is None:
                wrong.append(f"{pathlib.Path(name).name}: {difference}")
            else:
                used.add(known)
    for line in sorted(set(wrong)):
        print(line)
    print(f"{len(set(wrong))} differences that are not known; {len(used)} of {len(KNOWN)} known are seen")
    sys.exit(bool(wrong))


main()
