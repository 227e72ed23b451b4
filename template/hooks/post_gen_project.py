"""Takes out what Python wrote into an installed template, compiled and with that machine's paths inside."""

import shutil
from pathlib import Path

for cache in list(Path().rglob("__pycache__")):
    shutil.rmtree(cache)
