"""Rows in, text that a spreadsheet opens and does not run out.

    formulas.py     the one rule for all files: which text a spreadsheet would run, and the form in which it does not
    csv_text.py     a table as CSV
    workbook.py     a table as XLSX

It knows no table of ours and writes no file: it returns text and bytes.
"""
