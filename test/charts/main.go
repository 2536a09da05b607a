package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	charts := flag.String("charts", "", "folder with a folder for each chart; empty: pull them")
	helm := flag.String("helm", "", "the command; empty: that of the PATH, or of the CDK's layer")
	kubernetes := flag.String("kubernetes", "1.35.0", "version that charts are rendered for")
	flag.Parse()
	templates := flag.Args()
	if len(templates) == 0 {
		templates, _ = filepath.Glob("infra/testdata/platform/*.template.json") // the pattern is a good one
	}
	if err := run(templates, *charts, *helm, *kubernetes); err != nil {
		fmt.Fprintln(os.Stderr, "charts:", err)
		os.Exit(1)
	}
}

func run(templates []string, charts, command, kubernetes string) error {
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
		if err := check(tool, one, charts, work); err != nil {
			fmt.Printf("FAULT  %s %s (%s)\n%v\n", one.Chart, one.Version, one.Template, err)
			faults = append(faults, fmt.Errorf("%s %s", one.Chart, one.Version))
			continue
		}
		note := ""
		if newest := tool.newest(one); charts == "" && newest != "" && newest != one.Version {
			note = "; there is " + newest
		}
		fmt.Printf("ok     %s %s (%s)%s\n", one.Chart, one.Version, one.Template, note)
	}
	return errors.Join(faults...)
}

// check renders one chart. Every value that it does not know is said at once.
func check(tool helm, one installation, charts, work string) error {
	folder := filepath.Join(charts, one.Chart)
	if charts == "" {
		var err error
		if folder, err = tool.pull(one, work); err != nil {
			return err
		}
	}
	var faults []error
	if _, err := os.Stat(filepath.Join(folder, "values.schema.json")); err != nil {
		known, text, err := defaults(folder)
		if err != nil {
			return err
		}
		for _, path := range unknown(known, one.Values, text) {
			faults = append(faults, fmt.Errorf("       its values.yaml knows no %s", path))
		}
	}
	if err := tool.render(one, folder, work); err != nil {
		faults = append(faults, err)
	}
	return errors.Join(faults...)
}
