package s3

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"

	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/versity/versitygw/auth"
	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/embedgw"
	"github.com/versity/versitygw/s3api"

	"github.com/sluice-flink/sluice/events"
)

// Limits of the gateway. It answers 503 SlowDown above them, as S3 does.
const (
	maxConnections = 1024
	maxRequests    = 512
	maxParts       = 10000   // Amazon's own limit
	maxCopy        = 5 << 30 // bytes; Amazon's own limit of one copy
)

// Options say what Start makes.
type Options struct {
	Dir                  string // absolute; objects and their versions lie below it
	Listen               string // host:port; port 0 takes a free one
	AccessKey, SecretKey string
	Account, Region      string
	Buckets              []Bucket
	Notify               func(events.Event) // for every new object of a bucket that notifies; called before the writer is answered
}

// Bucket is a bucket that exists once Start has returned.
type Bucket struct {
	Name      string
	Versioned bool
	Notifies  bool
}

// Server is a running gateway.
type Server struct {
	address string
	own     *awss3.Client // of the plane itself
	stop    context.CancelFunc
	ended   chan error
}

// Start runs the gateway and makes the buckets that are not there yet.
func Start(ctx context.Context, o Options) (*Server, error) {
	backend, err := open(o)
	if err != nil {
		return nil, err
	}
	s, err := serve(ctx, o, backend)
	if err != nil {
		return nil, err
	}
	s.own = s.client(o)
	if err := makeBuckets(ctx, s.own, o.Buckets); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Endpoint is the URL that S3 clients use, with path-style addressing.
func (s *Server) Endpoint() string { return "http://" + s.address }

// Close ends the gateway: requests under way are finished, at most ten seconds long.
func (s *Server) Close() error {
	s.stop()
	return <-s.ended
}

// open prepares the directory and the gateway's backend over it.
func open(o Options) (*backend, error) {
	if !filepath.IsAbs(o.Dir) {
		return nil, fmt.Errorf("the directory for objects must be absolute, not %q", o.Dir)
	}
	objects, versions := filepath.Join(o.Dir, "objects"), filepath.Join(o.Dir, "versions")
	for _, dir := range []string{objects, versions} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, err
		}
	}
	// Only attributes of the file itself change in one step with its content; the
	// gateway's other store would let a reader see new content under an old ETag.
	if err := (meta.XattrMeta{}).Test(objects); err != nil {
		return nil, fmt.Errorf("the file system of %s keeps no extended attributes (%w): choose a directory on ext4, xfs, btrfs or a recent tmpfs", o.Dir, err)
	}
	inner, err := newPosix(objects, versions)
	if err != nil {
		return nil, fmt.Errorf("open the directory for objects: %w", err)
	}
	return newBackend(inner, o), nil
}

// newPosix keeps the gateway's greeting off the standard output, which belongs
// to the command.
func newPosix(objects, versions string) (*posix.Posix, error) {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	defer null.Close()
	out := os.Stdout
	defer func() { os.Stdout = out }()
	os.Stdout = null
	return posix.New(objects, meta.XattrMeta{}, posix.PosixOpts{VersioningDir: versions, CopyObjectThreshold: maxCopy})
}

// serve runs the gateway. A free port can be taken by somebody else between
// its choice and its use, so that a failure is tried again with another.
func serve(ctx context.Context, o Options, b *backend) (*Server, error) {
	const tries = 5
	var failed error
	for range tries {
		address, err := freeAddress(o.Listen)
		if err != nil {
			return nil, err
		}
		s, err := serveAt(ctx, address, o, b)
		if err == nil || ctx.Err() != nil {
			return s, err
		}
		failed = err
	}
	return nil, failed
}

// freeAddress replaces port 0 by a free port: the gateway does not tell which it took.
func freeAddress(listen string) (string, error) {
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return "", fmt.Errorf("the address %q cannot be listened on: %w", listen, err)
	}
	defer listener.Close()
	return listener.Addr().String(), nil
}

func serveAt(ctx context.Context, address string, o Options, b *backend) (*Server, error) {
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	s := &Server{address: address, stop: stop, ended: make(chan error, 1)}
	ready := make(chan struct{})
	config := &embedgw.Config{
		RootUserAccess: o.AccessKey, RootUserSecret: o.SecretKey, Region: o.Region,
		Ports: []string{address}, MaxConnections: maxConnections, MaxRequests: maxRequests, MultipartMaxParts: maxParts,
		// No keep-alive: an idle connection would hold up the end of the gateway for ten seconds.
		Quiet: true, DisableACLs: true, IAMService: auth.NewIAMServiceSingle(auth.Account{Access: o.AccessKey, Secret: o.SecretKey, Role: auth.RoleAdmin}),
		S3Options: []s3api.Option{s3api.WithOnListen(func() { close(ready) })},
	}
	go func() { s.ended <- embedgw.RunVersityGW(running, b, config) }()
	select {
	case <-ready:
		return s, nil
	case err := <-s.ended:
		stop()
		return nil, fmt.Errorf("the S3 gateway did not start: %w", err)
	case <-ctx.Done():
		return nil, errors.Join(ctx.Err(), s.Close())
	}
}
