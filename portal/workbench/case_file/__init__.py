"""The case file: everything one reader may see of a purchase, as a book and as an archive that proves itself."""
