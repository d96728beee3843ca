"""One turn: what is before a speaker's mind, its words, and what they do."""
