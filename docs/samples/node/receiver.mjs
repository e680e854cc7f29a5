// Receive webhooks: verify the signature, recognise repetitions, answer at once. No packages.
//
//   WEBHOOK_SECRET=whsec_… PORT=9000 node receiver.mjs
//
// The npm packages `standardwebhooks` and `svix` do the verification as well; this shows what they do.

import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const secret = Buffer.from(process.env.WEBHOOK_SECRET.replace(/^whsec_/, ""), "base64");
const TOLERANCE_S = 300;
const seen = new Set(); // a real receiver keeps these ids in its database, with what it did

// Standard Webhooks 1.0.0: HMAC-SHA256 over `id.timestamp.body`, any of the listed signatures.
function verified(headers, body) {
  const id = headers["webhook-id"] ?? "";
  const stamp = headers["webhook-timestamp"] ?? "";
  if (!/^\d+$/.test(stamp) || Math.abs(Date.now() / 1000 - Number(stamp)) > TOLERANCE_S) return false;
  const mac = createHmac("sha256", secret).update(`${id}.${stamp}.`).update(body).digest("base64");
  const wanted = Buffer.from(`v1,${mac}`);
  // While a secret is being replaced, each request carries two signatures.
  return (headers["webhook-signature"] ?? "").split(" ").some((one) => {
    const given = Buffer.from(one);
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  });
}

createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const body = Buffer.concat(chunks);
    if (request.method !== "POST" || !verified(request.headers, body)) {
      response.writeHead(400).end();
      return;
    }
    // Only 2xx counts as delivered. Do long work later, not while the sender waits.
    response.writeHead(204).end();
    const id = request.headers["webhook-id"];
    if (!seen.has(id)) {
      seen.add(id);
      console.log(JSON.parse(body).type, id);
    }
  });
}).listen(Number(process.env.PORT ?? 9000), "127.0.0.1");
