"""Where does an address line lead: divisions, place, rest?"""

from __future__ import annotations

from geo.gazetteer.address.reading import read_address
from geo.gazetteer.address.told import AddressAnswer, AddressPart, AddressReading

__all__ = ["AddressAnswer", "AddressPart", "AddressReading", "read_address"]
