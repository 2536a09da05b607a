package main

import (
	"github.com/spf13/cobra"

	"github.com/sluice-flink/sluice/local/demo"
)

func (p *program) demoCommand() *cobra.Command {
	var o demo.Options
	c := &cobra.Command{
		Use:   "demo",
		Short: "Release, upgrade and roll back a real Flink job on this machine, and prove that nothing was lost",
		Args:  takes(0, 0, "no argument"),
		RunE: func(c *cobra.Command, _ []string) error {
			o.Dir, o.Out = p.flags.dir, p.out
			return demo.Run(c.Context(), o)
		},
	}
	c.Flags().StringVar(&o.Scene, "scene", demo.Releases, "which story: "+demo.Scenes())
	c.Flags().BoolVar(&o.Keep, "keep", false, "leave everything running at the end, until Ctrl-C")
	return c
}
