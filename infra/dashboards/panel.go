package dashboards

// Panel is one picture: lines over time, unless Now is set.
type Panel struct {
	Title string
	About string // what to make of it; shown where the mouse rests on the title
	Unit  Unit
	Now   bool // the newest value alone, as a number
	// Queries of metrics, or of CloudWatch; not both.
	Queries []Query
	Cloud   []CloudQuery
}

// Unit is one of Grafana's
// (https://github.com/grafana/grafana/blob/main/packages/grafana-data/src/valueFormats/categories.ts).
type Unit string

// The units of panels. A share is 0 to 1.
const (
	Number    Unit = "short"
	Seconds   Unit = "s"
	Millis    Unit = "ms"
	Bytes     Unit = "bytes"
	Share     Unit = "percentunit"
	PerSecond Unit = "cps"
	Cores     Unit = "none"
)

// Query is a question to Prometheus.
type Query struct {
	Expr   string // PromQL
	Legend string // labels as {{app}}
}

// CloudQuery is a question to CloudWatch, of a metric with exactly these dimensions.
type CloudQuery struct {
	Namespace, Metric, Statistic string
	Dimensions                   map[string]string // a value may be each
	Legend                       string
}

// each stands for every value of a dimension: a line for each of them.
const each = "*"

// Places of panels: a page is 24 wide, three lines or six numbers beside each other.
const (
	pageWidth   = 24
	lineWidth   = 8
	lineHeight  = 8
	valueWidth  = 4
	valueHeight = 4
)

// placed are the panels one beside the other, from the top.
func placed(panels []Panel) []any {
	all := []any{}
	x, y, rowHeight := 0, 0, 0
	for i, p := range panels {
		width, height := lineWidth, lineHeight
		if p.Now {
			width, height = valueWidth, valueHeight
		}
		if x+width > pageWidth || rowHeight != 0 && height != rowHeight {
			x, y = 0, y+rowHeight
		}
		written := p.json()
		written["id"] = i + 1
		written["gridPos"] = map[string]any{"x": x, "y": y, "w": width, "h": height}
		all = append(all, written)
		x, rowHeight = x+width, height
	}
	return all
}

func (p Panel) json() map[string]any {
	kind, uid := "timeseries", Metrics
	if p.Now {
		kind = "stat"
	}
	targets := []any{}
	for i, q := range p.Queries {
		targets = append(targets, map[string]any{
			"refId": letter(i), "datasource": source(Metrics), "expr": q.Expr, "legendFormat": q.Legend,
			"instant": p.Now, "range": !p.Now, "editorMode": "code",
		})
	}
	for i, q := range p.Cloud {
		uid = CloudWatch
		targets = append(targets, q.json(letter(i)))
	}
	return map[string]any{
		"type": kind, "title": p.Title, "description": p.About, "datasource": source(uid), "targets": targets,
		"fieldConfig": map[string]any{"defaults": map[string]any{"unit": string(p.Unit), "min": 0}, "overrides": []any{}},
		"options":     options(p.Now),
	}
}

func options(now bool) map[string]any {
	if now {
		return map[string]any{"reduceOptions": map[string]any{"calcs": []string{"lastNotNull"}}}
	}
	return map[string]any{"legend": map[string]any{"displayMode": "list", "placement": "bottom"}, "tooltip": map[string]any{"mode": "multi", "sort": "desc"}}
}

// json is a query as Grafana's CloudWatch data source takes it
// (https://grafana.com/docs/grafana/latest/datasources/aws-cloudwatch/query-editor/).
func (q CloudQuery) json(id string) map[string]any {
	dimensions := map[string]any{}
	for name, value := range q.Dimensions {
		dimensions[name] = value
	}
	return map[string]any{
		"refId": id, "id": "", "datasource": source(CloudWatch), "queryMode": "Metrics", "metricQueryType": 0, "metricEditorMode": 0,
		"region": "default", "namespace": q.Namespace, "metricName": q.Metric, "statistic": q.Statistic, "dimensions": dimensions,
		"matchExact": true, "period": "60", "label": q.Legend,
	}
}

func letter(i int) string { return string(rune('A' + i)) }
