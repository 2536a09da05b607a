package charts

import (
	"maps"
	"strings"
)

// Mirror is a registry, with a prefix if there is one, that charts and images are
// taken from: registry.example.com/mirror. Everything has the name there that it
// has outside, behind the mirror's:
//
//	quay.io/prometheus/prometheus:v3     <mirror>/quay.io/prometheus/prometheus:v3
//	oci://quay.io/jetstack/charts/x      oci://<mirror>/quay.io/jetstack/charts/x
//	https://charts.example.com/stable/   oci://<mirror>/charts.example.com/stable/<chart>
//
// Nothing of two makers can meet there, nobody has to look a name up, and a rule
// of a cache for each host does the same. The empty mirror changes nothing.
type Mirror string

// Image is where an image of the mirror is taken from.
func (m Mirror) Image(i Image) string { return m.At(i.From()) }

// At is where something is taken from that is called so outside, as docker.io/a.
func (m Mirror) At(outside string) string {
	if m == "" {
		return outside
	}
	return string(m) + "/" + outside
}

// Chart is the chart as it is installed from the mirror.
func (m Mirror) Chart(c Chart) Chart {
	if m == "" {
		return c
	}
	if name, is := strings.CutPrefix(c.Repository, "oci://"); is {
		c.Repository = "oci://" + m.At(name)
		return c
	}
	index := strings.TrimSuffix(strings.TrimPrefix(c.Repository, "https://"), "/")
	c.Repository = "oci://" + m.At(index+"/"+c.Name)
	return c
}

// Values are a chart's values that name all its images at the mirror. Those that
// are given stay as they are.
func (m Mirror) Values(c Chart, given map[string]any) map[string]any {
	if m == "" {
		return given
	}
	for _, i := range c.Images {
		given = with(given, i.Value, m.says(i))
	}
	return given
}

// says is what a value of the chart holds of the image.
func (m Mirror) says(i Image) string {
	switch i.Says {
	case Registry:
		return m.At(i.Host)
	case Whole:
		return m.Image(i)
	default:
		return m.At(i.Host + "/" + i.Name)
	}
}

// with is the values with one more, below what is there.
func with(given map[string]any, path []string, last any) map[string]any {
	values := maps.Clone(given)
	if values == nil {
		values = map[string]any{}
	}
	if len(path) == 1 {
		values[path[0]] = last
		return values
	}
	below, _ := values[path[0]].(map[string]any)
	values[path[0]] = with(below, path[1:], last)
	return values
}
