"""What the report reads of each kind of record, and the values that it may have; more is in the schema, and ignored here.

A shape is a function from a value to what is wrong with it, or None. `optional` keys may be missing; null is allowed
only where it is said."""

LARGEST = 2**63  # counts and nanoseconds are 64-bit integers where they come from
STATUSES = ("ok", "unsupported", "failed", "crashed", "hung", "interrupted")


def count(value):
    """A whole number from 0."""
    good = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < LARGEST
    return None if good else "is no count"


def number(value):
    """A finite number from 0."""
    good = isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 1e300
    return None if good else "is no number from 0"


def text(value):
    return None if isinstance(value, str) else "is no text"


def flag(value):
    return None if isinstance(value, bool) else "is neither true nor false"


def anything(_):
    return None


def null_or(shape):
    return lambda value: None if value is None else shape(value)


def one_of(*words):
    return lambda value: None if value in words else f"is none of {', '.join(words)}"


def many(shape, least=0):
    """A list of values of one shape."""

    def check(value):
        if not isinstance(value, list) or len(value) < least:
            return "is no list" if least == 0 else f"is no list of at least {least}"
        return next((wrong for wrong in map(shape, value) if wrong), None)

    return check


def table(shape):
    """An object whose keys are free and whose values have one shape."""

    def check(value):
        if not isinstance(value, dict):
            return "is no object"
        return next(
            (f"has a {key!r} that {wrong}" for key, wrong in ((k, shape(v)) for k, v in value.items()) if wrong), None
        )

    return check


def keyed(needed, optional=None):
    """An object with the keys that are needed, and optional ones; others are ignored."""

    def check(value):
        if not isinstance(value, dict):
            return "is no object"
        for key, shape in needed.items():
            if key not in value:
                return f'has no "{key}"'
            wrong = shape(value[key])
            if wrong:
                return f'has a "{key}" that {wrong}'
        for key, shape in (optional or {}).items():
            wrong = shape(value[key]) if key in value else None
            if wrong:
                return f'has a "{key}" that {wrong}'
        return None

    return check


def both(first, second):
    return lambda value: first(value) or second(value)


def at_least_one(value):
    return None if value >= 1 else "is below 1"


def even_rows(progress):
    """Progress has one count per interval, and intervals that follow each other."""
    ends, rows = progress["end_ns"], progress["operations"]
    if any(b <= a for a, b in zip([0] + ends, ends)):
        return 'has an "end_ns" that does not ascend'
    return None if all(len(row) == len(ends) for row in rows) else "has not one count per interval"


maybe_text, maybe_count, maybe_number = null_or(text), null_or(count), null_or(number)

CONTENDER = {
    "effective_operations": maybe_number,
    "entitlement_ratio": maybe_number,
    "longest_gap_ns": maybe_count,
    "units": many(count),
    "class": text,
}
METRICS = {
    name: maybe_number
    for name in (
        "throughput_per_s minimum_share_ratio longest_gap_ns longest_gap_resolution_ns longest_gap_contender jain_ratio"
        " starvation_episodes scheduler_episodes starved_contenders fairness_factor_ratio"
        " random_minimum_share_ratio"
    ).split()
}
METRICS.update(longest_gap_censored=null_or(flag), window_too_short=null_or(flag), longest_gap_contender=maybe_count)
POINT = keyed(
    {"workload": text, "parameters": table(anything), "workers": count, "pin": text},
    {"time_ns": count, "warmup_ns": count, "as": text},
)
FINDING = keyed({"kind": text, "certainty": text, "text": text}, {"expected": flag})
PARTY = keyed(
    {"companion": maybe_count, "workload": text},
    {
        **{k: maybe_number for k in "throughput_alone_per_s throughput_beside_per_s throughput_ratio".split()},
        **{f"minimum_share_{when}_ratio": maybe_number for when in ("alone", "beside")},
        **{f"longest_gap_{when}_ns": maybe_count for when in ("alone", "beside")},
        **{f"{what}_{when}": maybe_count for what in ("starved", "starvation_episodes") for when in ("alone", "beside")},
    },
)
TREE_KEYS = {"os_index": maybe_count, "size_bytes": maybe_count}


def tree(value, depth=0):
    """hwloc's objects within objects."""
    if depth > 40:
        return "is nested too deeply"
    wrong = keyed({"type": text}, TREE_KEYS)(value)
    children = value.get("children", []) if not wrong else []
    if not isinstance(children, list):
        return 'has "children" that are no list'
    return wrong or next((w for w in (tree(child, depth + 1) for child in children) if w), None)


SHAPES = {
    "header": keyed(
        {
            "schema": text,
            "run_id": text,
            "argv": many(text),
            "tool_version": text,
            "git_revision": text,
            "started_realtime_ns": count,
        },
        {"resumed": flag, "note": maybe_text},
    ),
    "machine": keyed(
        {
            "packages": count,
            "nodes": count,
            "cores": count,
            "units": both(count, at_least_one),
            "allowed_units": many(count),
            "topology": tree,
        },
        {
            **{
                k: maybe_text
                for k in "hostname cpu_model kernel command_line governor clock_source virtualisation libc".split()
            },
            "memory_bytes": maybe_count,
            "mitigations": null_or(table(text)),
        },
    ),
    "build": keyed({"compiler": text, "flags": text}),
    "plugin": keyed(
        {
            "path": text,
            "workloads": many(keyed({"id": text}, {"control": maybe_text, "parameter_types": table(text)})),
        },
        {"name": maybe_text, "sha256": maybe_text},
    ),
    "plan": keyed({"seed": count, "blocks": count, "points": many(POINT)}),
    "trial": keyed(
        {
            "workload": text,
            "family": text,
            "parameters": table(anything),
            "workers": both(count, at_least_one),
            "as": text,
            "pin": text,
            "oversubscribed": flag,
            "probes": text,
            "block": count,
            "trial": count,
            "role": text,
            "status": one_of(*STATUSES),
            "findings": many(FINDING),
            "window_ns": count,
            "per_worker": many(keyed({"worker": count, "operations": count}, CONTENDER)),
            "metrics": keyed({}, METRICS),
            "progress": both(keyed({"end_ns": many(count), "operations": many(many(count))}), even_rows),
        },
        {
            "group": text,
            "operation": text,
            "reason": maybe_text,
            "time_ns": count,
            "failure": null_or(keyed({}, {"phase": text, "worker": maybe_count})),
            "per_contender": null_or(many(keyed({"operations": count, "class": text}, CONTENDER))),
            "with": many(text),
            "companions": many(
                keyed({}, {"workload": text, "workers": count, "parameters": table(anything), "pin": text})
            ),
            "interference": keyed({"of": count, "parties": many(PARTY)}),
        },
    ),
    "reproduction": keyed({"what": text, "command": text, "shown": count, "tried": count}),
    "warning": keyed({"code": text, "cause": text, "next": text, "detail": text}),
    "footer": keyed({"sha256": text}, {"lines": count}),
}


def wrong_with(kind, entry):
    """What is wrong with a record, to follow 'the KIND …'; None if nothing is, or the kind is not known."""
    shape = SHAPES.get(kind)
    return shape(entry) if shape else None
