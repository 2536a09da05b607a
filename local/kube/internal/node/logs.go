package node

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// logFolder holds NAMESPACE/POD/CONTAINER.log, the newest run of a container,
// and beside it CONTAINER.1.log, CONTAINER.2.log and so on, the runs before it, oldest first.
type logFolder string

func (f logFolder) current(namespace, pod, container string) string {
	return filepath.Join(string(f), namespace, pod, container+".log")
}

// open begins the log of a new run; the one before it gets a number.
func (f logFolder) open(namespace, pod, container string) (*os.File, error) {
	path := f.current(namespace, pod, container)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	err := os.Rename(path, f.numbered(namespace, pod, container, f.count(namespace, pod, container)+1))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	return os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
}

func (f logFolder) numbered(namespace, pod, container string, n int) string {
	return filepath.Join(string(f), namespace, pod, fmt.Sprintf("%s.%d.log", container, n))
}

// count is how many earlier runs have a log.
func (f logFolder) count(namespace, pod, container string) int {
	n := 0
	for {
		if _, err := os.Stat(f.numbered(namespace, pod, container, n+1)); err != nil {
			return n
		}
		n++
	}
}

// previous is the log of the run before the newest.
func (f logFolder) previous(namespace, pod, container string) (string, error) {
	n := f.count(namespace, pod, container)
	if n == 0 {
		return "", fmt.Errorf("container %s has run only once", container)
	}
	return f.numbered(namespace, pod, container, n), nil
}

// tail moves to the beginning of the last n lines.
func tail(file io.ReadSeeker, n int64) error {
	const block = 32 << 10
	end, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	buffer := make([]byte, block)
	// A newline at the very end closes the last line; it does not begin another.
	lines := int64(-1)
	if n == 0 {
		return nil
	}
	for at := end; at > 0; {
		size := min(at, block)
		at -= size
		if _, err := file.Seek(at, io.SeekStart); err != nil {
			return err
		}
		part := buffer[:size]
		if _, err := io.ReadFull(file, part); err != nil {
			return err
		}
		if at+size == end && part[size-1] != '\n' {
			lines = 0
		}
		for i := bytes.LastIndexByte(part, '\n'); i >= 0; i = bytes.LastIndexByte(part[:i], '\n') {
			if lines++; lines == n {
				_, err := file.Seek(at+int64(i)+1, io.SeekStart)
				return err
			}
		}
	}
	_, err = file.Seek(0, io.SeekStart)
	return err
}
