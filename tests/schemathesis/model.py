"""A language model of the OpenAI protocol that says the same to everything, in a stream.

usage: model.py. Prints the address that it listens on.
"""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ANSWER = b"""\
data: {"id": "1", "choices": [{"index": 0, "delta": {"content": "No."}, "finish_reason": null}]}

data: {"id": "1", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}

data: [DONE]

"""


class Model(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Content-Length", str(len(ANSWER)))
        self.end_headers()
        self.wfile.write(ANSWER)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Model)
print(f"http://127.0.0.1:{server.server_port}/v1", flush=True)
server.serve_forever()
