"""What a check has to say: one finding each, and what it keeps from happening.

Said to staff, so in English, as all of the admin is.
"""

import hashlib
from dataclasses import dataclass

BLOCK, WARN, NOTE = "block", "warn", "note"
ORDER = (BLOCK, WARN, NOTE)


@dataclass(frozen=True, slots=True)
class Finding:
    """`field` and `line` (of the text, from 1; 0: none) say where; `about`: the words it is about.

    A claim may be let through by a person with a reason; `digest` then says which one it was.
    """

    severity: str
    rule: str
    words: str
    field: str = "body"
    line: int = 0
    about: str = ""
    digest: str = ""

    @property
    def is_claim(self) -> bool:
        return bool(self.digest)

    @property
    def needs_decision(self) -> bool:
        """Not published until somebody answers for it."""
        return self.is_claim and self.severity in {BLOCK, WARN}

    @property
    def is_final(self) -> bool:
        """Nobody can let it through: the text must change."""
        return self.severity == BLOCK and not self.is_claim


def digest_of(rule: str, field: str, sentence: str) -> str:
    """The same while the sentence is; moved to another line it is still the same one."""
    words = " ".join(sentence.split())
    return hashlib.sha256(f"{rule}\n{field}\n{words}".encode()).hexdigest()[:32]


def in_order(findings: list[Finding]) -> list[Finding]:
    """What blocks first, then as the text is read."""
    return sorted(findings, key=lambda one: (ORDER.index(one.severity), one.line, one.field))
