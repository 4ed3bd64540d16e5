"""The trace store: append-only traces in SQL, with integrity checks, migrations and exports.

Not a cache and not a queue. SQLite in WAL mode by default, PostgreSQL by URL; nothing outside this
package knows which.
"""
