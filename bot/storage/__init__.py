"""Everything that is SQL. Functions here are plain and take a `Connection`; `Database` runs them in transactions."""
