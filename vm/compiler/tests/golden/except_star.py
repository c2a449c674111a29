try:
    f()
except* ValueError as e:
    g(e)
except* (A, B):
    h()
else:
    i()
finally:
    j()
