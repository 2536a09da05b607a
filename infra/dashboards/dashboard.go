package dashboards

import (
	"encoding/json"
	"fmt"

	"github.com/sluice-flink/sluice/infra/platform"
)

// The uids of the two data sources that queries name.
const (
	Metrics    = "metrics"    // the workspace of Amazon Managed Service for Prometheus
	CloudWatch = "cloudwatch" // of the platform's account and region
)

// Dashboard is a page of Grafana's.
type Dashboard struct {
	Name      string // of its file, and of its URL
	Title     string
	Variables []Variable
	Panels    []Panel
}

// Variable is something that a reader chooses from the values of a label. Queries
// name it as $name.
type Variable struct {
	Name   string
	Values string // a query, as label_values(metric, label)
}

// All are the dashboards of a platform in an account, which may be a placeholder.
func All(p platform.Platform, account string) []Dashboard {
	return []Dashboard{flinkJobs(), flinkOperator(), sluice(p, account), capacity(p)}
}

// JSON is the dashboard as Grafana loads it
// (https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/).
func (d Dashboard) JSON() string {
	variables := []any{}
	for _, v := range d.Variables {
		variables = append(variables, v.json())
	}
	text, err := json.Marshal(map[string]any{
		"uid": "sluice-" + d.Name, "title": d.Title, "tags": []string{"sluice"},
		"schemaVersion": 39, "editable": false, "graphTooltip": 1,
		"refresh": "1m", "time": map[string]any{"from": "now-6h", "to": "now"},
		"templating": map[string]any{"list": variables},
		"panels":     placed(d.Panels),
	})
	if err != nil {
		panic(fmt.Sprintf("text, numbers and lists are always JSON: %v", err))
	}
	return string(text)
}

func (v Variable) json() map[string]any {
	return map[string]any{
		"name": v.Name, "label": v.Name, "type": "query",
		"datasource": source(Metrics),
		"query":      map[string]any{"query": v.Values, "refId": "values"}, "definition": v.Values,
		"includeAll": true, "allValue": ".*", "multi": false,
		"current": map[string]any{"text": "All", "value": "$__all"},
		"refresh": 2, // whenever the time that is looked at changes
		"sort":    1,
	}
}

// source names a data source as a query does.
func source(uid string) map[string]any {
	if uid == CloudWatch {
		return map[string]any{"type": "cloudwatch", "uid": uid}
	}
	return map[string]any{"type": "grafana-amazonprometheus-datasource", "uid": uid}
}
