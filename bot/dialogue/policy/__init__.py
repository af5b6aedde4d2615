"""The rules of answering, by theme. Each looks at one question and rules, or says in words why it does not apply."""
