"""What a trained network does with images: evaluation and explanations, with torch and without Qt."""
