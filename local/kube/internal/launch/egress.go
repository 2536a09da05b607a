package launch

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"github.com/sluice-flink/sluice/local/kube/internal/network"
	"github.com/sluice-flink/sluice/local/kube/internal/options"
)

// longestSocket is what fits into a unix socket's address, with its final zero.
const longestSocket = 107

// openSockets listens on one unix socket for each egress and relays to its
// target. Close ends the listening and removes the sockets.
func openSockets(c *Config, all []options.Egress) (closeAll func(), err error) {
	var listeners []net.Listener
	closeAll = func() {
		for _, l := range listeners {
			l.Close()
		}
	}
	for i, e := range all {
		path := filepath.Join(c.Dir, fmt.Sprintf("egress-%d.sock", i))
		if len(path) > longestSocket {
			return closeAll, fmt.Errorf("the path of --dir is too long for unix sockets: shorten it by %d characters", len(path)-longestSocket)
		}
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return closeAll, err
		}
		l, err := net.Listen("unix", path)
		if err != nil {
			return closeAll, fmt.Errorf("egress of %s/%s: %w", e.Namespace, e.Service, err)
		}
		listeners = append(listeners, l)
		go network.Relay(l, func() (net.Conn, error) { return net.Dial("tcp", e.Target) })
		c.Egress = append(c.Egress, Egress{Namespace: e.Namespace, Service: e.Service, Port: e.Port, Socket: path})
	}
	return closeAll, nil
}
