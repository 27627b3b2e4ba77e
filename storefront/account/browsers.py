"""What a browser says of itself, in a few words that its owner knows it by."""

# The first that is named counts: Edge also says Chrome, and Chrome also says Safari.
PROGRAMS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"),
    ("Safari", "Safari"), ("curl", "curl"),
)  # fmt: skip
MACHINES = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("Macintosh", "Mac"), ("CrOS", "Chromebook"), ("Linux", "Linux"),
)  # fmt: skip


def named(user_agent: str) -> str:
    """Firefox, Windows; "" where neither is known. Nothing else that it says is kept."""
    found = (_first(PROGRAMS, user_agent), _first(MACHINES, user_agent))
    return ", ".join(word for word in found if word)


def _first(known: tuple[tuple[str, str], ...], said: str) -> str:
    return next((word for mark, word in known if mark in said), "")
