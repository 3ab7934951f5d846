"""What all pages share, and what stands around them: a link in, the view that it asks for out.

The filters and the way on stand here, the words for what is missing, and the server. `data.py` alone opens the lake. No section is known here by more than its address (`pages.py`).
"""
