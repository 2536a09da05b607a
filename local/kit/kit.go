package kit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"sync"
)

// The versions that were seen to work together. The operator is the newest on
// Maven Central; the S3 file system's patch level trails Flink's there.
const (
	FlinkVersion    = "1.20.5"
	OperatorVersion = "1.7.0"
	S3Version       = "1.20.1"
)

// Kit says where everything is. All paths are absolute.
type Kit struct {
	FlinkHome    string // the Flink distribution: bin, conf, lib, opt, plugins
	OperatorHome string // lib/ holds the operator and all it depends on
	CRDs         string // folder of the operator's CustomResourceDefinitions, one .yml file each
	S3Plugin     string // folder of flink-s3-fs-hadoop, laid out as a Flink plugin
	Kube         string // the sluice-kube program
	Jobs         string // folder of the sample jars
	JavaHome     string // the Java that was found, symbolic links resolved
	JSONata      string // jsonata.js
}

// Options of Ensure.
type Options struct {
	Module string    // root of the Sluice checkout; empty: ModuleRoot finds it
	Cache  string    // where parts are kept; empty: CacheDir
	Out    io.Writer // progress, a line at a time; nil: none
}

// Ensure makes the parts that are missing, several at a time, and says where
// all of them are. Missing tools are reported together, before anything starts.
// When one part fails the others are stopped; what was finished stays, and the
// next call goes on from there. Safe in several processes at once.
func Ensure(ctx context.Context, o Options) (*Kit, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	java, javaErr := findJava()
	parts, k, err := plan(o, java)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(javaErr, missingTools(parts, java)); err != nil {
		return nil, fmt.Errorf("this machine lacks what Sluice needs to run locally:\n%w", err)
	}
	if err := makeAll(ctx, parts, newProgress(o.Out)); err != nil {
		return nil, err
	}
	return k, nil
}

func (o Options) withDefaults() (Options, error) {
	var err error
	if o.Module == "" {
		if o.Module, err = ModuleRoot(); err != nil {
			return o, err
		}
	}
	if o.Cache == "" {
		if o.Cache, err = CacheDir(); err != nil {
			return o, err
		}
	}
	if o.Out == nil {
		o.Out = io.Discard
	}
	if o.Module, err = filepath.Abs(o.Module); err != nil {
		return o, err
	}
	o.Cache, err = filepath.Abs(o.Cache)
	return o, err
}

// plan lists the parts, the longest first, and where they will be.
func plan(o Options, java javaHome) ([]*part, *Kit, error) {
	kube, err := kubePart(o)
	if err != nil {
		return nil, nil, err
	}
	jobs, err := jobsPart(o, java)
	if err != nil {
		return nil, nil, err
	}
	node, err := nodePart(o)
	if err != nil {
		return nil, nil, err
	}
	flink, operator, s3 := flinkPart(o), operatorPart(o, java), s3Part(o, java)
	return []*part{kube, flink, operator, s3, jobs, node}, &Kit{
		FlinkHome:    flink.place,
		OperatorHome: operator.place,
		CRDs:         filepath.Join(operator.place, "crds"),
		S3Plugin:     s3.place,
		Kube:         filepath.Join(kube.place, "sluice-kube"),
		Jobs:         jobs.place,
		JavaHome:     java.dir,
		JSONata:      filepath.Join(node.place, "jsonata", "jsonata.js"),
	}, nil
}

// makeAll works on one part per client at a time: two Mavens share a local
// repository and would get in each other's way. The first fault stops the rest.
func makeAll(ctx context.Context, parts []*part, out *progress) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var lanes sync.WaitGroup
	for _, lane := range byClient(parts) {
		lanes.Go(func() {
			for _, p := range lane {
				if err := p.ensure(ctx, out.of(p.name)); err != nil {
					stop(fmt.Errorf("cannot make %s: %w", p.title, err))
					return
				}
			}
		})
	}
	lanes.Wait()
	return context.Cause(ctx)
}

func byClient(parts []*part) [][]*part {
	var lanes [][]*part
	index := map[string]int{}
	for _, p := range parts {
		i, known := index[p.client]
		if !known {
			i = len(lanes)
			index[p.client] = i
			lanes = append(lanes, nil)
		}
		lanes[i] = append(lanes[i], p)
	}
	return lanes
}
