"""Paper for the warehouse as PDF: pick lists, packing slips and box labels, one at a time or many as a job.

`kinds` says what can be printed, `jobs` prints in bulk. Neither loads what draws: see `kinds.draw()`.
"""
