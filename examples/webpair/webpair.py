"""A web server and its client, talking over the loopback interface."""
import http.server
import json
import threading
import urllib.error
import urllib.request


class Handler(http.server.BaseHTTPRequestHandler):
    notes = []

    def do_GET(self):
        if self.path != "/notes":
            self.send_error(404)
            return
        body = json.dumps(self.notes).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        self.notes.append(json.loads(self.rfile.read(length)))
        self.send_response(201)
        self.end_headers()

    def log_message(self, *args):
        pass


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for text in ("first", "second"):
        data = json.dumps({"text": text}).encode()
        with opener.open(urllib.request.Request(f"{base}/notes", data=data)) as answer:
            print("POST", answer.status)
    with opener.open(f"{base}/notes") as answer:
        print("GET", answer.status, answer.headers["Content-Type"])
        for note in json.load(answer):
            print("-", note["text"])
    try:
        opener.open(f"{base}/nothing")
    except urllib.error.HTTPError as error:
        print("GET", error.code, error.reason)
        error.close()
    server.shutdown()
    server.server_close()


if __name__ == "__main__":
    main()
