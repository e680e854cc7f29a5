"""Place one order, the careful way. Standard library only.

    AIRLANE_CLIENT_ID=… AIRLANE_CLIENT_SECRET=… python client.py

Shows what every client needs: a token by client credentials, an Idempotency-Key that makes a
repetition safe, Retry-After when the park is busy, and problem documents that say what to do.
"""

import base64
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

URL = os.environ.get("AIRLANE_CATALOG_URL", "http://127.0.0.1:8001")
TRIES_MAX = 5


class Refused(Exception):
    """The park said no; the problem document says why and what to do."""

    def __init__(self, problem):
        self.problem = problem
        lines = [f"{problem['code']}: {problem.get('detail', problem['title'])}"]
        lines += [f"  {e.get('pointer', '')} {e['detail']}" for e in problem.get("errors", [])]
        super().__init__("\n".join(lines))


def send(request):
    """The answer as a dict. Waits and repeats while the park is busy; the same key, the same effect."""
    for attempt in range(TRIES_MAX):
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            again = error.code in (429, 503) or (error.code == 409 and error.headers["Retry-After"])
            if not again or attempt == TRIES_MAX - 1:
                raise Refused(json.load(error)) from None
            time.sleep(float(error.headers["Retry-After"] or 1))


def access_token(client_id, client_secret):
    basic = ":".join(urllib.parse.quote(part, safe="") for part in (client_id, client_secret))
    request = urllib.request.Request(
        f"{URL}/oauth/token",
        data=b"grant_type=client_credentials",
        headers={
            "Authorization": "Basic " + base64.b64encode(basic.encode()).decode(),
            "Content-Type": "application/x-www-form-urlencoded",
        },
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)["access_token"]


def call(token, method, path, body):
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    if method == "POST":
        # Made once per intention and kept for its repetitions.
        headers["Idempotency-Key"] = f'"{uuid.uuid4()}"'
    data = json.dumps(body).encode()
    return send(urllib.request.Request(f"{URL}{path}", data=data, method=method, headers=headers))


def main():
    token = access_token(os.environ["AIRLANE_CLIENT_ID"], os.environ["AIRLANE_CLIENT_SECRET"])
    sku = f"SAMPLE-{uuid.uuid4().hex[:8]}"
    call(
        token,
        "PUT",
        f"/v1/products/{sku}",
        {
            "title": {"en": "Desk lamp", "zh-CN": "台灯"},
            "brand": "No brand",
            "hs_code": "940521",
            "origin_country": "CN",
            "net_weight_g": 900,
            "gross_weight_g": 1100,
            "size_mm": [150, 150, 400],
            "price": {"amount": "12.99", "currency": "EUR"},
            "battery": False,
        },
    )
    call(
        token,
        "POST",
        "/v1/stock-adjustments",
        {"sku": sku, "delta": 10, "reason": "received", "reference": "GR-1"},
    )
    order = call(
        token,
        "POST",
        "/v1/orders",
        {
            "store": "DE",
            "order_number": sku,
            "ordered_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "ship_to": {"country": "DE", "postal_code": "10115"},
            "lines": [
                {
                    "line": 1,
                    "sku": sku,
                    "quantity": 2,
                    "unit_price": {"amount": "12.99", "currency": "EUR"},
                }
            ],
        },
    )
    print(order["id"], order["status"])


if __name__ == "__main__":
    try:
        main()
    except Refused as refused:
        sys.exit(str(refused))
