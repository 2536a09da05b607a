package main

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/sluice-flink/sluice/infra/charts"
)

// elsewhere is the mirror that each chart is rendered for, beside none.
const elsewhere = charts.Mirror("registry.example.com/mirror")

var (
	// reference is an image with its registry and what tells its version.
	reference = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)+(:[0-9]+)?/[a-z0-9]+([./_-]+[a-z0-9]+)*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?(@sha256:[0-9a-f]{64})?$`)
	// ofAWS is a registry that AWS keeps in each region, as EMR's.
	ofAWS = regexp.MustCompile(`^[0-9]{12}\.dkr\.ecr\.`)
)

// tableOf is what the table says of an installation.
func tableOf(one installation) (charts.Chart, error) {
	for _, c := range charts.All() {
		if c.Name == one.Chart && c.Version == one.Version {
			return c, nil
		}
	}
	return charts.Chart{}, fmt.Errorf("       %s %s is not in infra/charts/table.go", one.Chart, one.Version)
}

// mirrorOf is where a template takes the chart from.
func mirrorOf(one installation, c charts.Chart) charts.Mirror {
	if one.Repository == c.Repository {
		return ""
	}
	name := strings.TrimPrefix(elsewhere.Chart(c).Repository, "oci://"+string(elsewhere)+"/")
	return charts.Mirror(strings.TrimSuffix(strings.TrimPrefix(one.Repository, "oci://"), "/"+name))
}

// judgeImages holds the images that were rendered against the list of the chart. Of
// those that are each for a version of Kubernetes, the template says which one.
func judgeImages(c charts.Chart, from charts.Mirror, rendered string) error {
	found, err := imagesIn(rendered)
	if err != nil {
		return err
	}
	known, versioned := map[string]bool{}, 0
	for _, i := range c.Images {
		known[from.Image(i)] = i.Kubernetes == ""
	}
	var faults []error
	for _, image := range found {
		always, is := known[image]
		switch {
		case is && !always:
			versioned++
		case !is && !(ofAWS.MatchString(image) && len(c.Images) == 0):
			faults = append(faults, fmt.Errorf("       with images from %s: it names %s, which infra/charts/image_table.go does not say", whose(from), image))
		}
	}
	for image, always := range known {
		if !slices.Contains(found, image) && (always || versioned == 0) {
			faults = append(faults, fmt.Errorf("       with images from %s: it does not name %s, which infra/charts/image_table.go says", whose(from), image))
		}
	}
	slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(faults...)
}

func whose(from charts.Mirror) string {
	if from == "" {
		return "their makers"
	}
	return string(from)
}

// imagesIn are the images that rendered objects name, each once: in a field image,
// in an argument, and alone in a field of a ConfigMap. Definitions only describe
// such fields.
func imagesIn(rendered string) ([]string, error) {
	found := map[string]bool{}
	for decoder := yaml.NewDecoder(strings.NewReader(rendered)); ; {
		var object map[string]any
		switch err := decoder.Decode(&object); {
		case errors.Is(err, io.EOF):
			return sorted(found), nil
		case err != nil:
			return nil, fmt.Errorf("       what helm rendered is no YAML: %w", err)
		}
		if object["kind"] == "CustomResourceDefinition" {
			continue
		}
		gather(object, "", found)
	}
}

func gather(v any, key string, found map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for key, below := range v {
			gather(below, key, found)
		}
	case []any:
		for _, below := range v {
			gather(below, key, found)
		}
	case string:
		_, value, isFlag := strings.Cut(v, "=")
		switch {
		case key == "image" && v != "":
			found[whole(v)] = true
		case key == "args" && isFlag && named(value):
			found[value] = true
		case key != "args" && named(v):
			found[v] = true
		}
	}
}

// named says whether a text is an image and nothing else: it has a version, or it
// would be taken for one where a label or a path stands.
func named(text string) bool {
	return reference.MatchString(text) && strings.Contains(text[strings.LastIndex(text, "/"):], ":")
}

// whole is an image with the registry that is meant where none is named
// (https://docs.docker.com/reference/cli/docker/image/tag/).
func whole(image string) string {
	first, _, more := strings.Cut(image, "/")
	switch {
	case !more:
		return "docker.io/library/" + image
	case !strings.ContainsAny(first, ".:"):
		return "docker.io/" + image
	}
	return image
}

func sorted(set map[string]bool) []string {
	var all []string
	for one := range set {
		all = append(all, one)
	}
	slices.Sort(all)
	return all
}
