"""The program waits for plain threads and not for daemons."""
import threading
import time

threading.Thread(target=lambda: (time.sleep(0.05), print("waited for")), daemon=False).start()
threading.Thread(target=lambda: time.sleep(60), daemon=True).start()
print("main ends")
