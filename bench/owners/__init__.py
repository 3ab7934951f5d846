"""How good the metric `probable_owners` is: the ids of known traffic are hidden, and its answers are compared with them.

world.py      a made-up platform: own programs and shared libraries, own and shared prefixes, aggregators, scripts, lost ids
hiding.py     the ids of any lake hidden: of the sample logs, or of the platform of bench/lake
judging.py    answers and the truth: how many are right, and whether the stated confidences are
fitting.py    the weights of the evidence, by maximum likelihood (conditional logit)
"""
