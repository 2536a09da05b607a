package plane

import (
	"context"
	"errors"
	"net/url"
	"path/filepath"

	"go.etcd.io/etcd/server/v3/embed"
)

// startEtcd starts etcd in dir and gives its client URL. Data is not flushed to
// disk at each write: a power cut may cost a local cluster, and nothing else.
func startEtcd(ctx context.Context, dir string) (string, error) {
	client := url.URL{Scheme: "http", Host: "127.0.0.1:2379"}
	peer := url.URL{Scheme: "http", Host: "127.0.0.1:2380"}
	c := embed.NewConfig()
	c.Dir = filepath.Join(dir, "etcd")
	c.LogLevel = "error"
	c.LogOutputs = []string{filepath.Join(dir, "etcd.log")}
	c.UnsafeNoFsync = true
	c.ListenClientUrls, c.AdvertiseClientUrls = []url.URL{client}, []url.URL{client}
	c.ListenPeerUrls, c.AdvertisePeerUrls = []url.URL{peer}, []url.URL{peer}
	c.InitialCluster = c.InitialClusterFromName(c.Name)
	c.TickMs, c.ElectionMs = 10, 100 // one member elects itself; no need to wait a second
	e, err := embed.StartEtcd(c)
	if err != nil {
		return "", err
	}
	ready, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	select {
	case <-e.Server.ReadyNotify():
		return client.String(), nil
	case err := <-e.Err():
		return "", err
	case <-ready.Done():
		e.Close()
		return "", errors.New("not ready in time")
	}
}
