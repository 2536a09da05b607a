package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// hide is how long letters are hidden from whoever looks next. Who lists and
// then sends must not wait long; what is sent can be taken out of the queue after
// that, too, and what is sent twice is one execution.
const hide = 5 * time.Second

// looks is how often a letter that is named is looked for: one that was listed a
// moment ago is hidden until that moment is over.
const looks = 5

// replayAnswer is what replay prints for machines.
type replayAnswer struct {
	Waiting []letter  `json:"waiting,omitempty"`
	Sent    []outcome `json:"sent,omitempty"`
}

// outcome is what became of a letter that was to be sent.
type outcome struct {
	Letter letter `json:"letter"`
	Did    string `json:"did"` // sent, or dropped
	Fault  string `json:"fault,omitempty"`
}

func (p *program) replayCommand() *cobra.Command {
	var all bool
	c := &cobra.Command{
		Use:   "replay [LETTER]",
		Short: "List events that could not be delivered, or send them again",
		Long: "List the events that EventBridge could not hand to a state machine, with when and why; or send one of them,\n" +
			"or all, to where they were meant to go. A letter is deleted once it was sent. To send one of something\n" +
			"that was done meanwhile changes nothing. What a schedule sent is dropped: it has sent the next one since.",
		Args: takes(0, 1, "the id of one letter, or none"),
		RunE: func(c *cobra.Command, args []string) error {
			i, err := p.open(c.Context())
			if err != nil {
				return err
			}
			if len(args) == 0 && !all {
				waiting, err := i.Undelivered.Letters(c.Context(), hide)
				if err != nil {
					return err
				}
				return p.say(renderLetters(waiting), replayAnswer{Waiting: waiting})
			}
			if len(args) == 1 && all {
				return usageError{errors.New("--all sends every letter, and one was named: give one of the two")}
			}
			return p.replay(c.Context(), i.Undelivered, strings.Join(args, ""))
		},
	}
	c.Flags().BoolVar(&all, "all", false, "send every letter again")
	return c
}

// replay sends the letter of that id, or all.
func (p *program) replay(ctx context.Context, box letters, id string) error {
	chosen, err := p.choose(ctx, box, id)
	if err != nil {
		return err
	}
	var done []outcome
	failed := false
	for _, l := range chosen {
		o := send(ctx, box, l)
		failed = failed || o.Fault != ""
		done = append(done, o)
	}
	if err := p.say(renderOutcomes(done), replayAnswer{Sent: done}); err != nil || !failed {
		return err
	}
	return errSaid
}

// choose finds the letter of that id, or all.
func (p *program) choose(ctx context.Context, box letters, id string) ([]letter, error) {
	for range looks {
		waiting, err := box.Letters(ctx, hide)
		if err != nil || id == "" {
			return waiting, err
		}
		for _, l := range waiting {
			if l.ID == id {
				return []letter{l}, nil
			}
		}
		select {
		case <-time.After(p.poll):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return nil, fmt.Errorf("no letter %s waits: sluice replay lists what does", id)
}

// send sends a letter and then takes it out of the queue. Dying between the two
// is mended by sending it again, which is the same execution.
func send(ctx context.Context, box letters, l letter) outcome {
	o := outcome{Letter: l, Did: "sent"}
	if strings.Contains(l.Origin, ":schedule/") {
		o.Did = "dropped"
	} else if err := box.Start(ctx, l); err != nil {
		o.Did, o.Fault = "", err.Error()
		return o
	}
	if err := box.Delete(ctx, l); err != nil {
		o.Fault = err.Error()
	}
	return o
}
