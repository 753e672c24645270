"""Images and files inside a conversation, encrypted like all content."""
