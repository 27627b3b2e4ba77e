"""Tests start the shop's processes by the hundred: what Python compiled is kept, also where the
machine says otherwise, or each start compiles every library anew."""

import os
import sys

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
