#: stdin 12
#: stdin 3.5
#: stdin a b c
"""Reading numbers and words."""
n = int(input("n? "))
x = float(input())
words = input().split()
print()
print(n * 2, x / 2, words)
