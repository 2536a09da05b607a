package secret_test

import (
	"testing"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flink/targettest"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/test/stage"
)

// Who asks for a change says why in words of their own; the cluster says what
// it always says.
func TestNoChangeShowsASecret(t *testing.T) {
	for _, kind := range flink.ChangeKinds() {
		for name, l := range map[string]leaky{"well": {}, "in trouble": {trouble: true}, "refused": {refuse: true, refuseDry: true}, "cut off": {cutOff: true}, "unsaved": {breakSaves: true}} {
			t.Run(string(kind)+", "+name, func(t *testing.T) {
				heard := listen(t)
				quiet := &leaky{}
				s := open(t, quiet, stage.Options{})
				s.Run(s.Upload(stage.App.String()+"/v2.jar", s.Jar("v2", targettest.Behaviour{})))
				l.Target = quiet.Target
				*quiet = l
				before := len(s.Records())
				s.Run(stage.Event(events.Source, events.ChangeRequestedType, s.Clock.Now(), events.ChangeRequestedDetail{
					Request: "request-" + string(kind), Namespace: stage.App.Namespace, Application: stage.App.Name, Change: string(kind), By: "ann:token=" + inToken,
					Why: `the database says {"password":"` + inReason + `"}`, Parallelism: 2, AbandonState: true,
				}))
				nothingShows(t, s, heard())
				if len(s.Records()) == before {
					t.Error("nothing is recorded")
				}
			})
		}
	}
}

// Whoever approves or denies says why, too.
func TestNoAnswerOfAPersonShowsASecret(t *testing.T) {
	for _, approved := range []bool{true, false} {
		heard := listen(t)
		s := open(t, &leaky{}, stage.Options{Answer: &ledger.Answer{Approved: approved, By: "bob:token=" + inToken, Why: "Authorization: Bearer " + inSession}})
		s.Run(s.Upload(stage.App.ManifestKey(), []byte(manifest+"  approval: {required: true}\n")))
		s.Run(s.Upload(stage.App.String()+"/v2.jar", s.Jar("v2", targettest.Behaviour{})))
		nothingShows(t, s, heard())
		asked := false
		for _, r := range s.Records() {
			asked = asked || r.Approval != nil || r.Reason == flink.Denied
		}
		if !asked {
			t.Errorf("nobody was asked: %s", messages(s))
		}
	}
}
