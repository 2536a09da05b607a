package mirror

import (
	"strings"

	"github.com/sluice-flink/sluice/infra/charts"
	"github.com/sluice-flink/sluice/infra/platform"
	"github.com/sluice-flink/sluice/infra/verify"
)

// Copies are what a platform takes from outside.
type Copies struct {
	// Mirror is the file's registry; empty: everything comes from its makers.
	Mirror string  `json:"mirror"`
	Charts []Chart `json:"charts"`
	Images []Image `json:"images"`
}

// Chart is a Helm chart. From is an index, https://…, or the chart in a registry,
// oci://…; To is always the latter.
type Chart struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	From    string `json:"from"`
	To      string `json:"to"`
}

// Image is an image. From names its digest where the chart does; To never, since
// a copy cannot be told its digest, and keeps it.
type Image struct {
	Chart string `json:"chart"` // which names it
	From  string `json:"from"`
	To    string `json:"to"`
}

// ForJobs stands for a chart where an image is that of jobs.
const ForJobs = "jobs"

// Of are the copies of a platform, in the order in which its charts are installed.
// What AWS itself has in each region is not among them: EKS's add-ons, EMR's
// operator and EMR's Flink.
func Of(p platform.Platform) Copies {
	at := p.Mirror.Registry
	all := Copies{Mirror: string(at), Charts: []Chart{}, Images: []Image{}}
	for _, c := range verify.Installed(p) {
		all.Charts = append(all.Charts, Chart{Name: c.Name, Version: c.Version, From: c.Repository, To: at.Chart(c).Repository})
		for _, i := range c.ImagesFor(p.Kubernetes()) {
			all.Images = append(all.Images, Image{Chart: c.Name, From: i.From(), To: withoutDigest(at.Image(i))})
		}
	}
	if p.FlinkOperator.Kind == platform.Apache {
		all.Images = append(all.Images, Image{Chart: ForJobs, From: charts.Flink.From(), To: at.Image(charts.Flink)})
	}
	return all
}

func withoutDigest(image string) string {
	name, _, _ := strings.Cut(image, "@")
	return name
}
