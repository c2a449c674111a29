"""Counting."""
import re
from collections import Counter


def count(text, stop):
    """The words of a text with their numbers, most frequent first, then by alphabet."""
    words = (w for w in re.findall(r"[^\W\d_]+", text.lower()) if w not in stop)
    return sorted(Counter(words).items(), key=lambda pair: (-pair[1], pair[0]))
