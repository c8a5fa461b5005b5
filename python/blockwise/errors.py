"""What is wrong with a model or with what it is asked, in one line."""


class ModelError(ValueError):
    """A model that cannot be read, or a question that it cannot answer. The message is one line: what cannot be done, why, and
    what to do."""

    @classmethod
    def cannot(cls, task: object, fact: object, remedy: object) -> "ModelError":
        """``Cannot read x: it is empty (restore the file)``."""
        line = f"Cannot {task}: {fact} ({remedy})"
        return cls(" ".join(line.split()))
