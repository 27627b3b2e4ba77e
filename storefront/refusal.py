"""The base of every "no" the shop can say."""


class Refusal(Exception):
    """A "no", worded for the person who asked: what happened, then what to do.

    An uncaught one is answered by errors.py with `status`.
    """

    status = 409

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
