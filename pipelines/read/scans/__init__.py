"""Pictures of pages: finding them, reading them by character recognition (OCR), and the rows that this gives."""
