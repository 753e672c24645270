"""The pages an export carries for people: its dataset card and the terms of its use."""

from typing import Final

import pyarrow as pa

from app.research.exports.card_head import card_head
from app.research.exports.manifest import Manifest
from app.research.exports.request import ExportFormat, RaterScope
from app.research.exports.small_cells import SMALL_CELL
from app.research.exports.tables import TABLES, Table

README: Final = "README.md"
DATA_USE: Final = "DATA_USE.md"

_SCOPES: Final = {
    RaterScope.NONE: "`rater_id` is empty everywhere: which votes one rater cast cannot be seen.",
    RaterScope.CONVERSATION: (
        "`rater_id` joins the votes of one rater within one conversation only. The same person has another id in "
        "the next conversation, so intervals cannot be clustered by rater beyond a conversation."
    ),
    RaterScope.EXPORT: (
        "`rater_id` joins all votes that one rater cast in a quarter, within this export. Cluster intervals by it: "
        "votes of one rater are not independent."
    ),
}

_NO_K: Final = (
    "`k` is 1: no row was left out for being rare. {cells} pairs of a week and a language in here, with {rows} rows, "
    "are of a single person each. Treat rows that few others share their week and language with like a name."
)
_K: Final = (
    "`k` is {k}: at least {k} persons shared the week and the language of each row{surfaces} when the rows were "
    "chosen; {suppressed} records in smaller cells were left out. This covers nothing else that a row tells: models, "
    "judgement, ranges and text may be one person's alone."
)
_TRAIL: Final = (
    " It covers each row by itself: all rows of one `rater_id` together may well be the only ones with their weeks and "
    "languages."
)

_CARD: Final = """\
{head}
# Pairvote export {export_id}

People who used an AI product saw two answers to their own prompt side by side and said which was better, or skipped.
Each row of `votes` is one such comparison. Made in the week of {created_week}; {rows} rows, {battles} of them
judged. `manifest.json` tells how the records were chosen, what was left out and why, and counts by outcome and model.

Read `DATA_USE.md` before anything else.

## Open it

```python
import datasets, duckdb, pandas

datasets.load_dataset(".", "votes", split="train")  # or any other table
pandas.read_parquet("data/votes")
duckdb.sql("SELECT model_a, model_b, winner, count(*) FROM 'data/votes/*.parquet' GROUP BY ALL")
```

`load_dataset` opens a table without rows with `streaming=True` alone.

`sha256sum -c SHA256SUMS` checks the files; `flask export verify DIR` checks rows, counts and signature as well.

| file | what |
|---|---|
{files}

## Tables

| table | rows | what |
|---|---|---|
{tables}

All votes are in `votes`, all ratings of single responses and pages in `feedback`; the other tables hold the same in
other shapes. What has a `vote_id`, a `feedback_id` or a `conversation_id` can be joined by that.

{columns}

`conv_metadata` in `votes` has the members that Arena's style control reads: `turns`, `sum_user_tokens`, and for each
side `x` `context_x_tokens`, `sum_assistant_x_tokens`, `header_count_x` (`h1` to `h6`), `list_count_x` (`ordered`,
`unordered`) and `bold_count_x` (`**`, `__`). Ranking code that reads Arena's files runs on these as they are once
rows without a judgement, and for style control rows without text, are left out:

```python
votes = votes[votes.winner.notna() & votes.conv_metadata.notna()]
```

`trl_preference` and `trl_unpaired` are what preference trainers take as they are: conversational, with an explicit
prompt. `trl_unpaired` has absolute judgements only: both answers of votes that called both bad, and rated responses.

{battles_csv}## What to know before you draw conclusions

- a is the answer shown left, b the one shown right. The order was drawn at random for each comparison.
- Rows are in a random order that tells nothing about time. Time is known to the week, durations as ranges.
- {scope}
- {k}
- Two exports share no identifier, but the same row says the same in both. In attacks on two exports of 8,931 real votes
  every row that stood alone was matched (100%): by its text 79% of all rows, and without a look at the text still 58%.
  A match led to another vote of the same rater in no case (0%) with the scopes `none` and `conversation`, and for every
  rater (100%) with `export`; `rater_linkage` in the manifest says which holds here.
- Votes are not a random sample of uses: weight by `selection_probability` where you need one.
- Rows whose rater shared the vote only have no text and no `conv_metadata`.
- The text was searched for identifying passages by the method in `deid_level`, and no method finds all of them.
  `review_status` tells whether a person has looked. The manifest counts what was replaced.
"""

# What lies where, and for which form alone.
_FILES: Final = (
    (
        None,
        "`data/TABLE/*.parquet` | the tables below, canonical; the meaning of each column is in its field metadata too",
    ),
    (
        ExportFormat.JSONL,
        "`jsonl/TABLE-*.jsonl.gz` | the same rows in the same order, as gzipped JSON Lines; dates are YYYY-MM-DD",
    ),
    (ExportFormat.CSV, "`csv/battles.csv` | the judged comparisons without text"),
    (None, "`manifest.json`, `SHA256SUMS` | what is here, with sizes, rows and checksums"),
    (None, "`manifest.sig` | the Ed25519 signature of `manifest.json`"),
    (None, "`croissant.json` | the same for programs, as Croissant 1.1"),
    (ExportFormat.CSV, "`datapackage.json` | the CSV as a Frictionless data package"),
    (ExportFormat.JSONL, "`schema/TABLE.schema.json` | JSON Schemas of the JSON Lines"),
    (
        None,
        "`schema/{manifest,tombstones}.schema.json` | JSON Schemas of the manifest and of a tombstone",
    ),
    (None, "`reports/*.json` | what was replaced in texts, what was left out and why, which rows stand out"),
    (None, "`tombstones.jsonl` | rows that were withdrawn while this was made: delete them"),
    (None, "`DATA_USE.md` | what you may and must do"),
)
_BATTLES_CSV: Final = """\
## `csv/battles.csv`

UTF-8, RFC 4180, CRLF line ends, a header; only rows with a `winner`. A cell that a spreadsheet could take for a
formula (it starts with `=`, `+`, `-`, `@`, their full-width forms, a tab or a line end), or that starts with an
apostrophe, has an apostrophe put in front: take one leading apostrophe away to get the value.

"""

_DATA_USE: Final = """\
# Use of this data

The people behind these rows agreed to let researchers learn from what they chose. They were promised that nothing
here would lead back to them. By opening the files of export {export_id} you take part in keeping that promise.

You may study the data, fit and evaluate models and rankings on it, and publish results that show no row's text.

You must

1. not try to find out who wrote or chose anything here, nor help others to;
2. not join the rows with other data about people, or with another export, row by row, nor subtract one export from
   another. Two exports share no identifier on purpose;
3. not pass the files on. Whoever needs them asks the operator for an export of their own;
4. keep the files where only those who work with them can read them, and delete them when the work is done or the
   export expires (in the week of {expires_week});
5. delete rows that the operator names as withdrawn, from copies and derived files too, as soon as you are told. They
   are named by `vote_id`, or, where it begins with `f_`, by `feedback_id`;
6. tell the operator at once, and nobody else, if a row shows who somebody is. The text was redacted by program, and
   programs miss things.
"""


def readme_text(manifest: Manifest) -> str:
    """`README.md`. It names no model and no filter value: those are other people's words and stay in the manifest."""
    return _CARD.format(
        head=card_head(manifest.export_id, manifest.files),
        export_id=manifest.export_id,
        created_week=manifest.created_week,
        rows=f"{manifest.rows_out:,}",
        battles=f"{manifest.statistics['battles']:,}",
        tables="\n".join(_table_line(table, manifest.tables[table.name]["rows"]) for table in TABLES),
        columns="\n\n".join(_columns(table) for table in TABLES),
        files="\n".join(f"| {text} |" for form, text in _FILES if form is None or form in manifest.formats),
        battles_csv=_BATTLES_CSV if ExportFormat.CSV in manifest.formats else "",
        scope=_SCOPES[RaterScope(manifest.rater_scope)],
        k=_k(manifest),
    )


def data_use_text(manifest: Manifest) -> str:
    """`DATA_USE.md`."""
    return _DATA_USE.format(export_id=manifest.export_id, expires_week=manifest.expires_week)


def _k(manifest: Manifest) -> str:
    if manifest.k == 1:
        return _NO_K.format_map(manifest.small_cells["2"])
    told = _K.format(
        k=manifest.k,
        surfaces=", and the surface that the export is chosen by" if "surfaces" in manifest.filters else "",
        suppressed=f"{manifest.dropped.get(SMALL_CELL, 0):,}",
    )
    return told + (_TRAIL if manifest.rater_scope == RaterScope.EXPORT else "")


def _table_line(table: Table, rows: int) -> str:
    return f"| `{table.name}` | {rows:,} | {table.description} |"


def _columns(table: Table) -> str:
    lines = [
        f"### Columns of `{table.name}`",
        "",
        "| column | type | may be empty | what it is |",
        "|---|---|---|---|",
    ]
    for field, description in table.columns():
        kind = "struct" if pa.types.is_struct(field.type) else str(field.type).replace(" not null", "")
        lines.append(f"| `{field.name}` | `{kind}` | {'yes' if field.nullable else 'no'} | {description} |")
    return "\n".join(lines)
