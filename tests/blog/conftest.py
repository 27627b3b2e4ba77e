"""What is read in an article is bought at the checkout."""

from tests.checkout.conftest import emulator

__all__ = ["emulator"]
