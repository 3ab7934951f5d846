"""Everything that needs somebody: incidents, certificates, ids, and rules of certification, each with who can do what about it.

    findings.py          the question: a scope in, every finding out, the worst first
    of_incidents.py      error spikes, silences, outages and early warnings
    of_certificates.py   certificates that are lost, at risk or ending, and what blocks one
    of_customers.py      customers for whom nothing works, and integrations that lose theirs
    of_ids.py            ids that are wrong, and calls without one
    finding.py           what a finding is
    en.toml              its sentences; wording.py fills them in

What somebody has said to know is kept beside the tables of the lake (ingest/lake/acknowledged.py) and comes last.

The overview, the reports, the command line and alerts show these. None of them judges by a rule of its own.
"""
