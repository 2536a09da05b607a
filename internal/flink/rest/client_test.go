package rest_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/internal/flink/rest"
	"github.com/sluice-flink/sluice/internal/flink/rest/resttest"
)

const anyJob = "00112233445566778899aabbccddeeff"

// forVersions runs a test against the samples of each Flink version.
func forVersions(t *testing.T, test func(t *testing.T, version string)) {
	t.Helper()
	for _, version := range resttest.Versions() {
		t.Run("Flink "+version, func(t *testing.T) { test(t, version) })
	}
}

// answering is a client whose server gives every request the same answer.
func answering(t *testing.T, status int, body string) *rest.Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	return rest.New(server.URL+"/", nil)
}

func TestAnErrorSaysWhoTriesAgainAndWhy(t *testing.T) {
	npe := string(resttest.OperatorSample(t, "3c-start-job"))
	for name, c := range map[string]struct {
		status  int
		body    string
		code    rest.Code
		message string
	}{
		"an empty 502 is a proxy's":                {502, "", rest.Unavailable, "bad gateway"},
		"an HTML 504 is a proxy's":                 {504, "<html><body>oops</body></html>", rest.Unavailable, "gateway timeout"},
		"a text 503 is a proxy's":                  {503, "no healthy upstream\n", rest.Unavailable, "no healthy upstream"},
		"an HTML 404 is a proxy's":                 {404, "<html>", rest.Unavailable, "not found"},
		"too many requests pass":                   {429, "slow down", rest.Unavailable, "slow down"},
		"Flink's 500 is its own fault":             {500, npe, rest.FlinkFault, "NullPointerException"},
		"Flink's 404 is a missing job":             {404, `{"errors":["Job x not found"]}`, rest.NotFound, "Job x not found"},
		"Flink's 400 is a refusal":                 {400, `{"errors":["Bad request received."]}`, rest.Rejected, "Bad request received."},
		"Flink's 409 is a refusal":                 {409, `{"errors":["no"]}`, rest.Rejected, "no"},
		"Flink without a reason says so":           {400, `{"errors":[]}`, rest.Rejected, "no reason was given"},
		"a path Flink lacks is a wrong address":    {404, `{"errors":["Unable to load requested file /jobs/overview."]}`, rest.Malformed, "Unable to load requested file"},
		"a proxy's 400 is a wrong address":         {400, "Client sent an HTTP request to an HTTPS server.", rest.Malformed, "HTTPS"},
		"a page instead of JSON is a wrong one":    {200, "<html>Log in</html>", rest.Malformed, "not Flink's"},
		"another API's JSON is a wrong one":        {200, `{"items":[]}`, rest.Malformed, "no list of jobs"},
		"null is no list":                          {200, `null`, rest.Malformed, "no list of jobs"},
		"a wrong type is not Flink's":              {200, `{"jobs":{}}`, rest.Malformed, "not Flink's"},
		"a job without an id is not Flink's":       {200, `{"jobs":[{"state":"RUNNING"}]}`, rest.Malformed, "without id or state"},
		"a time that cannot be is not Flink's":     {200, `{"jobs":[{"start-time":9223372036854775807}]}`, rest.Malformed, "no time"},
		"two documents are not Flink's":            {200, `{"jobs":[]}{}`, rest.Malformed, "goes on"},
		"an empty answer was cut short":            {200, "", rest.Unavailable, "cut short"},
		"half a document was cut short":            {200, `{"jobs":[{"jid":"00`, rest.Unavailable, "cut short"},
		"an endless answer is not read to its end": {200, strings.Repeat(" ", 9<<20), rest.Malformed, "larger than 8 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := answering(t, c.status, c.body).Overview(t.Context())
			wantError(t, err, c.code, c.message)
		})
	}
}

func TestAProxySaysNoWithoutFlink(t *testing.T) {
	for name, c := range map[string]struct {
		fault   resttest.Fault
		code    rest.Code
		message string
	}{
		"service gone":       {resttest.ServiceGone, rest.Unavailable, `Kubernetes says services "app-rest" not found`},
		"no endpoints":       {resttest.NoEndpoints, rest.Unavailable, "no endpoints available"},
		"connection refused": {resttest.ConnectionRefused, rest.Unavailable, "connection refused"},
		"Flink starting":     {resttest.Starting, rest.Unavailable, "service unavailable"},
		"empty 500":          {resttest.Hiccup, rest.Unavailable, "internal server error"},
		"leader election":    {resttest.LeaderElection, rest.Unavailable, "ongoing leader election"},
		"cut short":          {resttest.CutShort, rest.Unavailable, "cut short"},
		"forbidden":          {resttest.Forbidden, rest.Denied, `cannot get resource "services/proxy"`},
		"token expired":      {resttest.Expired, rest.Denied, "Unauthorized"},
	} {
		t.Run(name, func(t *testing.T) {
			jm := resttest.New(t, "1.20")
			jm.Start(anyJob, "app")
			jm.Break(c.fault)
			client := rest.New(jm.URL, nil)
			_, err := client.Job(t.Context(), anyJob)
			wantError(t, err, c.code, c.message)

			jm.Break(nil)
			if _, err := client.Job(t.Context(), anyJob); err != nil {
				t.Errorf("mended, the JobManager still does not answer: %v", err)
			}
		})
	}
}

func TestNobodyListeningIsUnavailable(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	_, err := rest.New(server.URL, nil).Overview(t.Context())
	wantError(t, err, rest.Unavailable, "refused")
}

func TestACertificateNobodyTrustsIsDenied(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // it would tell of the handshake that is to fail
	server.StartTLS()
	t.Cleanup(server.Close)
	_, err := rest.New(server.URL, nil).Overview(t.Context())
	wantError(t, err, rest.Denied, "certificate")
}

func TestCredentialsAreNotCarriedElsewhere(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("another host was asked for %s with %q", r.URL, r.Header)
	}))
	t.Cleanup(elsewhere.Close)
	server := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	t.Cleanup(server.Close)
	_, err := rest.New(server.URL, nil).TriggerSavepoint(t.Context(), anyJob, "s3://b/sp", anyJob)
	wantError(t, err, rest.Malformed, "redirect")
}

func TestTheContextBoundsACall(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := rest.New(resttest.New(t, "2.2").URL, nil).Overview(ctx)
	wantError(t, err, rest.Unavailable, "canceled")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the error %v hides that the context ended", err)
	}
}

func TestAnAddressThatIsNoneIsRejected(t *testing.T) {
	_, err := rest.New("http://bad host:8081", nil).Overview(t.Context())
	wantError(t, err, rest.Rejected, "not a URL")
}

func TestWhatIsNoIDIsNeverSent(t *testing.T) {
	jm := resttest.New(t, "2.2")
	client := rest.New(jm.URL, nil)
	for _, id := range []string{"", "..", "overview", anyJob + "0", anyJob[:30] + "/x", strings.Repeat("x", 1<<20)} {
		_, err := client.Job(t.Context(), id)
		wantError(t, err, rest.Rejected, "32 hexadecimal digits")
		_, err = client.TriggerSavepoint(t.Context(), anyJob, "file:///sp", id)
		wantError(t, err, rest.Rejected, "32 hexadecimal digits")
	}
	if asked := jm.Requests(); len(asked) != 0 {
		t.Errorf("Flink was asked all the same: %v", asked)
	}
}

func TestCredentialsComeFromTheHTTPClient(t *testing.T) {
	hc := &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		return nil, errors.New("no token for " + r.URL.Path)
	})}
	_, err := rest.New("http://jobmanager:8081", hc).Overview(t.Context())
	wantError(t, err, rest.Unavailable, "no token for /jobs/overview")
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func wantError(t *testing.T, err error, code rest.Code, message string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %s with %q", code, message)
	}
	if got := rest.CodeOf(err); got != code {
		t.Errorf("code %s, want %s: %v", got, code, err)
	}
	if !strings.Contains(err.Error(), message) {
		t.Errorf("the error is %q, want %q in it", err, message)
	}
	if len(err.Error()) > 1500 || strings.Contains(err.Error(), "\n") {
		t.Errorf("the error is not one bounded line: %.200q…", err.Error())
	}
}
