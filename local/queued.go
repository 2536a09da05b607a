package local

import (
	"path/filepath"

	"github.com/sluice-flink/sluice/local/bus"
)

func (p *Plane) topicsDir() string { return filepath.Join(p.dir, "topics") }

func (p *Plane) topicARNs() []string {
	var all []string
	for _, t := range p.stack.Topics {
		all = append(all, t.ARN)
	}
	return all
}

func (p *Plane) queueNames() []string {
	var all []string
	for _, q := range p.stack.Queues {
		all = append(all, q.Name)
	}
	return all
}

// later is the bus's letters for what is made before the bus.
type later struct{ plane *Plane }

func (l *later) bus() (*bus.Bus, error) {
	<-l.plane.open
	if l.plane.bus == nil {
		return nil, errNotStarted
	}
	return l.plane.bus, nil
}

// Letters implements queues.Letters.
func (l *later) Letters() ([]bus.Letter, error) {
	b, err := l.bus()
	if err != nil {
		return nil, err
	}
	return b.Letters()
}

// Bury implements queues.Letters.
func (l *later) Bury(letter bus.Letter) error {
	b, err := l.bus()
	if err != nil {
		return err
	}
	return b.Bury(letter)
}

// Discard implements queues.Letters.
func (l *later) Discard(id string) error {
	b, err := l.bus()
	if err != nil {
		return err
	}
	return b.Discard(id)
}
