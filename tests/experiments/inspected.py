"""What an inspection has found, by name."""

from core import Inspection
from core.dataset import Value


def values(inspection: Inspection) -> dict[str, Value]:
    return {finding.what: finding.found for finding in inspection.findings}
