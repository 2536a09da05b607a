package network

import "net"

// LeadOut listens on the node's pod-side address and relays to a unix socket,
// behind which the host's network is. It gives the port it chose.
func LeadOut(socket string) (int, error) {
	l, err := net.Listen("tcp", net.JoinHostPort(NodeIP, "0"))
	if err != nil {
		return 0, err
	}
	go Relay(l, func() (net.Conn, error) { return net.Dial("unix", socket) })
	return l.Addr().(*net.TCPAddr).Port, nil
}
