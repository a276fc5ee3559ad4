"""Reference numbers of the real studies, by other programs."""
