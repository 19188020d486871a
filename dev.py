"""Set the project up, run it, test it: one file that needs nothing but Python.

`python3 dev.py run` opens the window with the sample project; `python3 dev.py test` runs every test
and every check. Both first make `.venv` beside this file and install the versions that
constraints.txt names; the second time that costs a tenth of a second. This file imports the
standard library only, and is written so that an old Python can still read it and say it is old.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "netwright-stamp"
SAMPLE = ROOT / "resources/samples/digits/digits.yaml"
OLDEST_PYTHON = (3, 11)

# PyTorch's own index of builds without CUDA; elsewhere than on Linux the ordinary build is one.
TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"
INDEX_PATIENCE = 3.0  # seconds

# Shared libraries that Qt opens, and the Debian package each one comes with.
QT_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
}
WINDOW_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
}

USAGE = """usage: python3 dev.py COMMAND [ARGUMENTS]

  run [SPEC or DATA]   open the window (with the sample project when nothing is named);
                       without a screen, train the sample in this terminal
  test [PYTEST ...]    run the tests and the checks; arguments go to pytest
  check                only the checks: style, types, import contracts
  setup                only make .venv

NETWRIGHT_TORCH=cpu|default chooses the build of torch for a new .venv; left alone, Linux without
an NVIDIA GPU takes the small build without CUDA where it can be had.
"""


class DevError(Exception):
    """Something the person at the keyboard has to mend; the sentence says what."""


def say(sentence: str) -> None:
    """Print a sentence about what is being done."""
    print(f"dev.py: {sentence}", flush=True)


# -------------------------------------------------------------------------------- environment


def stamp_text() -> str:
    """Return what a finished `.venv` must have been made from, as a hash."""
    digest = hashlib.sha256(f"{sys.version_info[:3]} {ROOT}".encode())
    for name in ("pyproject.toml", "constraints.txt"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def is_ready() -> bool:
    """Tell whether `.venv` is complete and made from the files as they are now."""
    return PYTHON.exists() and STAMP.exists() and STAMP.read_text() == stamp_text()


def set_up() -> None:
    """Make or complete `.venv`; an interrupted set-up is continued where it stopped."""
    if is_ready():
        return
    started = time.monotonic()
    _make_venv()
    say("Installing PyTorch, Qt and the other libraries: one to five minutes the first time.")
    _pip(*torch_arguments(), f"torch=={pinned('torch')}", "hatchling")
    _pip("--no-build-isolation", "-e", f"{ROOT}[dev]")
    STAMP.write_text(stamp_text())
    say(f"Everything is installed in .venv ({time.monotonic() - started:.0f} s).")


def _make_venv() -> None:
    if PYTHON.exists() and _version_of(PYTHON) == sys.version_info[:3]:
        STAMP.unlink(missing_ok=True)
        return
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        _add_venv_package()
    say(f"Making .venv with Python {platform.python_version()}.")
    if VENV.exists():
        shutil.rmtree(VENV)
    if subprocess.call([sys.executable, "-m", "venv", str(VENV)]) != 0:
        raise DevError("Python could not make .venv; its own words are above.")


def _version_of(python: Path) -> tuple[int, ...]:
    asked = [str(python), "-c", "import pip, sys; print(*sys.version_info[:3])"]
    answer = subprocess.run(asked, capture_output=True, text=True, check=False)
    return tuple(int(word) for word in answer.stdout.split())


def _add_venv_package() -> None:
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    if not install_debian([package]):
        raise DevError(
            f"This Python cannot make environments. On Debian and Ubuntu: {apt_command([package])}"
        )
    importlib.invalidate_caches()


def _pip(*arguments: str) -> None:
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check"]
    quiet = [] if sys.stdout.isatty() else ["--quiet"]
    pins = ["-c", str(ROOT / "constraints.txt")]
    if subprocess.call([*command, *quiet, *pins, *arguments]) != 0:
        raise DevError(
            "pip could not install everything; its own words are above. "
            "The same command again continues where it stopped."
        )


def pinned(package: str) -> str:
    """Return the version that constraints.txt names for `package`."""
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        name, _, version = line.partition("==")
        if name.lower() == package.lower():
            return version.split(";")[0].strip()
    raise DevError(f"constraints.txt does not name {package}.")


# -------------------------------------------------------------------------------------- torch


def torch_arguments() -> list[str]:
    """Return what pip needs to be told so that a machine without a GPU gets no CUDA."""
    wish = os.environ.get("NETWRIGHT_TORCH", "")
    if wish not in ("", "cpu", "default"):
        raise DevError(f"NETWRIGHT_TORCH is '{wish}'; it can be 'cpu' or 'default'.")
    wants_cpu = wish == "cpu" or (not wish and not has_nvidia())
    if sys.platform != "linux" or not wants_cpu:
        return []
    if index_answers(TORCH_CPU_INDEX):
        return ["--extra-index-url", TORCH_CPU_INDEX]
    say("PyTorch's index of CPU builds does not answer; taking the build that pip finds.")
    return []


def has_nvidia() -> bool:
    """Tell whether this Linux machine has an NVIDIA driver."""
    return Path("/proc/driver/nvidia").exists() or shutil.which("nvidia-smi") is not None


def index_answers(address: str, patience: float = INDEX_PATIENCE) -> bool:
    """Ask a package index once; pip itself would ask again and again for minutes."""
    try:
        with urllib.request.urlopen(f"{address}/torch/", timeout=patience) as answer:  # noqa: S310
            return answer.status == 200
    except (urllib.error.URLError, OSError, ValueError):
        return False


# -------------------------------------------------------------------------- Qt's own libraries


def has_screen() -> bool:
    """Tell whether a window can be opened here."""
    if sys.platform != "linux":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def missing_packages(libraries: dict[str, str]) -> list[str]:
    """Return the Debian packages of the libraries that cannot be opened here."""
    missing = []
    for soname, package in libraries.items():
        try:
            ctypes.CDLL(soname)
        except OSError:
            missing.append(package + ("t64" if package == "libglib2.0-0" and is_t64() else ""))
    return missing


def is_t64(os_release: Path = Path("/etc/os-release")) -> bool:
    """Tell whether this is Debian 13, Ubuntu 24.04 or later, which renamed some packages."""
    words = os_release.read_text().splitlines() if os_release.exists() else []
    facts = dict(line.replace('"', "").split("=", 1) for line in words if "=" in line)
    first = {"debian": 13.0, "ubuntu": 24.04}.get(facts.get("ID", ""))
    return first is not None and float(facts.get("VERSION_ID", first)) >= first


def apt_command(packages: list[str]) -> str:
    """Return the command that installs `packages`, for a person to copy."""
    return f"sudo apt-get install --no-install-recommends {' '.join(packages)}"


def install_debian(packages: list[str]) -> bool:
    """Install Debian packages where that needs no password; tell whether it was done."""
    if sys.platform != "linux" or shutil.which("apt-get") is None:
        return False
    may = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if may and (not shutil.which("sudo") or _silently([*may, "true"]) != 0):
        return False
    say(f"Installing system packages: {' '.join(packages)}.")
    apt = [*may, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    install = [*apt, "install", "-y", "--no-install-recommends", *packages]
    if _silently(install) == 0:
        return True
    _silently([*apt, "update"])
    return _silently(install) == 0


def _silently(command: list[str]) -> int:
    nowhere = subprocess.DEVNULL
    return subprocess.call(command, stdin=nowhere, stdout=nowhere, stderr=nowhere)


def ensure_libraries(*, window: bool) -> None:
    """See that Qt finds the system libraries it opens; only Linux leaves them out."""
    if sys.platform != "linux":
        return
    libraries = {**QT_LIBRARIES, **(WINDOW_LIBRARIES if window else {})}
    missing = missing_packages(libraries)
    if missing and not (install_debian(missing) and not missing_packages(libraries)):
        raise DevError(
            "Qt needs system libraries that are not here. On Debian and Ubuntu:\n"
            f"  {apt_command(missing)}\n"
            "Elsewhere, install the packages that hold the same libraries."
        )


# ----------------------------------------------------------------------------------- commands


def run(arguments: list[str]) -> int:
    """Open the window, or train the sample in the terminal where there is no screen."""
    set_up()
    if has_screen():
        ensure_libraries(window=True)
        say("Opening the window.")
        return hand_over("-m", "app.main", *(arguments or ["--sample"]))
    say("There is no screen here (no DISPLAY), so the network is trained in this terminal.")
    spec = arguments or [str(SAMPLE)]
    say(f"That is: netwright train {' '.join(spec)}")
    return hand_over("-m", "app.main", "train", *spec)


def test(arguments: list[str]) -> int:
    """Run pytest, which also runs the checks; `arguments` go to pytest."""
    set_up()
    ensure_libraries(window=os.environ.get("QT_QPA_PLATFORM", "offscreen") != "offscreen")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if not arguments:
        say("Running all tests and checks (style, types, import contracts): a few minutes.")
        say("Shorter: dev.py test -m 'not slow and not long'. The rest: dev.py test -m long.")
    os.chdir(ROOT)
    return hand_over("-m", "pytest", *arguments)


def check(arguments: list[str]) -> int:
    """Run the style, type and import checks and print which of them failed."""
    set_up()
    checks = {
        "style": ["ruff", "check", "."],
        "format": ["ruff", "format", "--check", "."],
        "types": ["pyright"],
        "import contracts": ["lint-imports"],
    }
    failed = [
        name
        for name, (tool, *rest) in checks.items()
        if subprocess.call([str(_tool(tool)), *rest, *arguments], cwd=ROOT) != 0
    ]
    say(f"Failed: {', '.join(failed)}." if failed else "All checks passed.")
    return 1 if failed else 0


def _tool(name: str) -> Path:
    return PYTHON.with_name(name + (".exe" if os.name == "nt" else ""))


def setup(arguments: list[str]) -> int:
    """Make `.venv` and stop."""
    if arguments:
        raise DevError(f"setup takes no arguments; it was given {' '.join(arguments)}.")
    set_up()
    say(f"Ready: {_tool('netwright')}")
    return 0


COMMANDS = {"run": run, "test": test, "check": check, "setup": setup}


def hand_over(*arguments: str) -> int:
    """Become the program itself, so that Ctrl+C and its exit status are its own."""
    sys.stdout.flush()
    command = [str(PYTHON), *arguments]
    if os.name == "posix":
        os.execv(command[0], command)  # noqa: S606
    process = subprocess.Popen(command)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # the program got it too, and saves before it goes


def main(arguments: list[str]) -> int:
    """Do what the command line says and return the exit status."""
    if sys.version_info < OLDEST_PYTHON:
        say(f"Netwright needs Python 3.11 or newer; this is {platform.python_version()}.")
        return 2
    if not arguments or arguments[0] not in COMMANDS:
        print(USAGE)
        return 0 if arguments[:1] in (["-h"], ["--help"], ["help"]) else 2
    try:
        return COMMANDS[arguments[0]](arguments[1:])
    except DevError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
