"""Where shots begin and end, how they follow each other, and which frame each is judged by."""
