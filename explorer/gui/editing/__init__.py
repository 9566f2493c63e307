"""What a person does to the blocks of a document, by menu, key and drop, and where things go."""
