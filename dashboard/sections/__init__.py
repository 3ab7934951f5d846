"""A folder for each page: `page.py` draws it, `figures.py` says what is drawn, `form.py` asks. No section imports another one."""
