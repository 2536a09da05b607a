package charts

// Image is an image that a chart names, where its makers publish it, and the value
// of the chart that says so. `make check-charts` holds the lists against what the
// charts make of the platform's values.
type Image struct {
	Host string // registry of its makers, as quay.io
	Name string // the rest before the tag, as prometheus/prometheus
	Tag  string // with what follows it: v1.2.3@sha256:…
	// Value is the way to the chart's value that names it, a key a step.
	Value []string
	// Says is how much of the name that value holds.
	Says Part
	// Kubernetes is the version of a cluster that it is for, as "1.35"; empty: all.
	Kubernetes string
}

// Part is how much of an image's name a value of a chart holds.
type Part int

// Repository is all but the tag, Registry the host alone, and Whole everything.
const (
	Repository Part = iota
	Registry
	Whole
)

// From is where its makers publish it, in full: quay.io/prometheus/prometheus:v3.
func (i Image) From() string { return i.Host + "/" + i.Name + ":" + i.Tag }

// ImagesFor are the images of a chart on a cluster of a version, as "1.35".
func (c Chart) ImagesFor(kubernetes string) []Image {
	var all []Image
	for _, i := range c.Images {
		if i.Kubernetes == "" || i.Kubernetes == kubernetes {
			all = append(all, i)
		}
	}
	return all
}

// of is an image whose chart names it with all but the tag at <part>.image.repository.
func of(host, name, tag string, part ...string) Image {
	return Image{Host: host, Name: name, Tag: tag, Value: append(part, "image", "repository")}
}

// hosted is an image whose chart names its registry alone, at <part>.image.registry.
func hosted(host, name, tag string, part ...string) Image {
	return Image{Host: host, Name: name, Tag: tag, Value: append(part, "image", "registry"), Says: Registry}
}
