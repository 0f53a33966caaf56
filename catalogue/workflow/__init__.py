"""The tables of the catalogue, in the order of the design: L1.1, L1.2, L1.3, S-11, S-13…S-15."""
from .consultation import COMMENT
from .functions import FUNCTIONS
from .implementation import IMPLEMENTATION
from .outside import OUT_OF_CATALOGUE
from .policy import POLICY
from .recommended import RECOMMENDED
from .targets import TARGET
from .version import CATALOGUE_VERSION

__all__ = ["CATALOGUE_VERSION", "COMMENT", "FUNCTIONS", "IMPLEMENTATION", "OUT_OF_CATALOGUE", "POLICY", "RECOMMENDED", "TARGET"]
