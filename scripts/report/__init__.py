"""Plots and reports from the records that `fairground run` leaves behind.

Nothing here measures, and nothing here knows the harness: the record (results/schema) is all that is read.
"""
