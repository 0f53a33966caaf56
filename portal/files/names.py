"""Names of files: cleaned of what deceives the eye, and read for suffixes that no paper has."""
from __future__ import annotations

import unicodedata

LENGTH = 150

#: Suffixes of programs, scripts, pages and macro documents; refused at any place of a name (报价.exe.pdf).
FORBIDDEN = frozenset(
    "apk app asp aspx bat bin cer chm class cmd com cpl csh dll dmg docm dotm elf exe hta htm html inf ins iso jar js "
    "jse jsp ksh lnk mht mhtml mjs msc msi msix mst pif pl php phtml pptm potm ppsm ps1 psm1 py pyc rb reg scf scr "
    "sct sh shtml svg svgz swf sys vb vbe vbs wasm ws wsc wsf wsh xhtml xht xlam xlsm xltm".split()
)


#: Names that Windows takes for devices, whatever suffix follows.
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))})


def clean_name(raw: str) -> str:
    """The last part of the path, composed, without control and direction marks, at most 150 characters; no device."""
    name = unicodedata.normalize("NFC", raw.replace("\\", "/").rsplit("/", 1)[-1])
    name = "".join(char for char in name if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
    name = name.strip(" .")
    if name.partition(".")[0].strip().lower() in _DEVICES:
        name = f"_{name}"
    if len(name) <= LENGTH:
        return name
    stem, dot, suffix = name.rpartition(".")
    return f"{stem[: LENGTH - len(suffix) - 1]}{dot}{suffix}" if dot and len(suffix) < 10 else name[:LENGTH]


def suffix_of(name: str) -> str:
    return name.rpartition(".")[2].strip().lower() if "." in name else ""


def forbidden_part(name: str) -> str:
    """The first suffix in the name that a paper never has, or ""."""
    for part in name.split(".")[1:]:
        if part.strip().lower() in FORBIDDEN:
            return part.strip().lower()
    return ""
