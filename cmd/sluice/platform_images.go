package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sluice-flink/sluice/infra/mirror"
	"github.com/sluice-flink/sluice/infra/platform"
)

func (p *program) imagesCommand() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use: "images", Short: "List the charts and images that a platform's file takes from outside, or copy them to its mirror",
		Long: "Reads the platform's file and says which charts and images it installs, where their makers publish them and where the\n" +
			"platform looks for them. Where the file names a mirror it prints a script that copies all of them there; pipe it into\n" +
			"sh on a machine that reaches both. Nothing is asked of AWS or of a registry here.",
		Args: takes(0, 0, "no argument"),
		RunE: func(*cobra.Command, []string) error {
			wanted, err := platform.Open(file, platform.AllRegions())
			if err != nil {
				return err
			}
			copies := mirror.Of(wanted)
			return p.say(renderCopies(copies), copies)
		},
	}
	platformFlag(c, &file)
	return c
}

// renderCopies is the script, or a list where there is nowhere to copy to.
func renderCopies(c mirror.Copies) string {
	if c.Mirror != "" {
		return c.Script()
	}
	var out strings.Builder
	out.WriteString("The file names no mirror (mirror.registry): all of this comes from its makers.\n\n")
	rows := [][]string{{"CHART", "VERSION", "FROM"}}
	for _, chart := range c.Charts {
		rows = append(rows, []string{chart.Name, chart.Version, chart.From})
	}
	out.WriteString(trimmed(table(rows)))
	rows = [][]string{{"IMAGE", "OF"}}
	for _, image := range c.Images {
		rows = append(rows, []string{image.From, image.Chart})
	}
	fmt.Fprintf(&out, "\n%s", trimmed(table(rows)))
	return out.String()
}
