// Receive webhooks: verify the signature, recognise repetitions, answer at once. Standard library only.
//
//	WEBHOOK_SECRET=whsec_… PORT=9000 go run ./receiver
//
// The module of Standard Webhooks does the verification as well; this shows what it does.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

const tolerance = 5 * time.Minute

// verified follows Standard Webhooks 1.0.0: HMAC-SHA256 over `id.timestamp.body`, any of the listed
// signatures.
func verified(secret []byte, headers http.Header, body []byte) bool {
	id, stamp := headers.Get("webhook-id"), headers.Get("webhook-timestamp")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || time.Since(time.Unix(seconds, 0)).Abs() > tolerance {
		return false
	}
	mac := hmac.New(sha256.New, secret)
	fmt.Fprintf(mac, "%s.%s.", id, stamp)
	mac.Write(body)
	wanted := []byte("v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	// While a secret is being replaced, each request carries two signatures.
	for _, given := range strings.Split(headers.Get("webhook-signature"), " ") {
		if hmac.Equal(wanted, []byte(given)) {
			return true
		}
	}
	return false
}

func main() {
	secret, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(os.Getenv("WEBHOOK_SECRET"), "whsec_"))
	if err != nil {
		log.Fatal(err)
	}
	var seen sync.Map // a real receiver keeps these ids in its database, with what it did
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<21))
		if err != nil || !verified(secret, r.Header, body) {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		// Only 2xx counts as delivered. Do long work later, not while the sender waits.
		w.WriteHeader(http.StatusNoContent)
		if _, again := seen.LoadOrStore(r.Header.Get("webhook-id"), true); !again {
			var event struct{ Type string }
			if json.Unmarshal(body, &event) == nil {
				fmt.Println(event.Type, r.Header.Get("webhook-id"))
			}
		}
	})
	port := os.Getenv("PORT")
	if port == "" {
		port = "9000"
	}
	log.Fatal(http.ListenAndServe("127.0.0.1:"+port, nil))
}
