"""The commands of the repository: `script/server`, `script/test` and what they share. Standard library only."""
