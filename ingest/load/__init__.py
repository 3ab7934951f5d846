"""Sources become loads: recognise, plan, stage, decide, roll forward.

In come sources and the choices of who loads them; out go decisions in the ledger and a report. This is where reading,
understanding and the lake meet, so it may use all the other rooms, and no other room uses it.
"""
