"""urllib.request and http.server over plain HTTP on this machine."""
import http.server
import json
import threading
import urllib.error
import urllib.request


class H(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/missing":
            self.send_error(404)
            return
        body = json.dumps({"path": self.path, "ua": self.headers["X-Test"]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        data = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(201)
        self.end_headers()
        self.wfile.write(data[::-1])

    def log_message(self, *a):
        pass


s = http.server.HTTPServer(("127.0.0.1", 0), H)
threading.Thread(target=s.serve_forever, daemon=True).start()
base = f"http://127.0.0.1:{s.server_port}"
with urllib.request.urlopen(urllib.request.Request(base + "/a?b=1", headers={"X-Test": "t"})) as r:
    print(r.status, r.headers["Content-Type"], json.load(r))
print(urllib.request.urlopen(base + "/p", data=b"abc").read())
try:
    urllib.request.urlopen(base + "/missing")
except urllib.error.HTTPError as e:
    print(e.code, e.reason)
s.shutdown()
s.server_close()
try:
    urllib.request.urlopen(base, timeout=2)
except urllib.error.URLError as e:
    print(type(e.reason).__name__)
