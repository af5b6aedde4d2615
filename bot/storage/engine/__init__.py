"""SQLite or PostgreSQL behind two verbs, and what their errors mean."""
