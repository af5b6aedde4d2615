"""The rules of the trade: pure functions over frozen values, no database, no network, no clock of their own."""
