package prometheus

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/sluice-flink/sluice/internal/flink"
)

// envelope is every answer of Prometheus; Message is how AWS says no before
// Prometheus is reached.
type envelope struct {
	Status    string `json:"status"`
	ErrorType string `json:"errorType"`
	Error     string `json:"error"`
	Message   string `json:"message"`
	Data      struct {
		Type   string          `json:"resultType"`
		Result json.RawMessage `json:"result"`
	} `json:"data"`
}

// read makes numbers of an answer, or an error with the server's own words.
func read(op string, status int, body []byte) ([]float64, error) {
	var e envelope
	malformed := json.Unmarshal(body, &e) != nil
	switch {
	case status/100 == 2 && !malformed && e.Status == "success":
		return e.numbers(op)
	case status == http.StatusBadRequest && e.ErrorType == "bad_data":
		return nil, flink.Errorf(flink.Invalid, "", "%s", line(e.Error))
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return nil, flink.Errorf(flink.Refused, op, "it does not let Sluice ask (a workspace of Amazon's needs aps:QueryMetrics): %d %s", status, e.words(body))
	case status == http.StatusNotFound:
		return nil, flink.Errorf(flink.Refused, op, "there is no Prometheus at its address: %s", e.words(body))
	case status/100 == 2 || status/100 == 3:
		return nil, flink.Errorf(flink.Refused, op, "what answers at its address is no Prometheus (%d)", status)
	}
	return nil, flink.Errorf(flink.Unavailable, op, "%d %s", status, e.words(body))
}

// words are what a refusal says.
func (e envelope) words(body []byte) string {
	for _, s := range []string{e.Error, e.Message, string(body)} {
		if s = line(s); s != "" {
			return s
		}
	}
	return "without a reason"
}

// sample is a value at a time: [1795247007.468, "2"].
type sample [2]json.RawMessage

func (s sample) number() (float64, bool) {
	var text string
	if json.Unmarshal(s[1], &text) != nil {
		return 0, false
	}
	n, err := strconv.ParseFloat(text, 64) // NaN, +Inf and -Inf, too
	return n, err == nil
}

func (e envelope) numbers(op string) ([]float64, error) {
	var samples []sample
	switch e.Data.Type {
	case "scalar":
		samples = make([]sample, 1)
		if json.Unmarshal(e.Data.Result, &samples[0]) != nil {
			return nil, unreadable(op)
		}
	case "vector":
		var series []struct {
			Value *sample `json:"value"` // a native histogram has none
		}
		if json.Unmarshal(e.Data.Result, &series) != nil {
			return nil, unreadable(op)
		}
		for _, s := range series {
			if s.Value == nil {
				return nil, flink.Errorf(flink.Invalid, "", "the query answers with histograms, which compare with no number: ask for a quantile of them")
			}
			samples = append(samples, *s.Value)
		}
	default:
		return nil, flink.Errorf(flink.Invalid, "", "the query answers with a %s, which compares with no number: ask for one value now, as with rate or max_over_time", line(e.Data.Type))
	}
	var numbers []float64
	for _, s := range samples {
		n, ok := s.number()
		if !ok {
			return nil, unreadable(op)
		}
		numbers = append(numbers, n)
	}
	return numbers, nil
}

func unreadable(op string) error {
	return flink.Errorf(flink.Unavailable, op, "its answer is not what Prometheus answers")
}

// line is a text's first line, bounded to what a message can carry.
func line(s string) string {
	const limit = 300
	s, _, _ = strings.Cut(strings.TrimSpace(s), "\n")
	if runes := []rune(s); len(runes) > limit {
		s = string(runes[:limit-1]) + "…"
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}
