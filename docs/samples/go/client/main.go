// Place one order, the careful way. Standard library only.
//
//	AIRLANE_CLIENT_ID=… AIRLANE_CLIENT_SECRET=… go run ./client
//
// Shows what every client needs: a token by client credentials, an Idempotency-Key that makes a
// repetition safe, Retry-After when the park is busy, and problem documents that say what to do.
package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

const triesMax = 5

var client = &http.Client{Timeout: 20 * time.Second}

type problem struct {
	Code, Title, Detail string
	Errors              []struct{ Pointer, Detail string }
}

func (p problem) Error() string {
	text := p.Code + ": " + p.Detail
	for _, e := range p.Errors {
		text += "\n  " + e.Pointer + " " + e.Detail
	}
	return text
}

func base() string {
	if given := os.Getenv("AIRLANE_CATALOG_URL"); given != "" {
		return given
	}
	return "http://127.0.0.1:8001"
}

func random() string {
	b := make([]byte, 16)
	if _, err := rand.Read(b); err != nil {
		log.Fatal(err)
	}
	return fmt.Sprintf("%x", b)
}

func accessToken(id, secret string) (string, error) {
	form := strings.NewReader("grant_type=client_credentials")
	request, err := http.NewRequest("POST", base()+"/oauth/token", form)
	if err != nil {
		return "", err
	}
	request.SetBasicAuth(url.QueryEscape(id), url.QueryEscape(secret))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	var body struct {
		AccessToken string `json:"access_token"`
		Error       string
	}
	if err := json.NewDecoder(answer.Body).Decode(&body); err != nil {
		return "", err
	}
	if body.AccessToken == "" {
		return "", fmt.Errorf("no token: %s", body.Error)
	}
	return body.AccessToken, nil
}

type object = map[string]any

// call waits and repeats while the park is busy; the same key, the same effect.
func call(token, method, path string, body object) (object, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	key := `"` + random() + `"` // made once per intention and kept for its repetitions
	for attempt := 1; ; attempt++ {
		request, err := http.NewRequest(method, base()+path, bytes.NewReader(data))
		if err != nil {
			return nil, err
		}
		request.Header.Set("Authorization", "Bearer "+token)
		request.Header.Set("Content-Type", "application/json")
		if method == "POST" {
			request.Header.Set("Idempotency-Key", key)
		}
		answer, err := client.Do(request)
		if err != nil {
			return nil, err
		}
		wait := answer.Header.Get("Retry-After")
		again := answer.StatusCode == 429 || answer.StatusCode == 503 || (answer.StatusCode == 409 && wait != "")
		if again && attempt < triesMax {
			answer.Body.Close()
			seconds, _ := strconv.Atoi(wait)
			time.Sleep(time.Duration(max(seconds, 1)) * time.Second)
			continue
		}
		defer answer.Body.Close()
		if answer.StatusCode >= 400 {
			var said problem
			if err := json.NewDecoder(answer.Body).Decode(&said); err != nil {
				return nil, fmt.Errorf("status %d", answer.StatusCode)
			}
			return nil, said
		}
		var result object
		return result, json.NewDecoder(answer.Body).Decode(&result)
	}
}

func run() error {
	token, err := accessToken(os.Getenv("AIRLANE_CLIENT_ID"), os.Getenv("AIRLANE_CLIENT_SECRET"))
	if err != nil {
		return err
	}
	sku := "SAMPLE-" + random()[:8]
	if _, err = call(token, "PUT", "/v1/products/"+sku, object{
		"title": object{"en": "Desk lamp", "zh-CN": "台灯"}, "hs_code": "940521", "origin_country": "CN", "brand": "No brand",
		"net_weight_g": 900, "gross_weight_g": 1100, "size_mm": []int{150, 150, 400},
		"price": object{"amount": "12.99", "currency": "EUR"}, "battery": false,
	}); err != nil {
		return err
	}
	if _, err = call(token, "POST", "/v1/stock-adjustments",
		object{"sku": sku, "delta": 10, "reason": "received", "reference": "GR-1"}); err != nil {
		return err
	}
	order, err := call(token, "POST", "/v1/orders", object{
		"store": "DE", "order_number": sku, "ordered_at": time.Now().UTC().Format(time.RFC3339),
		"ship_to": object{"country": "DE", "postal_code": "10115"},
		"lines": []object{{"line": 1, "sku": sku, "quantity": 2,
			"unit_price": object{"amount": "12.99", "currency": "EUR"}}},
	})
	if err != nil {
		return err
	}
	fmt.Println(order["id"], order["status"])
	return nil
}

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}
