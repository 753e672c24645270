"""Whole lives of comparisons, made by chance and compared with a model of what must hold."""
