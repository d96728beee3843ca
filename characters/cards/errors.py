from __future__ import annotations


class CardRefused(Exception):
    """A card can't be taken as it stands. Each line is one sentence with its remedy."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems

    def of(self, label: str) -> CardRefused:
        """The same, said of a file."""
        return CardRefused(*(f"{label}: {problem}" for problem in self.problems))
