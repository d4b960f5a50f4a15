"""Measures: one readable kernel each, a file per family.

All of them see one customer and one `limner.fold.measures.series.Series`: the rows that a selection, a window and a
property's presence leave, in timeline order. They allocate nothing.
"""
