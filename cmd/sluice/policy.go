package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sluice-flink/sluice/internal/manifest"
)

func (p *program) policyCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "policy",
		Short: "What applies to an application, and who said so",
		Args:  takes(1, 1, "a command: explain or schema"),
		RunE: func(_ *cobra.Command, args []string) error {
			return usageError{fmt.Errorf("unknown command %q for policy: it has explain and schema", args[0])}
		},
	}
	c.AddCommand(p.policyExplainCommand(), p.policySchemaCommand())
	return c
}

func (p *program) policySchemaCommand() *cobra.Command {
	kinds := slices.Sorted(maps.Keys(manifest.Schemas()))
	return &cobra.Command{
		Use:   "schema KIND",
		Short: "Print the JSON schema of a policy document, for editors: " + strings.Join(kinds, ", "),
		Args:  takes(1, 1, "one of "+strings.Join(kinds, ", ")),
		RunE: func(_ *cobra.Command, args []string) error {
			schema, known := manifest.Schemas()[args[0]]
			if !known {
				return usageError{fmt.Errorf("%q is no kind of policy: it takes %s", args[0], strings.Join(kinds, ", "))}
			}
			p.flags.output = outputJSON
			return p.say("", schema)
		},
	}
}
