"""Whether the packages of the extra `ocr` are there, which read scans. Imports none of them, as that takes long."""

from importlib.util import find_spec

PACKAGES = ("rapidocr", "onnxruntime", "cv2", "PIL")


def is_installed() -> bool:
    """Return whether all packages are there."""
    return not missing_packages()


def missing_packages() -> list[str]:
    """Return the packages that are not there."""
    return [package for package in PACKAGES if find_spec(package) is None]
