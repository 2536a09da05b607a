package prometheus

import (
	"context"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/sluice-flink/sluice/internal/flink"
)

func answering(t *testing.T, status int, body string) *Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.URL.Path != "/prefix/api/v1/query" || r.FormValue("query") != "up" {
			t.Errorf("%s %s with the query %q", r.Method, r.URL, r.FormValue("query"))
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	c, err := New(server.URL+"/prefix/", aws.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The answers are Prometheus 2.42's own.
func TestAnAnswerIsANumberForEachSeries(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		want []float64
	}{
		"a scalar":           {`{"status":"success","data":{"resultType":"scalar","result":[1795247007.468,"2"]}}`, []float64{2}},
		"a scalar of NaN":    {`{"status":"success","data":{"resultType":"scalar","result":[1795247007.68,"NaN"]}}`, []float64{math.NaN()}},
		"no series":          {`{"status":"success","data":{"resultType":"vector","result":[]}}`, nil},
		"a series of +Inf":   {`{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1795247007.693,"+Inf"]}]}}`, []float64{math.Inf(1)}},
		"two, with warnings": {`{"status":"success","warnings":["slow"],"data":{"resultType":"vector","result":[{"metric":{"a":"1"},"value":[1,"0.5"]},{"metric":{"a":"2"},"value":[1,"-1e3"]}]}}`, []float64{0.5, -1000}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := answering(t, 200, c.body).Query(t.Context(), "up")
			if err != nil || len(got) != len(c.want) {
				t.Fatalf("got %v, %v", got, err)
			}
			for i := range got {
				if got[i] != c.want[i] && !(math.IsNaN(got[i]) && math.IsNaN(c.want[i])) {
					t.Errorf("got %v, want %v", got, c.want)
				}
			}
		})
	}
}

func TestWhatIsNoNumberSaysWhoHasToChangeWhat(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		code   flink.Code
		says   string
	}{
		"a query that does not parse": {400, `{"status":"error","errorType":"bad_data","error":"invalid parameter \"query\": 1:10: parse error: unclosed left parenthesis"}`, flink.Invalid, "unclosed left parenthesis"},
		"a range":                     {200, `{"status":"success","data":{"resultType":"matrix","result":[]}}`, flink.Invalid, "matrix"},
		"a text":                      {200, `{"status":"success","data":{"resultType":"string","result":[1,"text"]}}`, flink.Invalid, "string"},
		"a histogram":                 {200, `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"histogram":[1,{"count":"1"}]}]}}`, flink.Invalid, "quantile"},
		"series that do not match":    {422, `{"status":"error","errorType":"execution","error":"found duplicate series for the match group"}`, flink.Unavailable, "duplicate series"},
		"a query that takes too long": {503, `{"status":"error","errorType":"timeout","error":"query timed out in query execution"}`, flink.Unavailable, "timed out"},
		"too many queries":            {429, `{"message":"Rate exceeded"}`, flink.Unavailable, "Rate exceeded"},
		"no grant":                    {403, `{"message":"User is not authorized to perform: aps:QueryMetrics"}`, flink.Refused, "not authorized"},
		"another path":                {404, "404 page not found\n", flink.Refused, "404 page not found"},
		"a login page":                {200, "<html>", flink.Refused, "no Prometheus"},
		"a redirect":                  {302, "", flink.Refused, "no Prometheus"},
		"a proxy without a backend":   {502, "", flink.Unavailable, "without a reason"},
		"half an answer":              {200, `{"status":"success","data":{"resultType":"vector","result":[{"value":[1]}]}}`, flink.Unavailable, "not what Prometheus answers"},
		"an answer without an end":    {200, strings.Repeat(" ", maxBody+1), flink.Invalid, "fewer series"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := answering(t, c.status, c.body).Query(t.Context(), "up")
			if flink.CodeOf(err) != c.code || err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %s: %v", flink.CodeOf(err), err)
			}
		})
	}
}

func TestNobodyListeningIsUnavailableAndKeepsTheAddressToItself(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	c, err := New(server.URL+"/secret-path", aws.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = c.Query(t.Context(), "up"); flink.CodeOf(err) != flink.Unavailable || strings.Contains(err.Error(), "secret-path") {
		t.Errorf("got %v", err)
	}
}

func TestAnAddressThatIsNoneIsRefusedWithoutBeingRepeated(t *testing.T) {
	for _, bad := range []string{"", "prometheus:9090", "ftp://x", "http://", "http://user:hunter2@host", "http://host?x=1", "http://bad host"} {
		if _, err := New(bad, aws.Config{}); flink.CodeOf(err) != flink.Invalid || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestWorkspacesOfAmazonAreKnownByTheirHost(t *testing.T) {
	for host, want := range map[string]string{
		"aps-workspaces.eu-west-1.amazonaws.com":           "eu-west-1",
		"aps-workspaces-fips.us-gov-west-1.amazonaws.com":  "us-gov-west-1",
		"aps-workspaces.cn-north-1.amazonaws.com.cn":       "cn-north-1",
		"aps-workspaces.eu-west-1.api.aws":                 "eu-west-1",
		"prometheus.monitoring":                            "",
		"aps-workspaces.eu-west-1.amazonaws.com.evil.test": "",
	} {
		if got, _ := managed(host); got != want {
			t.Errorf("%s: region %q, want %q", host, got, want)
		}
	}
}

func TestRequestsToAWorkspaceAreSigned(t *testing.T) {
	var got http.Header
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Header
		_, _ = w.Write([]byte(`{"status":"success","data":{"resultType":"scalar","result":[1,"1"]}}`))
	}))
	t.Cleanup(server.Close)
	c, err := New(server.URL, aws.Config{})
	if err != nil {
		t.Fatal(err)
	}
	c.sign = newSigner(credentials.NewStaticCredentialsProvider("AKID", "SECRET", "TOKEN"), "eu-west-1")
	c.sign.now = func() time.Time { return time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC) }
	if _, err := c.Query(t.Context(), "up"); err != nil {
		t.Fatal(err)
	}
	if a := got.Get("Authorization"); !strings.HasPrefix(a, "AWS4-HMAC-SHA256 Credential=AKID/20261121/eu-west-1/aps/aws4_request") {
		t.Errorf("signed with %q", a)
	}
	if got.Get("X-Amz-Security-Token") != "TOKEN" {
		t.Error("the session's token was not sent along")
	}
	c.sign = newSigner(nil, "eu-west-1")
	if _, err := c.Query(t.Context(), "up"); flink.CodeOf(err) != flink.Unavailable {
		t.Errorf("without credentials: %v", err)
	}
}

// TestARealPrometheusAnswersTheSame needs SLUICE_TEST_PROMETHEUS, the address of
// one that scrapes itself.
func TestARealPrometheusAnswersTheSame(t *testing.T) {
	endpoint := os.Getenv("SLUICE_TEST_PROMETHEUS")
	if endpoint == "" {
		t.Skip("set SLUICE_TEST_PROMETHEUS to the address of a Prometheus that scrapes itself: what it answers is recorded in the tests above")
	}
	c, err := New(endpoint, aws.Config{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for query, want := range map[string]float64{"1 + 1": 2, "count(up)": 1, "vector(0.5)": 0.5} {
		if got, err := c.Query(ctx, query); err != nil || len(got) != 1 || got[0] != want {
			t.Errorf("%s: %v, %v", query, got, err)
		}
	}
	if got, err := c.Query(ctx, "nothing_there"); err != nil || len(got) != 0 {
		t.Errorf("no series: %v, %v", got, err)
	}
	if _, err := c.Query(ctx, "sum(rate("); flink.CodeOf(err) != flink.Invalid {
		t.Errorf("a query that does not parse: %v", err)
	}
	if _, err := c.Query(ctx, "up[5m]"); flink.CodeOf(err) != flink.Invalid {
		t.Errorf("a range: %v", err)
	}
	if _, err := c.Query(ctx, `label_replace(up, "a", "(", "b", "(")`); flink.CodeOf(err) != flink.Unavailable {
		t.Errorf("a query that cannot be executed: %v", err)
	}
}
