package network

import (
	"errors"
	"io"
	"net"
	"sync"
)

// Dial opens the other side of a relayed connection.
type Dial func() (net.Conn, error)

// Relay accepts connections until l is closed and joins each with one that
// dial opens. When dial fails the client's connection is reset.
func Relay(l net.Listener, dial Dial) {
	for {
		c, err := l.Accept()
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			continue
		}
		go serve(c, dial)
	}
}

func serve(c net.Conn, dial Dial) {
	defer c.Close()
	d, err := dial()
	if err != nil {
		reset(c)
		return
	}
	defer d.Close()
	var both sync.WaitGroup
	both.Go(func() { pump(c, d) })
	both.Go(func() { pump(d, c) })
	both.Wait()
}

// reset makes the close that follows look like a refusal instead of an empty answer.
func reset(c net.Conn) {
	if t, ok := c.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
}

// pump copies until one side ends, and hands the end on.
func pump(dst, src net.Conn) {
	_, err := io.Copy(dst, src)
	if err != nil {
		// A broken side breaks both, else the other direction would wait for ever.
		dst.Close()
		src.Close()
		return
	}
	if w, ok := dst.(interface{ CloseWrite() error }); ok {
		_ = w.CloseWrite()
	}
}
