"""All benches, one after the other, at sizes that end within some minutes; each file says how to run it at full size.

python -m benches
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SMALL = {
    "timelines.py": ["2000000"],
    "fold.py": ["--events", "5000000", "--peer-events", "1000000"],
    "audience.py": ["--customers", "1000000"],
    "identity.py": ["--links", "2000000"],
    "ingest_files.py": ["--events", "500000"],
    "gateway.py": ["--seconds", "5", "--steady-seconds", "5"],
    "messages.py": [],
    "clv.py": ["--customers", "100000"],
    "segments.py": [],
    "live.py": ["--events", "500000", "--seconds", "5"],
    "operators.py": ["--customers", "1000", "--seconds", "10"],
    "long_work.py": ["--events", "500000", "--seconds", "5"],
}


def main() -> int:
    folder = Path(__file__).parent
    failed = []
    for name, arguments in SMALL.items():
        print(f"\n# {name} {' '.join(arguments)}", flush=True)
        if subprocess.run([sys.executable, str(folder / name), *arguments], check=False, cwd=folder.parent).returncode:
            failed.append(name)
    if failed:
        print(f"\nThese did not finish: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
