package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// versionAnswer is what version prints for machines.
type versionAnswer struct {
	Version string `json:"version"` // of the module, (devel) for a build from a checkout
	Commit  string `json:"commit,omitempty"`
	Changed bool   `json:"changed,omitempty"` // the checkout had changes that were not committed
	Go      string `json:"go"`
}

func (p *program) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Tell which version this is",
		Args:  takes(0, 0, "no argument"),
		RunE: func(*cobra.Command, []string) error {
			info, _ := debug.ReadBuildInfo()
			v := versionOf(info)
			text := "sluice " + v.Version
			if v.Commit != "" {
				text += ", commit " + v.Commit
			}
			if v.Changed {
				text += " with changes"
			}
			return p.say(fmt.Sprintf("%s, %s\n", text, v.Go), v)
		},
	}
}

func versionOf(info *debug.BuildInfo) versionAnswer {
	v := versionAnswer{Version: "(unknown)", Go: runtime.Version()}
	if info == nil {
		return v
	}
	if info.Main.Version != "" {
		v.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Commit = s.Value
		case "vcs.modified":
			v.Changed = s.Value == "true"
		}
	}
	return v
}
