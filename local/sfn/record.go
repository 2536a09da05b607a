package sfn

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// record is one line of an execution's file: the execution as it starts and,
// last, as it ended; its events between them.
type record struct {
	Execution *Execution `json:"execution,omitempty"`
	Event     *Event     `json:"event,omitempty"`
}

// files are the executions' files: <dir>/<machine>/<execution>.jsonl.
type files struct{ dir string }

const extension = ".jsonl"

func (f files) path(machine, name string) string {
	return filepath.Join(f.dir, machine, name+extension)
}

// create begins the file of a new execution. The error is fs.ErrExist if there is one.
func (f files) create(machine, name string) (*os.File, error) {
	path := f.path(machine, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o600)
}

func write(w io.Writer, r record) error {
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_, err = w.Write(append(line, '\n'))
	return err
}

// read calls visit for every record of a file. A last line that a dying
// process left half-written is not a record.
func read(path string, visit func(record)) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	reader := bufio.NewReader(file)
	for {
		line, err := reader.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		var r record
		if err := json.Unmarshal(line, &r); err != nil {
			return fmt.Errorf("%s cannot be read: %w", path, err)
		}
		visit(r)
	}
}

// all reads the latest state of every execution that has a file.
func (f files) all() ([]Execution, error) {
	var all []Execution
	err := filepath.WalkDir(f.dir, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, extension) {
			return err
		}
		var latest *Execution
		if err := read(path, func(r record) {
			if r.Execution != nil {
				latest = r.Execution
			}
		}); err != nil {
			return err
		}
		if latest != nil {
			all = append(all, *latest)
		}
		return nil
	})
	return all, err
}

// end appends the last record to the file of an execution whose process is gone.
func (f files) end(machine string, e Execution) error {
	path := f.path(machine, e.Name)
	if err := dropHalfLine(path); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	return errors.Join(write(file, record{Execution: &e}), file.Close())
}

// dropHalfLine cuts a file after its last whole line.
func dropHalfLine(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	whole := strings.LastIndexByte(string(text), '\n') + 1
	if whole == len(text) {
		return nil
	}
	return os.Truncate(path, int64(whole))
}
