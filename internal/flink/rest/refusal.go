package rest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// refusal turns an answer that is not 2xx into an error. Who answered decides
// before the status does: a proxy's 404 means that the JobManager's service is
// not there yet, Flink's own means that the job is not.
func refusal(op string, status int, body []byte) error {
	e := &Error{Op: op, Status: status}
	if heads, ok := flinkErrors(body); ok {
		e.Message = useful(heads)
		e.Code = flinkCode(status, e.Message)
		return e
	}
	e.Message = proxyMessage(status, body)
	e.Code = proxyCode(status)
	return e
}

// noSuchPath is how Flink's static file handler answers what no other handler
// took: the address is wrong or the API is another one, but no job is missing.
const noSuchPath = "Unable to load requested file"

func flinkCode(status int, message string) Code {
	switch {
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return Denied
	case status == http.StatusNotFound && strings.HasPrefix(message, noSuchPath):
		return Malformed
	case status == http.StatusNotFound:
		return NotFound
	case status == http.StatusInternalServerError:
		return FlinkFault
	case status >= 500, status == http.StatusTooManyRequests:
		return Unavailable // 503: "temporarily unavailable due to an ongoing leader election"
	case status >= 400:
		return Rejected
	}
	return Malformed
}

func proxyCode(status int) Code {
	switch {
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return Denied
	case status == http.StatusNotFound, status == http.StatusTooManyRequests, status >= 500:
		return Unavailable
	}
	return Malformed
}

// flinkErrors reads {"errors": [...]}, which is how Flink says no, as the heads
// of the stack traces in it.
func flinkErrors(body []byte) ([]head, bool) {
	var answer struct {
		Errors []string `json:"errors"`
	}
	if json.Unmarshal(body, &answer) != nil || answer.Errors == nil {
		return nil, false
	}
	var heads []head
	for _, trace := range answer.Errors {
		if heads = append(heads, headsOf(trace)...); len(heads) >= maxHeads {
			break
		}
	}
	return heads, true
}

// proxyMessage is the first useful line of an answer that is not Flink's: the
// message of a Kubernetes Status, else the body's first line of text.
func proxyMessage(status int, body []byte) string {
	var kubernetes struct {
		Kind    string `json:"kind"`
		Message string `json:"message"`
	}
	if json.Unmarshal(body, &kubernetes) == nil && kubernetes.Kind == "Status" && kubernetes.Message != "" {
		return "Kubernetes says " + line(kubernetes.Message)
	}
	if status/100 == 3 {
		return "a redirect was answered, which is not followed: give the address of Flink's API itself"
	}
	if text := line(string(body)); text != "" && !strings.HasPrefix(text, "<") {
		return "not Flink but something before it answered: " + text
	}
	return fmt.Sprintf("not Flink but something before it answered: %s", strings.ToLower(http.StatusText(status)))
}
