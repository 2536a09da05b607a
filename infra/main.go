package main

import (
	"fmt"
	"os"

	"github.com/aws/jsii-runtime-go"

	"github.com/sluice-flink/sluice/infra/stacks"
)

func main() {
	defer jsii.Close()
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "infra:", err)
		jsii.Close()
		os.Exit(1)
	}
}

func run() error {
	app := stacks.NewApp("")
	props, err := propsOf(contextOf(app))
	if err != nil {
		return err
	}
	if err := stacks.CheckBinaries(props.Binaries); err != nil {
		return err
	}
	stacks.NewEventPlane(app, stacks.EventPlaneName, props)
	app.Synth(nil)
	return nil
}
