"""What is in the pictures: shots, scale, tags, beats and score; runtimes, models and training."""
