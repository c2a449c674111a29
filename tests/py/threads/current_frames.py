import sys, threading, traceback, time
ev = threading.Event()
def inner(x): ev.wait()
def work(): inner(5)
t = threading.Thread(target=work); t.start()
time.sleep(.05)
f = sys._current_frames()[t.ident]
names = [s.name for s in traceback.extract_stack(f)]
print('work' in names, 'inner' in names)
while f.f_code.co_name != 'inner': f = f.f_back
print(f.f_locals)
ev.set(); t.join()
print(f.f_locals, f.f_back.f_code.co_name)
