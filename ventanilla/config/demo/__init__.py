"""The example company "Alameda": a shop, a travel agency and a house agency that answer from one window.

Everything is made by a random generator with a fixed seed, so each demo is the same but for today's date. Rows are
written in bulk and their kept columns computed here; a test holds those against what the rows say. What the demo
company did in the past is not in the log: its consumers would send notices about conversations long over.
"""
