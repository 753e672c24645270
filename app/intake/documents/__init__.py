"""Notices and policies as versioned documents: which holds when, in which words, and who must choose anew."""
