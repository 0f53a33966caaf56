"""Workbooks of plan items: the item form as sheets, written, read, checked and given back with every error at its cell."""
