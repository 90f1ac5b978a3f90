"""Pictures of pages. They are found, read by character recognition (OCR), and given as rows."""
