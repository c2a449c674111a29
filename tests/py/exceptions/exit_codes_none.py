"""SystemExit without a code ends with 0."""
print("a")
raise SystemExit
