"""What the user has to change, in one line."""


class _OneLine(ValueError):
    """A message of one line: what cannot be done, why, and what to do."""

    @classmethod
    def cannot(cls, task: object, fact: object, remedy: object) -> "_OneLine":
        """``Cannot read x: it is empty (restore the file)``."""
        line = f"Cannot {task}: {fact} ({remedy})"
        return cls(" ".join(line.split()))


class ModelError(_OneLine):
    """A model that cannot be read, or a question that it cannot answer."""


class UserError(_OneLine):
    """What cannot be trained or answered on Spark as it was asked: parameters, columns, rows or the session."""
