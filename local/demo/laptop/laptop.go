package laptop

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/sluice-flink/sluice/local"
	"github.com/sluice-flink/sluice/local/cluster"
	"github.com/sluice-flink/sluice/local/demo/whereabouts"
	"github.com/sluice-flink/sluice/local/kit"
	"github.com/sluice-flink/sluice/local/sfn"
)

// Options says what to start.
type Options struct {
	Module     string   // root of the Sluice checkout; empty: kit.ModuleRoot finds it
	Dir        string   // everything that is kept lies below it
	Fresh      bool     // begin with nothing, whatever an earlier plane left in Dir
	Kubeconfig string   // cluster to use, Flink operator installed, instead of starting one
	S3Listen   string   // host:port for S3, for a cluster that cannot reach the loopback; empty: a free port of the loopback
	Teams      []string // namespaces of data teams

	Out         io.Writer           // progress, a line at a time
	OnExecution func(sfn.Execution) // for every execution as it starts and as it ends; may be nil
}

// Laptop is a running installation.
type Laptop struct {
	Where whereabouts.Whereabouts
	Kit   *kit.Kit // nil with a cluster of somebody else's
	Plane *local.Plane

	dir     string // absolute
	lock    io.Closer
	log     *os.File
	door    *door
	cluster *cluster.Cluster
}

// Names below the directory.
const (
	planeDir = "plane"
	kubeDir  = "kube"
	logFile  = "plane.log"
)

// Start starts everything and returns when it can be used. What it started is
// ended again when it fails; logs stay in Dir.
func Start(ctx context.Context, o Options) (*Laptop, error) {
	if o.Out == nil {
		o.Out = io.Discard
	}
	o, err := o.absolute() // the plane changes the working directory
	if err != nil {
		return nil, err
	}
	l := &Laptop{dir: o.Dir}
	if err := l.start(ctx, o); err != nil {
		return nil, errors.Join(err, l.Close(true))
	}
	return l, nil
}

func (o Options) absolute() (Options, error) {
	var faults []error
	abs := func(path *string) {
		if *path == "" {
			return
		}
		made, err := filepath.Abs(*path)
		*path, faults = made, append(faults, err)
	}
	if o.Module == "" {
		root, err := kit.ModuleRoot()
		o.Module, faults = root, append(faults, err)
	}
	abs(&o.Module)
	abs(&o.Dir)
	abs(&o.Kubeconfig)
	return o, errors.Join(faults...)
}

func (l *Laptop) start(ctx context.Context, o Options) error {
	if err := l.prepareDir(o); err != nil {
		return err
	}
	if err := l.ensureKit(ctx, o); err != nil {
		return err
	}
	began := time.Now()
	say := func(format string, args ...any) {
		_, _ = fmt.Fprintf(o.Out, "%-8s %s (%.1f s)\n", "local", fmt.Sprintf(format, args...), time.Since(began).Seconds())
	}
	if err := l.startPlane(ctx, o); err != nil {
		return fmt.Errorf("start the AWS plane: %w", err)
	}
	say("the AWS plane runs: buckets, rules, state machine and functions of the synthesized template")
	if err := l.findCluster(ctx, o, say); err != nil {
		return err
	}
	if err := l.describe(o); err != nil {
		return err
	}
	return whereabouts.Write(l.dir, l.Where)
}

// findCluster starts a cluster, or takes the one that was named.
func (l *Laptop) findCluster(ctx context.Context, o Options, say func(string, ...any)) error {
	if o.Kubeconfig != "" {
		var err error
		if l.cluster, err = cluster.Use(ctx, o.Kubeconfig); err != nil {
			return err
		}
		say("the cluster at %s is used", l.cluster.Server)
		return nil
	}
	say("starting Kubernetes and the Flink operator")
	if err := l.startCluster(ctx, o); err != nil {
		return fmt.Errorf("start Kubernetes: %w", err)
	}
	say("Kubernetes and the Flink operator are ready")
	return nil
}

// prepareDir takes the directory for this process alone.
func (l *Laptop) prepareDir(o Options) error {
	if err := os.MkdirAll(l.dir, 0o700); err != nil {
		return err
	}
	var err error
	if l.lock, err = lock(l.dir); err != nil {
		return err
	}
	if o.Fresh {
		if err := l.removeData(); err != nil {
			return fmt.Errorf("remove what an earlier plane left: %w", err)
		}
	}
	l.log, err = os.OpenFile(filepath.Join(l.dir, logFile), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	return err
}

func (l *Laptop) removeData() error {
	return errors.Join(os.RemoveAll(filepath.Join(l.dir, planeDir)), os.RemoveAll(filepath.Join(l.dir, kubeDir)), os.RemoveAll(filepath.Join(l.dir, logFile)))
}

func (l *Laptop) ensureKit(ctx context.Context, o Options) error {
	if o.Kubeconfig != "" {
		return nil // that cluster has Flink and its operator
	}
	var err error
	l.Kit, err = kit.Ensure(ctx, kit.Options{Module: o.Module, Out: o.Out})
	return err
}

// Ended is closed when the cluster has ended without being asked to; nil for a
// cluster of somebody else's.
func (l *Laptop) Ended() <-chan struct{} {
	if l.cluster == nil {
		return nil
	}
	return l.cluster.Ended()
}

// Close ends everything that was started, in the opposite order, and removes
// its data unless that is to be kept.
func (l *Laptop) Close(keepData bool) error {
	var faults []error
	if l.lock == nil {
		return nil // the directory is somebody else's
	}
	faults = append(faults, whereabouts.Remove(l.dir))
	if l.door != nil {
		faults = append(faults, l.door.Close())
	}
	if l.Plane != nil {
		faults = append(faults, l.Plane.Close()) // before the cluster: releases in flight must not see it vanish
	}
	if l.cluster != nil {
		l.cluster.Stop()
	}
	if l.log != nil {
		faults = append(faults, l.log.Close())
	}
	if !keepData {
		faults = append(faults, l.removeData())
	}
	return errors.Join(append(faults, l.lock.Close())...)
}
