"""Remedies: edited networks that mend a problem, each tried before it is offered.

:func:`explorer.remedies.propose.fixes` finds them. One file holds what belongs together, one function mends one kind of
problem, and the registry finds both.
"""
