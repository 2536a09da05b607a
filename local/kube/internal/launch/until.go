package launch

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

// Until gives a context that is done on SIGINT, SIGTERM or SIGHUP, when the
// process that started this one has ended, and, when stdin is not nil, at its end.
func Until(stdin io.Reader) (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	if stdin != nil {
		go func() {
			_, _ = io.Copy(io.Discard, stdin)
			stop()
		}()
	}
	go func() {
		if awaitEnd(os.Getppid()) {
			stop()
		}
	}()
	return ctx, stop
}

// awaitEnd returns true when the process has ended, and false when that cannot
// be followed. PR_SET_PDEATHSIG would follow the parent's thread instead.
func awaitEnd(pid int) bool {
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	for {
		_, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, -1)
		if err != unix.EINTR {
			return err == nil
		}
	}
}
