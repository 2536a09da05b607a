package network

import (
	"context"
	"encoding/binary"
	"io"
	"net"

	"k8s.io/klog/v2"
)

// ServeDNS answers on port 53 of the node, by UDP and TCP, until ctx is done.
func (s *Services) ServeDNS(ctx context.Context) error {
	u, err := net.ListenPacket("udp", NodeIP+":53")
	if err != nil {
		return err
	}
	t, err := net.Listen("tcp", NodeIP+":53")
	if err != nil {
		u.Close()
		return err
	}
	context.AfterFunc(ctx, func() { u.Close(); t.Close() })
	go s.serveUDP(ctx, u)
	go s.serveTCP(ctx, t)
	return nil
}

func (s *Services) serveUDP(ctx context.Context, u net.PacketConn) {
	buffer := make([]byte, 4096)
	for ctx.Err() == nil {
		n, from, err := u.ReadFrom(buffer)
		if err != nil {
			continue
		}
		if reply := s.answer(buffer[:n]); reply != nil {
			if _, err := u.WriteTo(reply, from); err != nil {
				klog.ErrorS(err, "answer a DNS query")
			}
		}
	}
}

func (s *Services) serveTCP(ctx context.Context, l net.Listener) {
	for ctx.Err() == nil {
		c, err := l.Accept()
		if err != nil {
			continue
		}
		go func() {
			defer c.Close()
			s.conversation(c)
		}()
	}
}

// conversation serves length-prefixed queries (RFC 1035, 4.2.2) until the client leaves.
func (s *Services) conversation(c net.Conn) {
	for {
		var length uint16
		if binary.Read(c, binary.BigEndian, &length) != nil {
			return
		}
		query := make([]byte, length)
		if _, err := io.ReadFull(c, query); err != nil {
			return
		}
		reply := s.answer(query)
		if reply == nil || binary.Write(c, binary.BigEndian, uint16(len(reply))) != nil {
			return
		}
		if _, err := c.Write(reply); err != nil {
			return
		}
	}
}
