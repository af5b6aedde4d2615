"""Which databases a story is told on: both in turn, unless it asks nothing of them that others do not ask."""

from __future__ import annotations

import pytest

DATABASES = ("sqlite", "postgresql")
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what does not depend on the database."""
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
"""For what transactions do to each other that are under way at the same time."""
