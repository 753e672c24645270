"""The disconnected comparisons that everything in research is made from."""
