"""The frame of the HTML pages, the start page and the readable API reference."""
