"""What is done with ratings: buyers are asked; people look through them, say what was wrong, take them away."""
