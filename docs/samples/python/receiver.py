"""Receive webhooks: verify the signature, recognise repetitions, answer at once. Standard library only.

    WEBHOOK_SECRET=whsec_… PORT=9000 python receiver.py

The packages `standardwebhooks` and `svix` do the verification as well; this shows what they do.
"""

import base64
import hashlib
import hmac
import json
import os
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = base64.b64decode(os.environ["WEBHOOK_SECRET"].removeprefix("whsec_"))
TOLERANCE_S = 300
seen = set()  # a real receiver keeps these ids in its database, with what it did


def verified(headers, body):
    """Standard Webhooks 1.0.0: HMAC-SHA256 over `id.timestamp.body`, any of the listed signatures."""
    message_id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not stamp.isdigit() or abs(time.time() - int(stamp)) > TOLERANCE_S:
        return False
    signed = b".".join((message_id.encode(), stamp.encode(), body))
    wanted = "v1," + base64.b64encode(hmac.digest(SECRET, signed, hashlib.sha256)).decode()
    # While a secret is being replaced, each request carries two signatures.
    given = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(wanted.encode(), one.encode()) for one in given)


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not verified(self.headers, body):
            self.send_error(400)
            return
        # Only 2xx counts as delivered. Do long work later, not while the sender waits.
        self.send_response(204)
        self.end_headers()
        if self.headers["webhook-id"] not in seen:
            seen.add(self.headers["webhook-id"])
            print(json.loads(body)["type"], self.headers["webhook-id"], flush=True)

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "9000"))), Receiver).serve_forever()
