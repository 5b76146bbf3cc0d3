"""Compares openapi.json with what the published OpenAPI documents of api-datamonkey say.

Every operation, parameter, request field and response field that is published must be in openapi.json,
with a type that a client of the published document can use, and without words that its enumerations lack.
The differences on purpose are in known.json, and in docs/API.md under "Known quirks".

usage: tests/compat/published
       tests/compat/published --distil FILE.yaml…

The second form needs PyYAML. It makes published.txt (what the documents say, taken together) and
client.json (what tests/compat/client uses of the last document).
"""

import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
FACTS = HERE / "published.txt"
CLIENT = HERE / "client.json"

# The operations that client.py calls.
CALLED = {
    "PostDataset",
    "deleteDataset",
    "deleteJob",
    "getDatasetById",
    "getDatasetsList",
    "getFELJob",
    "getFELJobById",
    "getHealth",
    "getJobById",
    "getMethodsList",
    "startFELJob",
}

HEAD = """\
# What clients of the published API may rely on: operations, their parameters, request fields, statuses and
# response fields, with their types.
#
# It is distilled from three OpenAPI documents of api-datamonkey, https://github.com/veg/api-datamonkey
# (Apache-2.0), taken together:
#
# - dist/openapi.yaml at 4db0d1b (March 2025): the first clients' form, without tokens
# - api/openapi.yaml at 563ef20 of https://github.com/veg/service-datamonkey (November 2025): what the Go
#   service served
# - dist/openapi.yaml at 819a1a1 (version 1.2.0): the contract
#
# To make it again, with client.json: tests/compat/published --distil FILE.yaml… (the contract last; needs
# PyYAML).
#
# A block is paths with their methods, then what holds for each of these operations: `path` (its parameters,
# whatever their names), `query NAME`, `header NAME`, `body`, a status, and the fields of a body down to four
# levels. What has no type may be anything.
"""


# Names of parameters of a path are not seen by clients.
def bare(path):
    return re.sub(r"{[^}]*}", "{}", path)


def resolve(document, node):
    while isinstance(node, dict) and "$ref" in node:
        target = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    # The published documents have text where a schema belongs.
    return node if isinstance(node, dict) else {}


def fields(document, schema):
    """Names and schemas of the fields of an object, its parts taken together."""
    schema = resolve(document, schema)
    found = dict(schema.get("properties", {}))
    for word in ("allOf", "oneOf", "anyOf"):
        for part in schema.get(word, []):
            found.update(fields(document, part))
    return found


def types(document, schema):
    schema = resolve(document, schema)
    kind = schema.get("type")
    if isinstance(kind, str):
        return frozenset({kind})
    if isinstance(kind, list):
        return frozenset(kind) - {"null"}
    for word in ("allOf", "oneOf", "anyOf"):
        if word in schema:
            return frozenset().union(*(types(document, part) for part in schema[word])) - {"null"}
    return frozenset({"object"} if "properties" in schema else ())


def values(document, schema):
    """The values of an enumeration; empty where there is none."""
    schema = resolve(document, schema)
    found = set(schema.get("enum", ()))
    for word in ("allOf", "oneOf", "anyOf"):
        for part in schema.get(word, []):
            found |= values(document, part)
    return found - {None}


def content(document, holder):
    """The schema of a body."""
    for body in resolve(document, holder).get("content", {}).values():
        return body.get("schema", {})
    return None


def flatten_fields(document, schema, place, depth=0):
    if depth > 3:
        return
    for name, field in fields(document, schema).items():
        assert not re.search(r"\.|: ", name), f"{name}: the form of published.txt has no such names"
        yield f"{place}.{name}", types(document, field)
        yield from flatten_fields(document, field, f"{place}.{name}", depth + 1)


def all_operations(document):
    """The operations of a document: a name, the parameters of the path, and the operation."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in ("get", "post", "put", "delete", "patch"):
                yield f"{method.upper()} {bare(path)}", item.get("parameters", []), operation


def flatten(document):
    """What a document says: operations, places in them, and types."""
    for name, shared, operation in all_operations(document):
        yield name, "", frozenset()
        for parameter in shared + operation.get("parameters", []):
            parameter = resolve(document, parameter)
            place = "path" if parameter["in"] == "path" else f"{parameter['in']} {parameter['name']}"
            yield name, place, types(document, parameter.get("schema", {}))
        body = content(document, operation.get("requestBody"))
        holders = [("body", body)] if body is not None else []
        for status, response in operation.get("responses", {}).items():
            holders.append((status, content(document, response)))
        for place, schema in holders:
            yield name, place, frozenset()
            for field, kinds in flatten_fields(document, schema, f"{place} "):
                yield name, field, kinds


def heading(operations):
    """Paths with their methods. Paths of analyses that have the same methods share a line."""
    methods, analyses = {}, {}
    for operation in sorted(operations):
        method, path = operation.split()
        methods.setdefault(path, []).append(method)
    for path, having in methods.items():
        start, name, end = re.fullmatch(r"(/methods/)(.+)(-\w+)|.*", path).groups()
        analyses.setdefault((start or path, end or "", " ".join(having)), []).append(name)
    return "\n".join(
        sorted(
            f"{start}({'|'.join(sorted(names))}){end} {having}" if end else f"{start} {having}"
            for (start, end, having), names in analyses.items()
        )
    )


def distil(documents):
    """The text of published.txt: what operations have in common stands once."""
    operations = {}
    for document in documents:
        for operation, place, kinds in flatten(document):
            if place:
                fact = f"{place}: {'/'.join(sorted(kinds))}" if kinds else place
                operations.setdefault(fact, set()).add(operation)
    blocks = {}
    for fact, having in operations.items():
        blocks.setdefault(heading(having), []).append(fact)
    return HEAD + "".join(
        "\n" + "\n".join([head, *(f"  {fact}" for fact in sorted(blocks[head]))]) + "\n"
        for head in sorted(blocks)
    )


def undistil(text):
    """What `flatten` said of the documents."""
    operations, complete = [], False
    for line in text.splitlines():
        if line.startswith("  "):
            place, _, kinds = line.strip().partition(": ")
            for operation in operations:
                yield operation, place, frozenset(kinds.split("/") if kinds else ())
            complete = True
        elif line and not line.startswith("#"):
            if complete:
                operations, complete = [], False
            path, *methods = line.split()
            start, names, end = re.fullmatch(r"(.*)\((.*)\)(.*)|.*", path).groups()
            paths = [start + name + end for name in names.split("|")] if names else [path]
            operations += [f"{method} {path}" for method in methods for path in paths]


def excerpt(document):
    """The called operations, and what they refer to, without the prose."""

    def bones(node, names=False):
        if isinstance(node, list):
            return [bones(part) for part in node]
        if not isinstance(node, dict):
            return node
        prose = ("description", "example", "examples", "summary", "title")
        return {
            key: bones(part, key in ("properties", "responses") and not names)
            for key, part in node.items()
            if names or not (key in prose or key.startswith("x-"))
        }

    paths = {}
    for path, item in document["paths"].items():
        called = {m: o for m, o in item.items() if m != "parameters" and o.get("operationId") in CALLED}
        if called:
            paths[path] = bones({"parameters": item.get("parameters", [])} | called)
    components, left = {}, [paths]
    while left:
        for group, name in re.findall(r'"#/components/(\w+)/([^"]+)"', json.dumps(left.pop())):
            if name not in components.setdefault(group, {}):
                components[group][name] = bones(document["components"][group][name])
                left.append(components[group][name])
    info = {
        "title": "api-datamonkey",
        "version": document["info"]["version"],
        "description": "An excerpt of https://github.com/veg/api-datamonkey (Apache-2.0), made by "
        "tests/compat/published --distil.",
    }
    return {"openapi": document["openapi"], "info": info, "paths": paths, "components": components}


def parent(place):
    return place.rpartition(".")[0].strip() if " ." in place else ""


def fits(old, new):
    """Whether clients that know the types `old` can use `new`. Nothing said fits anything."""
    wide = lambda kinds: kinds | ({"number"} if "integer" in kinds else set())
    return not old or not new or bool(wide(old) & wide(new))


def differences(published, document):
    ours = {(operation, place): kinds for operation, place, kinds in flatten(document)}
    # An object whose fields are not named holds any.
    named = {(operation, parent(place)) for operation, place in ours}
    for operation, place, was in published:
        here = f"{operation} {place}"
        now = ours.get((operation, place))
        if (operation, "") not in ours:
            yield f"{operation}: missing"
        elif now is None:
            if (operation, parent(place)) in named:
                yield f"{here}: missing"
        elif not fits(was, now):
            yield f"{here}: {'/'.join(sorted(was))} is now {'/'.join(sorted(now))}"


def enumerations(document):
    """Places in responses that hold one of a set of words."""
    for name, _, operation in all_operations(document):
        for status, response in operation.get("responses", {}).items():
            schema = content(document, response) or {}
            for field, found in enumerated_fields(document, schema, f"{status} "):
                yield f"{name} {field}", found


def enumerated_fields(document, schema, place, depth=0):
    if depth > 3:
        return
    for name, field in fields(document, schema).items():
        yield f"{place}.{name}", values(document, field)
        items = resolve(document, field).get("items", {})
        for inner in (field, items):
            yield from enumerated_fields(document, inner, f"{place}.{name}", depth + 1)


def new_words(published, document):
    """Words in responses that clients of the published enumerations reject."""
    ours = dict(enumerations(document))
    for place, was in enumerations(published):
        if was and (new := ours.get(place, set()) - was):
            yield f"{place}: {'/'.join(sorted(was))} is now also {'/'.join(sorted(new))}"


def compare():
    # Regular expressions of differences, each with why it is right. docs/API.md says the same.
    known = json.loads((HERE / "known.json").read_text())
    document = json.loads((HERE.parents[1] / "openapi.json").read_text())
    used, wrong = set(), []
    found = set(differences(undistil(FACTS.read_text()), document))
    found |= set(new_words(json.loads(CLIENT.read_text()), document))
    for difference in sorted(found):
        reason = next((k for k in known if re.match(k, difference)), None)
        if reason is None:
            wrong.append(difference)
        else:
            used.add(reason)
    for line in wrong:
        print(line)
    print(f"{len(wrong)} differences that are not known; {len(used)} of {len(known)} known are seen")
    sys.exit(bool(wrong))


def main():
    if sys.argv[1:2] == ["--distil"] and sys.argv[2:]:
        import yaml

        documents = [yaml.safe_load(pathlib.Path(name).read_text()) for name in sys.argv[2:]]
        FACTS.write_text(distil(documents))
        CLIENT.write_text(json.dumps(excerpt(documents[-1]), indent=1) + "\n")
    elif sys.argv[1:]:
        sys.exit(__doc__)
    else:
        compare()


if __name__ == "__main__":
    main()
