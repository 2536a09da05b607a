package options

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"strconv"
)

// Options is what the user asked for.
type Options struct {
	Dir       string   // where state, logs and the kubeconfig go; created when missing
	Listen    string   // loopback address of the API server on the host; port 0 picks one
	Images    string   // JSON file, see package image
	Egress    []Egress // services that lead out to the host's network
	WithStdin bool     // stop when standard input ends
}

// Parse reads the arguments that follow the program's name. Usage text goes to
// w. flag.ErrHelp is returned when help was asked for.
func Parse(args []string, w io.Writer) (Options, error) {
	var o Options
	fs := flag.NewFlagSet("sluice-kube", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.StringVar(&o.Dir, "dir", "", "folder for state, logs and the kubeconfig (required)")
	fs.StringVar(&o.Listen, "listen", "127.0.0.1:0", "loopback address of the API server; port 0 picks a free one")
	fs.StringVar(&o.Images, "images", "", "JSON file that says what image names stand for (required)")
	fs.BoolVar(&o.WithStdin, "with-stdin", false, "stop when standard input ends")
	fs.Func("egress", "NAMESPACE/SERVICE:PORT=HOST:PORT, a service that leads to an address the host can reach (repeatable)", func(s string) error {
		e, err := ParseEgress(s)
		o.Egress = append(o.Egress, e)
		return err
	})
	if err := fs.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(w, "usage: sluice-kube --dir DIR --images FILE [--listen 127.0.0.1:PORT] [--egress ...] [--with-stdin]")
			fs.SetOutput(w)
			fs.PrintDefaults()
		}
		return o, err
	}
	if fs.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q: sluice-kube takes flags only", fs.Arg(0))
	}
	return o, o.validate()
}

func (o Options) validate() error {
	var faults []error
	if o.Dir == "" {
		faults = append(faults, errors.New("--dir is required: name a folder for state and logs"))
	}
	if o.Images == "" {
		faults = append(faults, errors.New("--images is required: name the JSON file that says what image names stand for"))
	}
	faults = append(faults, checkListen(o.Listen))
	seen := map[string]bool{}
	for _, e := range o.Egress {
		name := e.Namespace + "/" + e.Service
		if seen[name] {
			faults = append(faults, fmt.Errorf("--egress names the service %s twice: give each target a service of its own", name))
		}
		seen[name] = true
	}
	return errors.Join(faults...)
}

// checkListen keeps the API server on the loopback: its admin certificate lies
// in a file, and nothing else guards the machine.
func checkListen(address string) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("--listen %q is not ADDRESS:PORT: %w", address, err)
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("--listen %q: only a loopback address such as 127.0.0.1 is served", address)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return fmt.Errorf("--listen %q: the port must be a number from 0 to 65535", address)
	}
	return nil
}
