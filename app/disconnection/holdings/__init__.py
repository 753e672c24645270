"""What is kept of a person, in numbers: without a word of what they chose or wrote."""
