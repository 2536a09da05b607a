package main

import (
	"fmt"
	"os"

	"github.com/aws/jsii-runtime-go"

	"github.com/sluice-flink/sluice/infra/platform"
	"github.com/sluice-flink/sluice/infra/stacks"
)

func main() {
	os.Exit(run())
}

func run() int {
	defer jsii.Close()
	if err := synthesizeForCDK(); err != nil {
		fmt.Fprintln(os.Stderr, "infra:", err)
		return 1
	}
	return 0
}

func synthesizeForCDK() error {
	app := stacks.NewApp("") // the CDK's command says where in its environment
	given := contextOf(app)
	props, err := propsOf(given)
	if err != nil {
		return err
	}
	if err := stacks.CheckBinaries(props.Binaries); err != nil {
		return err
	}
	if file := given("platform"); file != "" {
		wanted, err := platform.Open(file, regions())
		if err != nil {
			return err
		}
		if err := stacks.NewPlatform(app, wanted, stacks.Assets{Binaries: props.Binaries, Modules: stacks.Modules}); err != nil {
			return err
		}
	} else {
		stacks.NewEventPlane(app, stacks.EventPlaneName, props)
	}
	app.Synth(nil)
	return nil
}
