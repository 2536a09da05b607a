package webpage

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

func passes(path string) bool {
	return slices.ContainsFunc(paths, func(p string) bool { return regexp.MustCompile(p).MatchString(path) })
}

const job = "0123456789abcdef0123456789abcdef"

// What a browser asks of Flink 1.20 while somebody clicks through its page.
func TestThePageIsWhole(t *testing.T) {
	for _, path := range []string{
		"/", "/index.html", "/main.687adc590d915451.js", "/styles.25112ea718f4efbe.css", "/favicon.ico", "/assets/favicon/favicon-32x32.png",
		"/assets/vs/base/browser/ui/codicons/codicon/codicon.ttf", "/config", "/overview", "/jobs/overview", "/jobs/metrics", "/jobs/" + job, "/jobs/" + job + "/",
		"/jobs/" + job + "/config", "/jobs/" + job + "/exceptions", "/jobs/" + job + "/checkpoints/details/12/subtasks/bc764cd8ddf7a0cff126f51c16239658",
		"/jobs/" + job + "/vertices/bc764cd8ddf7a0cff126f51c16239658/subtasks/metrics", "/jobs/" + job + "/jobmanager/log-url",
		"/jobmanager/config", "/jobmanager/logs/flink--kubernetes-application-0-orders-6d5f.log", "/jobmanager/thread-dump",
		"/taskmanagers", "/taskmanagers/orders-taskmanager-1-1/logs", "/taskmanagers/10.0.1.7:6122-4bc0f1/metrics",
	} {
		if !passes(path) {
			t.Errorf("%s does not get through", path)
		}
	}
}

// Flink 1.20 cancels a job for each of those that name it, and for a name that is
// percent-encoded, with a GET alone.
func TestNoPathCancelsAJob(t *testing.T) {
	for _, path := range []string{
		"/jobs/" + job + "/yarn-cancel", "/jobs/" + job + "/yarn-cancel/", "/jobs/" + job + "/yarn-stop", "/v1/jobs/" + job + "/yarn-cancel",
		"/jobs/" + job + "/%79arn-cancel", "/jobs%2F" + job + "%2Fyarn-cancel", "/jobs/" + job + "%2Fyarn-cancel", "/%6Aobs/" + job + "/yarn-cancel",
		"//jobs/" + job + "/yarn-cancel", "/jobs//" + job + "/yarn-cancel", "/jobs/" + job + "//yarn-cancel", "/jobs/../jobs/" + job + "/yarn-cancel",
		"/jobs/" + job + "/./yarn-cancel", "/jobs/" + job + "/;/yarn-cancel", "/v1/overview", "/jars/upload", "/jars/x/run", "",
		"/\n/jobs/" + job + "/yarn-cancel", "/overview\n",
	} {
		if passes(path) {
			t.Errorf("%s gets through", path)
		}
	}
}

func TestARuleIsWithinTheLimitsOfALoadBalancer(t *testing.T) {
	const host, method = 1, 1
	if n := host + method + len(paths); n > 5 || len(paths) > 3 {
		t.Errorf("a rule has %d values", n)
	}
	for _, path := range paths {
		if len(path) > 128 {
			t.Errorf("%s has %d characters", path, len(path))
		}
	}
}

// The policy of the API server has it as text in single quotes.
func TestTheConditionsAreTextThatNeedsNoEscape(t *testing.T) {
	const want = `[{"field":"http-request-method","httpRequestMethodConfig":{"values":["GET"]}},` +
		`{"field":"path-pattern","pathPatternConfig":{"regexValues":["^/([A-Za-z0-9._-]*|(assets|jobmanager|taskmanagers)/[A-Za-z0-9._:/-]*)$",` +
		`"^/jobs/[A-Za-z0-9]+(/([A-Za-xz][A-Za-z0-9._:/-]*)?)?$"]}}]`
	if got := Conditions(); got != want || strings.ContainsAny(got, "'\\\n") {
		t.Errorf("%s", got)
	}
}

func TestTheOperatorsTemplateIsTheHostThatThePolicyWants(t *testing.T) {
	filled := strings.NewReplacer("{{name}}", "orders", "{{namespace}}", "flink-team-a-ns").Replace(Template("flink.example.com"))
	if want := Host("flink-team-a-ns", "orders", "flink.example.com"); filled != want {
		t.Errorf("%s, want %s", filled, want)
	}
}
