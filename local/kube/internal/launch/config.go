package launch

import (
	"encoding/json"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// Inside is the argument that makes this program the inner process.
const Inside = "inside-the-namespaces"

// File descriptors the inner process is started with.
const (
	listenerFd = 3
	messageFd  = 4
)

// StopWithin is the most that pods get to end when the whole cluster stops.
const StopWithin = 3 * time.Second

// Config is what the inner process needs to know.
type Config struct {
	Dir    string
	Server string // the API server's URL for clients on the host
	Images string
	Egress []Egress
}

// Egress is a Service and the socket that leads to its target.
type Egress struct {
	Namespace, Service string
	Port               int
	Socket             string
}

// message is what the inner process says: exactly one of both.
type message struct {
	Ready bool   `json:"ready,omitempty"`
	Error string `json:"error,omitempty"`
}

// Outside is the inner process' side of the talk.
type Outside struct {
	Listener *os.File // the host's listener
	messages *os.File
}

// ReadConfig is called by the inner process, once.
func ReadConfig(stdin io.Reader) (Config, Outside, error) {
	for _, fd := range []int{listenerFd, messageFd} {
		unix.CloseOnExec(fd) // they are no business of pods
	}
	var c Config
	out := Outside{Listener: os.NewFile(listenerFd, "host-listener"), messages: os.NewFile(messageFd, "messages")}
	return c, out, json.NewDecoder(stdin).Decode(&c)
}

// Ready says that the cluster can be used.
func (o Outside) Ready() error { return json.NewEncoder(o.messages).Encode(message{Ready: true}) }

// Failed says why the cluster cannot be used, or ended.
func (o Outside) Failed(err error) error {
	return json.NewEncoder(o.messages).Encode(message{Error: err.Error()})
}
