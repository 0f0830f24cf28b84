"""Official documents (公文) in the layout of GB/T 9704-2012, as DOCX (`docx_writing.write_docx`) and as PDF
(`pdf_writing.write_pdf`). What a document says stands in `document.py`, what a zone chooses in `layout.py`."""
