"""Packs: folders of Markdown read into values, and values written as such folders. No database, no clock."""
