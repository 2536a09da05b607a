// Package boot is the only place that knows every adapter: it reads the
// environment, makes the clients, wires the tasks, and turns an error's code
// into the error name that the state machine catches. Functions' mains and the
// local plane both start here. Nothing is decided in it.
package boot
