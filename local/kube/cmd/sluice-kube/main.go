// Command sluice-kube runs a small Kubernetes on this machine; see the
// documentation of the module's root package. It reads its flags, and either
// launches a cluster or, when it was started by itself, is one.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/sluice-flink/sluice/local/kube/internal/boot"
	"github.com/sluice-flink/sluice/local/kube/internal/launch"
	"github.com/sluice-flink/sluice/local/kube/internal/options"
)

func main() {
	if len(os.Args) == 2 && os.Args[1] == launch.Inside {
		os.Exit(boot.Run())
	}
	err := run()
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
	default:
		fmt.Fprintln(os.Stderr, "sluice-kube:", err)
		os.Exit(1)
	}
}

func run() error {
	o, err := options.Parse(os.Args[1:], os.Stderr)
	if err != nil {
		return err
	}
	var stdin io.Reader
	if o.WithStdin {
		stdin = os.Stdin
	}
	ctx, stop := launch.Until(stdin)
	defer stop()
	return launch.Run(ctx, o, os.Stdout)
}
