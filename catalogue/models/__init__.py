"""The guiding catalogue: its versions and lines, and what is needed but stands in none of them."""
from .consultation import CatalogueComment
from .functions import FUNCTION_BODIES, FunctionList, GovernmentFunction
from .implementation import FLAGS, OPEN_STATES, ImplementationEntry, ImplementationList
from .outside import NearestLeaf, OutOfCatalogueRequest
from .policy import Policy, PolicyLine
from .recommended import RecommendedEntry, RecommendedList
from .reminder import CatalogueReminder
from .target import StageTarget
from .version import CATALOGUE_BODIES, CONSULTATION, PUBLIC_STATES, CatalogueItem, CatalogueVersion, Kind

__all__ = [
    "CATALOGUE_BODIES",
    "CONSULTATION",
    "FLAGS",
    "FUNCTION_BODIES",
    "OPEN_STATES",
    "PUBLIC_STATES",
    "CatalogueComment",
    "CatalogueItem",
    "CatalogueReminder",
    "CatalogueVersion",
    "FunctionList",
    "GovernmentFunction",
    "ImplementationEntry",
    "ImplementationList",
    "Kind",
    "NearestLeaf",
    "OutOfCatalogueRequest",
    "Policy",
    "PolicyLine",
    "RecommendedEntry",
    "RecommendedList",
    "StageTarget",
]  # fmt: skip
