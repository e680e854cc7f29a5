// Place one order, the careful way. Node 18 or newer, no packages.
//
//   AIRLANE_CLIENT_ID=… AIRLANE_CLIENT_SECRET=… node client.mjs
//
// Shows what every client needs: a token by client credentials, an Idempotency-Key that makes a
// repetition safe, Retry-After when the park is busy, and problem documents that say what to do.

import { randomUUID } from "node:crypto";

const BASE = process.env.AIRLANE_CATALOG_URL ?? "http://127.0.0.1:8001";
const TRIES_MAX = 5;
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

async function accessToken(id, secret) {
  const basic = Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString("base64");
  const answer = await fetch(`${BASE}/oauth/token`, {
    method: "POST",
    headers: { Authorization: `Basic ${basic}` },
    body: new URLSearchParams({ grant_type: "client_credentials" }),
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(`${body.error}: ${body.error_description}`);
  return body.access_token;
}

async function call(token, method, path, body) {
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  // Made once per intention and kept for its repetitions.
  if (method === "POST") headers["Idempotency-Key"] = `"${randomUUID()}"`;
  for (let attempt = 1; ; attempt++) {
    const answer = await fetch(BASE + path, { method, headers, body: JSON.stringify(body) });
    if (answer.ok) return answer.json();
    const wait = answer.headers.get("retry-after");
    const again = [429, 503].includes(answer.status) || (answer.status === 409 && wait);
    if (!again || attempt === TRIES_MAX) {
      const problem = await answer.json();
      const errors = (problem.errors ?? []).map((e) => `\n  ${e.pointer ?? ""} ${e.detail}`).join("");
      throw new Error(`${problem.code}: ${problem.detail ?? problem.title}${errors}`);
    }
    await sleep(Number(wait ?? 1) * 1000);
  }
}

const token = await accessToken(process.env.AIRLANE_CLIENT_ID, process.env.AIRLANE_CLIENT_SECRET);
const sku = `SAMPLE-${randomUUID().slice(0, 8)}`;
await call(token, "PUT", `/v1/products/${sku}`, {
  title: { en: "Desk lamp", "zh-CN": "台灯" }, hs_code: "940521", origin_country: "CN", brand: "No brand",
  net_weight_g: 900, gross_weight_g: 1100, size_mm: [150, 150, 400],
  price: { amount: "12.99", currency: "EUR" }, battery: false,
});
await call(token, "POST", "/v1/stock-adjustments", {
  sku, delta: 10, reason: "received", reference: "GR-1",
});
const order = await call(token, "POST", "/v1/orders", {
  store: "DE", order_number: sku, ordered_at: new Date().toISOString(),
  ship_to: { country: "DE", postal_code: "10115" },
  lines: [{ line: 1, sku, quantity: 2, unit_price: { amount: "12.99", currency: "EUR" } }],
});
console.log(order.id, order.status);
