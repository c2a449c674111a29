def f():
    return
return 1
