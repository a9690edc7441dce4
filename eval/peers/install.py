"""Makes a virtual environment that holds the peers, and leaves it alone while requirements.txt stays the same.

    python3 install.py ENV_DIR

A comparison is only as good as the versions compared, so they are pinned and never those of the system.
"""

import argparse
import hashlib
import pathlib
import subprocess
import sys

REQUIREMENTS = pathlib.Path(__file__).with_name("requirements.txt")


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def run(command: list[str], problem: str) -> None:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        sys.exit(f"{done.stdout.strip()}\n{problem}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("env", metavar="ENV_DIR", type=pathlib.Path)
    env = parser.parse_args().env
    python = env / "bin" / "python"
    stamp = env / "requirements.sha256"
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()

    if python.exists() and stamp.exists() and stamp.read_text() == wanted:
        say(f"peers are installed in {env}")
        return
    if env.exists() and not (env / "pyvenv.cfg").exists() and (not env.is_dir() or any(env.iterdir())):
        sys.exit(f"{env} is not a virtual environment; name a folder that is empty or not there yet")

    say(f"making a virtual environment in {env}")
    run(
        [sys.executable, "-m", "venv", "--clear", str(env)],
        f"cannot make a virtual environment in {env}; install the venv module of {sys.executable}"
        " (on Debian: apt install python3-venv)",
    )
    say(f"installing {', '.join(REQUIREMENTS.read_text().split())}")
    run(
        [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--only-binary", ":all:"]
        + ["--requirement", str(REQUIREMENTS)],
        f"cannot install {REQUIREMENTS}; check the network and that {sys.executable} is Python 3.11 or later",
    )
    stamp.write_text(wanted)
    say(f"peers are installed in {env}")


if __name__ == "__main__":
    main()
