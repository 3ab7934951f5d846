"""Sources become loads: recognise, plan, stage, decide, roll forward.

In come sources and the choices of who loads them; out go decisions in the ledger and a report. This is where reading,
understanding and the lake meet, so it may use all the other rooms, and no other room uses it.

    loader.py            the four steps; planning.py: what of a source is new; staging.py, batch.py: blocks and sources together
    workers.py           blocks that are understood at the same time
    recognition.py       whether content is known; load.py, parts.py: one load on its way
    following.py         folders that are followed; memory.py: what a follower remembers
    inspection.py        a log read without a lake; source_warnings.py: what is said of a source, the same for all of them
    retry.py             rejected lines read again, by rereading.py and quarantine.py
    unloading.py         loads taken back; repairing.py: which logs bring back what is damaged
"""
