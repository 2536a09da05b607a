package cluster

import (
	"os/exec"
	"runtime"
)

// startOnThread starts a command from a thread that lives as long as this
// process. Pdeathsig is sent when the thread that started the child ends, and
// Go ends threads at will; a locked goroutine that never returns keeps one.
func startOnThread(c *exec.Cmd) error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		err := c.Start()
		started <- err
		if err == nil {
			select {}
		}
		runtime.UnlockOSThread()
	}()
	return <-started
}
