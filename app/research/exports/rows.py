"""What passes from the projection to the files of an export, one after the other."""

from typing import Any

# By column of `votes`. In a module of its own: who only counts or lists need not load Arrow.
Row = dict[str, Any]
