"""The pipeline over history: what a gate would have done to commits that were made long ago. Nothing is checked out.

Its modules are imported one by one: who only looks at a cache need not load what replays.
"""
