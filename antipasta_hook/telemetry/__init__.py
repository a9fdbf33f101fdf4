"""What a run cost and why it did what it did: the record, and the forms in which it leaves the process. All pure.

Nothing here is imported by a run of which nobody asked for any of it.
"""
