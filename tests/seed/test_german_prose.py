"""The demo shop abroad says all of its products' texts in German."""

from pathlib import Path

import pytest

from storefront.seed import abroad

PROSE = Path(abroad.__file__).parent / "prose"


@pytest.mark.parametrize("path", sorted(PROSE.glob("*.md")), ids=lambda path: path.stem)
def test_every_text_has_a_german_twin_with_as_many_headings(path: Path):
    twin = (PROSE / "de" / path.name).read_text(encoding="utf-8")
    original = path.read_text(encoding="utf-8")
    assert not set(twin.split("\n\n")) & set(original.split("\n\n"))
    assert twin.count("\n#") == original.count("\n#")
