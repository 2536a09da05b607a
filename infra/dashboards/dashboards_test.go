package dashboards_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/sluice-flink/sluice/infra/dashboards"
	"github.com/sluice-flink/sluice/infra/platform"
	"github.com/sluice-flink/sluice/internal/flink"
)

const account = "111122223333"

func someday() platform.Platform {
	p := platform.New()
	p.Region, p.Partition = "eu-west-1", "aws"
	return p
}

// asked is a query of a dashboard, as Grafana would send it.
func asked(query string) string {
	return strings.NewReplacer("$__rate_interval", "2m", "$namespace", ".*", "$app", ".*").Replace(query)
}

func TestPrometheusUnderstandsEveryQuery(t *testing.T) {
	found := 0
	for _, d := range dashboards.All(someday(), account) {
		for _, p := range d.Panels {
			for _, q := range p.Queries {
				found++
				if _, err := parser.ParseExpr(asked(q.Expr)); err != nil {
					t.Errorf("%s: %s: %v\n%s", d.Title, p.Title, err, q.Expr)
				}
			}
		}
	}
	if found < 50 {
		t.Errorf("there are %d queries", found)
	}
}

// A query for a metric that nobody has shows nothing, and nobody sees that.
func TestEveryMetricThatIsAskedForIsOneThatSomebodyTells(t *testing.T) {
	known := told(t)
	for _, d := range dashboards.All(someday(), account) {
		queries := map[string]string{}
		for _, v := range d.Variables {
			selector, _, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(v.Values, "label_values("), ")"), ", ")
			queries["the variable "+v.Name] = selector
		}
		for _, p := range d.Panels {
			for i, q := range p.Queries {
				queries[p.Title+string(rune('A'+i))] = q.Expr
			}
		}
		for where, query := range queries {
			expr, err := parser.ParseExpr(asked(query))
			if err != nil {
				t.Errorf("%s: %s: %v", d.Title, where, err)
				continue
			}
			for _, name := range namesIn(expr) {
				if !slices.Contains(known, name) {
					t.Errorf("%s: %s asks for %s, which is in no list of testdata", d.Title, where, name)
				}
			}
		}
	}
}

// namesIn are the metrics that an expression selects. One without a name would
// read every series there is.
func namesIn(expr parser.Expr) []string {
	var names []string
	parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
		if selector, ok := node.(*parser.VectorSelector); ok {
			names = append(names, selector.Name)
		}
		return nil
	})
	return names
}

// told are the metrics of all lists. Each says in its first line where it is from.
func told(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) < 6 {
		t.Fatalf("lists of metrics: %v, %v", files, err)
	}
	var all []string
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(raw), "# ") {
			t.Errorf("%s does not say where it is from", file)
		}
		for line := range strings.Lines(string(raw)) {
			if name := strings.TrimSpace(line); name != "" && !strings.HasPrefix(name, "#") {
				all = append(all, name)
			}
		}
	}
	return all
}

// Each metric that the probe sends is shown, under the stack's own namespace.
func TestWhatTheProbeSaysIsShown(t *testing.T) {
	shown := map[string]bool{}
	for _, d := range dashboards.All(someday(), account) {
		for _, p := range d.Panels {
			for _, q := range p.Cloud {
				switch q.Namespace {
				case "Sluice/sluice-eventplane":
					shown[q.Metric] = true
				case "AWS/States":
					if arn := q.Dimensions["StateMachineArn"]; !strings.HasPrefix(arn, "arn:aws:states:eu-west-1:"+account+":stateMachine:sluice-eventplane-") {
						t.Errorf("%s is about %s", p.Title, arn)
					}
				default:
					t.Errorf("%s reads %s", p.Title, q.Namespace)
				}
			}
		}
	}
	for _, metric := range []flink.Metric{
		flink.MetricFailureRestarts, flink.MetricUnhealthy, flink.MetricCheckpointAge, flink.MetricSnapshotAge, flink.MetricUnobservable, flink.MetricProbed, flink.MetricUnprobed,
	} {
		if !shown[string(metric)] {
			t.Errorf("nobody shows %s", metric)
		}
		delete(shown, string(metric))
	}
	if len(shown) > 0 {
		t.Errorf("the probe does not send %v", shown)
	}
}

func TestADashboardIsWrittenAsGrafanaLoadsIt(t *testing.T) {
	uids := map[string]bool{}
	for _, d := range dashboards.All(someday(), account) {
		var page struct {
			UID, Title string
			Panels     []struct {
				ID         int
				Datasource struct{ UID string }
				GridPos    struct{ X, Y, W, H int }
				Targets    []struct{ RefID, Expr, MetricName string }
			}
			Templating struct{ List []struct{ Name string } }
		}
		if err := json.Unmarshal([]byte(d.JSON()), &page); err != nil {
			t.Fatal(err)
		}
		// Grafana takes no uid of more than 40 characters.
		if uids[page.UID] || page.UID == "" || len(page.UID) > 40 || len(page.Templating.List) != len(d.Variables) || len(page.Panels) != len(d.Panels) {
			t.Errorf("%s: uid %q, %d panels", page.Title, page.UID, len(page.Panels))
		}
		uids[page.UID] = true
		taken := map[[2]int]string{}
		for i, p := range page.Panels {
			if len(p.Targets) == 0 || p.Datasource.UID != dashboards.Metrics && p.Datasource.UID != dashboards.CloudWatch {
				t.Errorf("%s: %s asks nobody", page.Title, d.Panels[i].Title)
			}
			for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
				for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
					if other := taken[[2]int{x, y}]; other != "" || x >= 24 {
						t.Fatalf("%s: %s lies over %q, or beside the page", page.Title, d.Panels[i].Title, other)
					}
					taken[[2]int{x, y}] = d.Panels[i].Title
				}
			}
		}
	}
}

func TestWhatIsNotInstalledIsNotShown(t *testing.T) {
	p := someday()
	p.AddOns.YuniKorn, p.AddOns.NodeScaling = false, platform.ClusterAutoscaler
	for _, d := range dashboards.All(p, account) {
		if text := d.JSON(); strings.Contains(text, "yunikorn_") || strings.Contains(text, "karpenter_nodepools") {
			t.Errorf("%s shows an add-on that is off", d.Title)
		}
	}
}
