"""docs/retention.md: every class of what is kept, made from the declarations."""

from collections.abc import Iterator
from typing import Final

from app.core.retention import RetentionClass, all_classes
from app.core.settings import PREFIX

_HEAD: Final = """\
# Retention

How long everything is kept, made from what tables and files declare by `flask docs retention > docs/retention.md`; a
test keeps it true. [The data map](data-map.md) tells what is in each table.

The job `retention` goes through all classes with a period every hour, and deletes what is due in short transactions. It
can be killed at any point; the next run goes on from there. With a period of N days something is still there N days
later, and gone the day after. Of a class that is kept *at most* N days, a row that knows its day alone goes as the
Nth day after it begins, as if it had come with the first moment of its own.

```sh
flask retention run --dry-run                # what a run would delete now, class by class
flask retention run --class reports          # only one class
flask retention status                       # last run, next run, what was deleted
flask workspace set NAME --retention reports=30 --retention comparisons=60
flask workspace set NAME --retention reports=      # as everybody again
```

`GET /v1/retention` tells a workspace its periods and counts, with a key of the scope `policy`. In `/metrics`, watch
`pairvote_retention_last_run_timestamp_seconds` and `pairvote_retention_deleted_total`, by zone and class (`kept`). A
run that `flask retention status --json` tells no end of goes on still, or was killed.

A shorter period holds from the next run on, for what is there already too. Exports are the exception: each is given its
end when it is asked for, is told it, and keeps it.

Neither logs nor crash reports are files of Pairvote's: it logs to standard error. What is in backups goes with them,
and its content cannot be read once its key is gone. Of exports in a store (`PAIRVOTE_EXPORTS_URL`), those that the
database knows are deleted; give the store a rule of its own for the rest. `flask export verify` works in the system's
folder for temporary files, which the system clears.

## What ends by age
"""
_COLUMNS: Final = """\
| zone | class | days | a workspace may choose | counts from | how it ends |
|---|---|---|---|---|---|"""
_OTHERS: Final = """\
## What ends otherwise, or stays

| zone | class | kept |
|---|---|---|"""


def retention_markdown() -> str:
    """docs/retention.md."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield _HEAD
    yield _COLUMNS
    yield from (_row(each) for each in all_classes() if each.has_period)
    yield ""
    yield _OTHERS
    for each in all_classes():
        if not each.has_period:
            yield f"| {each.zone} | `{each.name}` | {each.retention.rule} |"


def _row(each: RetentionClass) -> str:
    kept = each.retention
    days = f"at most {kept.days}" if kept.is_at_most else f"{kept.days}"
    if kept.setting is not None:
        days += f" (`{PREFIX}{kept.setting.upper()}`)"
    bounds = f"{kept.bounds[0]} to {kept.bounds[1]}" if kept.bounds is not None else ""
    return f"| {each.zone} | `{each.name}` | {days} | {bounds} | `{kept.clock_column}` | {kept.rule} |"
