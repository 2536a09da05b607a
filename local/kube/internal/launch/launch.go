package launch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"

	"github.com/sluice-flink/sluice/local/kube/internal/image"
	"github.com/sluice-flink/sluice/local/kube/internal/options"
)

// Announcement is the one line on standard output that says the cluster can be used.
type Announcement struct {
	Kubeconfig string `json:"kubeconfig"`
	Server     string `json:"server"`
}

// Run runs a cluster until ctx is done. The error says in one sentence why it
// could not start or why it ended.
func Run(ctx context.Context, o options.Options, stdout io.Writer) error {
	dir, unlock, err := claimDir(o.Dir)
	if err != nil {
		return err
	}
	defer unlock()
	images, err := filepath.Abs(o.Images)
	if err != nil {
		return err
	}
	if _, err := image.Load(images); err != nil {
		return err
	}
	l, err := net.Listen("tcp", o.Listen)
	if err != nil {
		return fmt.Errorf("cannot listen for the API server on %s: %w", o.Listen, err)
	}
	defer l.Close()
	c := Config{Dir: dir, Images: images, Server: "https://" + l.Addr().String()}
	closeSockets, err := openSockets(&c, o.Egress)
	defer closeSockets()
	if err != nil {
		return err
	}
	return runInner(ctx, c, l.(*net.TCPListener), stdout)
}

// runInner starts the inner process and follows what it says.
func runInner(ctx context.Context, c Config, l *net.TCPListener, stdout io.Writer) error {
	in, err := startInner(c, l)
	if err != nil {
		return err
	}
	said := in.listen()
	var failure error
	for {
		select {
		case <-ctx.Done():
			in.stop()
			return failure
		case m := <-said:
			switch {
			case m.Error != "":
				failure = errors.New(m.Error)
			case m.Ready:
				if err := announce(stdout, c); err != nil {
					in.stop()
					return err
				}
			}
		case err := <-in.ended:
			return whyEnded(failure, said, err, c)
		}
	}
}

// whyEnded prefers what the inner process said over how it ended.
func whyEnded(failure error, said <-chan message, err error, c Config) error {
	for m := range said {
		if m.Error != "" {
			failure = errors.New(m.Error)
		}
	}
	if failure != nil {
		return failure
	}
	return fmt.Errorf("the cluster ended by itself (%w): see the end of %s", err, filepath.Join(c.Dir, logName))
}

func announce(stdout io.Writer, c Config) error {
	return json.NewEncoder(stdout).Encode(Announcement{Kubeconfig: filepath.Join(c.Dir, "kubeconfig"), Server: c.Server})
}

// logName is the log of everything that is not a pod, in the state folder.
const logName = "kube.log"

func openLog(dir string) (*os.File, error) {
	return os.OpenFile(filepath.Join(dir, logName), os.O_CREATE|os.O_TRUNC|os.O_APPEND|os.O_WRONLY, 0o644)
}
