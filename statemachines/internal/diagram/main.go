package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/statemachines"
)

func main() {
	dir := flag.String("dir", "../docs/statemachines", "folder the pages are written to")
	flag.Parse()
	if err := write(*dir); err != nil {
		fmt.Fprintln(os.Stderr, "diagram:", err)
		os.Exit(1)
	}
}

func write(dir string) error {
	for name, definition := range statemachines.Definitions() {
		page, err := Page(string(name), definition)
		if err != nil {
			return err
		}
		if err := os.WriteFile(file(dir, name), page, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func file(dir string, name functions.Machine) string {
	return filepath.Join(dir, string(name)+".md")
}
