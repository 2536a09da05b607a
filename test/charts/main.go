package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/sluice-flink/sluice/infra/charts"
)

func main() {
	folders := flag.String("charts", "", "folder with a folder for each chart; empty: pull them")
	helm := flag.String("helm", "", "the command; empty: that of the PATH, or of the CDK's layer")
	kubernetes := flag.String("kubernetes", "1.35.0", "version that charts are rendered for")
	flag.Parse()
	templates := flag.Args()
	if len(templates) == 0 {
		templates, _ = filepath.Glob("infra/testdata/[pm]*/*.template.json") // the pattern is a good one
	}
	if err := run(templates, *folders, *helm, *kubernetes); err != nil {
		fmt.Fprintln(os.Stderr, "charts:", err)
		os.Exit(1)
	}
}

func run(templates []string, folders, command, kubernetes string) error {
	all, err := installations(templates)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return fmt.Errorf("no template installs a chart: %v; run it in the root of the repository", templates)
	}
	work, err := os.MkdirTemp("", "sluice-charts-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(work) }()
	tool, err := findHelm(command, work)
	if err != nil {
		return err
	}
	tool.kubernetes = kubernetes
	var faults []error
	for _, one := range all {
		if err := check(tool, one, folders, work); err != nil {
			fmt.Printf("FAULT  %s %s (%s)\n%v\n", one.Chart, one.Version, one.Template, err)
			faults = append(faults, fmt.Errorf("%s %s", one.Chart, one.Version))
			continue
		}
		fmt.Printf("ok     %s %s (%s)%s\n", one.Chart, one.Version, one.Template, newer(tool, one, folders))
	}
	return errors.Join(faults...)
}

// newer says that a chart has a newer version, where that can be asked.
func newer(tool helm, one installation, folders string) string {
	known, err := tableOf(one)
	if folders != "" || err != nil {
		return ""
	}
	if newest := tool.newest(known.Name, known.Repository); newest != "" && newest != one.Version {
		return "; there is " + newest
	}
	return ""
}

// check renders one chart, as it is installed and as it would be from a mirror.
// Every value that it does not know, and every image that the table does not, is
// said at once.
func check(tool helm, one installation, folders, work string) error {
	known, err := tableOf(one)
	if err != nil {
		return err
	}
	folder := filepath.Join(folders, one.Chart)
	if folders == "" {
		if folder, err = tool.pull(one, known.Repository, work); err != nil {
			return err
		}
	}
	var faults []error
	if _, err := os.Stat(filepath.Join(folder, "values.schema.json")); err != nil {
		values, text, err := defaults(folder)
		if err != nil {
			return err
		}
		for _, path := range unknown(values, one.Values, text) {
			faults = append(faults, fmt.Errorf("       its values.yaml knows no %s", path))
		}
	}
	for _, from := range []charts.Mirror{mirrorOf(one, known), elsewhere} {
		rendered, err := tool.render(one, from.Values(known, one.Values), folder, work)
		if err != nil {
			return errors.Join(append(faults, err)...)
		}
		faults = append(faults, judgeImages(known, from, rendered))
	}
	return errors.Join(faults...)
}
