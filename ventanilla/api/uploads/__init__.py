"""Files on their way in (contract B.12): by form, from an address, or put straight into the storage."""
